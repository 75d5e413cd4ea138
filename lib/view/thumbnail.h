/*
 * Thumbnails of images and classes.
 *
 * A pixel of the thumbnail represents a rectangle of input pixels: their mean
 * color, or their most frequent class (of equals the smallest), so that class
 * colors are not mixed.
 */
#ifndef SEG_VIEW_THUMBNAIL_H
#define SEG_VIEW_THUMBNAIL_H

#include "lib/tensor/tensor.h"

/* Scales *h x *w down to fit into limit x limit, at least 1 x 1; limit 0:
   none. */
void seg_thumbnail_size(size_t *h, size_t *w, size_t limit);

/* Shrinks in to the size of out; both [H,W,3] u8 colors. */
void seg_thumbnail_colors(struct seg_tensor *out, const struct seg_tensor *in);

/* Shrinks in to the size of out; both [H,W] u8 classes. */
void seg_thumbnail_classes(struct seg_tensor *out, const struct seg_tensor *in);

#endif
