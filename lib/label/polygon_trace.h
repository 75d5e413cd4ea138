/*
 * Label images to polygons: the inverse of polygon_fill.h.
 *
 * Each component, pixels of one value that touch at their sides, becomes one
 * polygon along the edges of its pixels; its corners are whole numbers.  A hole
 * is a ring that a horizontal double edge connects with the ring to its left.
 * seg_polygon_fill restores the label image exactly, in any order of the
 * polygons, as they do not overlap.
 */
#ifndef SEG_LABEL_POLYGON_TRACE_H
#define SEG_LABEL_POLYGON_TRACE_H

#include "lib/label/polygon_fill.h"

/*
 * Traces label[h,w] in the order of the first pixels of its components.
 * name[id] becomes the name of a polygon; components without a name (NULL) are
 * left out.  Memory of the result from a; about 20 bytes for each pixel are
 * held for a moment.
 */
int seg_polygon_trace(struct seg_polygons *p, struct seg_arena *a,
    const uint8_t *label, size_t h, size_t w, const char *const name[256],
    struct seg_err *e) SEG_MUST_USE;

#endif
