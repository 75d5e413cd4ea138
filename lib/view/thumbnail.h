/*
 * Images and their classes made smaller, to look at.
 *
 * A pixel of the result stands for a box of pixels: of an image it is their
 * mean, of classes the one that most of them have (of equals the lowest), so
 * that colors of classes stay pure.
 */
#ifndef SEG_VIEW_THUMBNAIL_H
#define SEG_VIEW_THUMBNAIL_H

#include "lib/tensor/tensor.h"

/* Makes *h x *w pixels fit into limit x limit, each at least 1; 0: no limit. */
void seg_thumbnail_size(size_t *h, size_t *w, size_t limit);

/* out, of a size not above that of in; both [H,W,3] u8, colors. */
void seg_thumbnail_colors(struct seg_tensor *out, const struct seg_tensor *in);

/* The same; both [H,W] u8, classes. */
void seg_thumbnail_classes(struct seg_tensor *out, const struct seg_tensor *in);

#endif
