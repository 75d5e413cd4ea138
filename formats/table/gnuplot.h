/*
 * Columns of a table as a gnuplot script that draws them to its stdout.
 *
 * Rows without a finite number in the y column are skipped.  Text of the table
 * is always quoted, so no table can make gnuplot do anything but draw.  Control
 * characters and bytes that are not UTF-8 become question marks, and long words
 * are shortened with "..." in the middle.
 */
#ifndef SEG_FORMATS_TABLE_GNUPLOT_H
#define SEG_FORMATS_TABLE_GNUPLOT_H

#include <stdio.h>

#include "formats/table/tsv.h"

enum {
    SEG_PLOT_SERIES = 256, /* the most curves, */
    SEG_PLOT_BARS = 1000   /* and the most positions of bars */
};

struct seg_plot_style {
    const char *x, *y;             /* titles of columns */
    const char *by, *error;        /* titles of columns, or NULL */
    const char *x_title, *y_title; /* of the axes; NULL: from the columns */
    const char *title;             /* or NULL */
    int bars, log_x, svg;          /* curves, linear, PNG */
    int diagonal;                  /* also draw the line y = x */
    int size_px[2];
};

/* Problems of the table that do not prevent drawing. */
struct seg_plot_notes {
    int hidden; /* bars at the position of another bar of their series */
    const char *metric[2]; /* two metrics in one plot; NULL: at most one */
};

int seg_gnuplot_script(FILE *f, struct seg_plot_notes *notes,
    const struct seg_tsv *table, const struct seg_plot_style *style,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* 1 if the n bytes are a complete PNG or SVG.  gnuplot does not report a full
   disk. */
int seg_gnuplot_complete(const char *bytes, size_t n, int svg);

#endif
