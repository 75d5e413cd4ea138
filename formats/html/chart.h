/* A chart of curves as inline SVG. */
#ifndef SEG_FORMATS_HTML_CHART_H
#define SEG_FORMATS_HTML_CHART_H

#include <stdio.h>

/* Points with a coordinate that is not finite are left out. */
struct seg_html_curve {
    const char *name;
    int n;
    const double *x, *y; /* n */
    const double *error; /* n: half lengths of error bars; NULL: none */
};

struct seg_html_chart {
    const char *title, *x_title;
    const struct seg_html_curve *curve;
    int n;
    int log_x, dots; /* dots: mark the points */
};

/* Names of the curves are shown if there are several. */
void seg_html_chart(FILE *f, const struct seg_html_chart *c);

#endif
