/*
 * Columns of a table as a gnuplot script that draws them to its stdout.
 *
 * Rows without a finite number in the y column are left out.  Words reach the
 * script only as quoted strings and are shown as they are written, so no table
 * can make gnuplot do anything but draw.  Control characters and bytes that are
 * no UTF-8 become question marks, and long words have "..." in the middle.
 */
#ifndef SEG_FORMATS_TABLE_GNUPLOT_H
#define SEG_FORMATS_TABLE_GNUPLOT_H

#include <stdio.h>

#include "formats/table/tsv.h"

enum {
    SEG_PLOT_SERIES = 256, /* more curves than that are refused, */
    SEG_PLOT_BARS = 1000   /* and more places for bars */
};

struct seg_plot_style {
    const char *x, *y;             /* titles of columns */
    const char *by, *error;        /* the same, or NULL */
    const char *x_title, *y_title; /* of the axes; NULL: from the columns */
    const char *title;             /* or NULL */
    int bars, log_x, svg;          /* curves, linear, PNG */
    int diagonal;                  /* the line y = x as well */
    int size_px[2];
};

/* Faults of the table that still let it be drawn. */
struct seg_plot_notes {
    int hidden; /* bars that lie where another bar of the series lies */
    const char *metric[2]; /* two metrics in one plot; NULL: one, or none */
};

int seg_gnuplot_script(FILE *f, struct seg_plot_notes *notes,
    const struct seg_tsv *table, const struct seg_plot_style *style,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* 1 if the n bytes are a PNG, or an SVG, up to its end mark.  gnuplot does not
   say when a full disk cuts its output. */
int seg_gnuplot_complete(const char *bytes, size_t n, int svg);

#endif
