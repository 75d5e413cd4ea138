/*
 * A scatter plot: points in the colors of their classes, the legend below.
 */
#ifndef SEG_VIEW_SCATTER_H
#define SEG_VIEW_SCATTER_H

#include "lib/view/legend.h"

/* n points xy[n,2]; y grows upwards. */
struct seg_scatter {
    int n;
    const float *xy;
    const int *class; /* n: indices of the legend, all of which have a name */
};

/*
 * Paints the points, in a random but fixed order so that no class hides
 * another, and the legend: [H,W,3] u8 in memory from a.  The points fill w x h
 * pixels; both axes have the same scale.
 */
int seg_scatter_paint(struct seg_tensor *canvas, struct seg_arena *a,
    const struct seg_scatter *s, const struct seg_legend *legend, size_t h,
    size_t w, struct seg_err *e) SEG_MUST_USE;

#endif
