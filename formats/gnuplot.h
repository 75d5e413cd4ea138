/*
 * Columns of a table as a gnuplot script that draws them to its stdout.
 *
 * Rows without a number in the y column are left out.  Words reach the script
 * only as quoted strings, so no table can make gnuplot do anything but draw.
 */
#ifndef SEG_FORMATS_GNUPLOT_H
#define SEG_FORMATS_GNUPLOT_H

#include <stdio.h>

#include "formats/tsv.h"

struct seg_plot_style {
    const char *x, *y;      /* titles of columns */
    const char *by, *error; /* the same, or NULL */
    const char *title;      /* or NULL */
    int bars, log_x, svg;   /* curves, linear, PNG */
    int diagonal;           /* the line y = x as well */
    int size_px[2];
};

int seg_gnuplot_script(FILE *f, const struct seg_tsv *table,
    const struct seg_plot_style *style, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

#endif
