/*
 * Contact sheets: panels side by side form a row, rows form a sheet.
 *
 * Panels and rows are SEG_GAP_PX white pixels apart.  Results are in memory
 * from the arena.
 */
#ifndef SEG_VIEW_SHEET_H
#define SEG_VIEW_SHEET_H

#include "lib/view/paint.h"

enum { SEG_GAP_PX = 4 };

/* Classes (NULL: none) painted over an image (NULL: black; the classes are
   opaque then). */
struct seg_panel {
    const struct seg_tensor *image, *classes;
    const struct seg_classes *of; /* names and colors of the classes */
    int filled;                   /* never painted as contours */
};

/* Paints n panels of the same size side by side; messages begin with
   `where`. */
int seg_paint_row(struct seg_tensor *row, struct seg_arena *a,
    const struct seg_panel *panel, int n, const struct seg_paint *opts,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Adds a line with the name below the row; a name that is too long ends in
   "...". */
int seg_sheet_name(struct seg_tensor *row, struct seg_arena *a,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* Arranges n > 0 rows of any size in a sheet, `columns` of them side by side:
   every column is as wide as the widest row, and every line of the sheet as
   high as its highest. */
int seg_paint_sheet(struct seg_tensor *sheet, struct seg_arena *a,
    const struct seg_tensor *row, size_t n, size_t columns,
    struct seg_err *e) SEG_MUST_USE;

#endif
