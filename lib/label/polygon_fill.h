/*
 * Polygons to label images.
 *
 * Coordinates are in pixels: (0, 0) is the upper left corner of the first
 * pixel, whose center is (0.5, 0.5).  A pixel belongs to a polygon if its
 * center is inside by the even-odd rule; a center on an edge is inside if the
 * inside is to the right.  So polygons that share an edge neither overlap nor
 * leave a gap, and a hole is a ring that a double edge connects with the outer
 * one.
 */
#ifndef SEG_LABEL_POLYGON_FILL_H
#define SEG_LABEL_POLYGON_FILL_H

#include <stdint.h>

#include "lib/base/arena.h"

/* The pixels of a rectangle in runs: outside, inside, outside and so on, column
   by column or row by row. */
struct seg_runs {
    size_t x, y, w, h; /* the rectangle, which the runs fill */
    int by_rows;
    size_t n;
    uint32_t *run; /* number of pixels of each */
};

struct seg_polygon {
    const char *name; /* of its class */
    size_t n;         /* number of points */
    double (*xy)[2];
    const struct seg_runs *runs; /* instead of points, or NULL */
};

struct seg_polygons {
    size_t n;
    struct seg_polygon *polygon; /* in the order of painting */
    size_t w, h;                 /* of the image; 0: not known */
};

/*
 * Sets label[h,w] to id inside a polygon or in its runs.  crossing[h, w + 1] is
 * a workspace of zeros, and zeros again afterwards.  *steps is lowered by the
 * number of pixels and edges that are visited; returns -1, and leaves label
 * incomplete, if it would become negative.
 */
int seg_polygon_fill(uint8_t *label, uint8_t *crossing, size_t w, size_t h,
    const struct seg_polygon *p, int id, int64_t *steps) SEG_MUST_USE;

#endif
