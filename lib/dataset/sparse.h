/*
 * Sparse labels made from dense ones: what an annotator draws in a fraction of
 * the time.  Pixels that are not drawn become SEG_IGNORE.
 *
 * label is [H,W] u8 and is changed in place.  Everything random is a function
 * of (seed, key).  The pen has a diameter of `width` pixels and marks only
 * pixels of the class that is drawn, so that no mark is wrong.
 */
#ifndef SEG_DATASET_SPARSE_H
#define SEG_DATASET_SPARSE_H

#include <stdint.h>

#include "lib/tensor/tensor.h"

struct seg_sparse {
    int points; /* per class and image */
    int width;  /* of the pen, pixels */
    uint64_t seed;
};

/* For each class: s->points of its pixels, or all if it has fewer, drawn
   uniformly. */
int seg_sparse_points(struct seg_tensor *label, const struct seg_sparse *s,
    const char *key, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/*
 * One stroke in each component (pixels of one class that touch at their sides)
 * of at least width^2 pixels.  It begins at a uniformly drawn pixel, is as many
 * pixels long as the square root of the component's pixels, and is a random
 * walk: after each pixel the direction changes by a normally distributed angle
 * with a standard deviation of 15 degrees; at the edge of the component a new
 * direction is drawn.
 */
int seg_sparse_scribbles(struct seg_tensor *label, const struct seg_sparse *s,
    const char *key, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
