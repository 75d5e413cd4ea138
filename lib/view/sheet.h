/*
 * Contact sheets: cells side by side make a strip, strips make a sheet.
 *
 * Between them lie SEG_GAP_PX white pixels.  Results live in the arena.
 */
#ifndef SEG_VIEW_SHEET_H
#define SEG_VIEW_SHEET_H

#include "lib/view/paint.h"

enum { SEG_GAP_PX = 4 };

/* One image: classes (NULL: none) laid over an image (NULL: opaque, on
   black). */
struct seg_cell {
    const struct seg_tensor *image, *classes;
    const struct seg_classes *of; /* names and colors of the classes */
    int filled;                   /* never as contours */
};

/* n cells of one size in a row; where is for messages. */
int seg_paint_strip(struct seg_tensor *strip, struct seg_arena *a,
    const struct seg_cell *cell, int n, const struct seg_paint *how,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/* Puts a line with the name below the strip; one that is longer than the strip
   is wide ends in "...". */
int seg_sheet_name(struct seg_tensor *strip, struct seg_arena *a,
    const char *name, struct seg_err *e) SEG_MUST_USE;

/* n > 0 strips of any size, so many a row: columns are as wide as the widest
   strip of all, rows as high as the highest of theirs. */
int seg_paint_sheet(struct seg_tensor *sheet, struct seg_arena *a,
    const struct seg_tensor *strip, size_t n, size_t columns,
    struct seg_err *e) SEG_MUST_USE;

#endif
