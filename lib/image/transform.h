/*
 * Resizing, choice of channels, orientation and intensity windows of images.
 *
 * A pixel is a square with its center half a pixel from its edges; resizing
 * keeps the edges of the image aligned (PyTorch's align_corners=False).
 * Tensors are [H,W] or [H,W,C] and belong to the caller; scratch provides one
 * row of floats and the tables of weights.
 */
#ifndef SEG_IMAGE_TRANSFORM_H
#define SEG_IMAGE_TRANSFORM_H

#include "lib/kernel/resize.h"
#include "lib/tensor/tensor.h"

/* A rectangle of an image, in pixels; coordinates of edges, not of pixel
   centers. */
struct seg_box {
    double y, x, h, w;
};

/*
 * Resizes in, or its rectangle from, to the height and width of out; type, rank
 * and channels of both are equal. from NULL: the whole image; otherwise it must
 * lie within the image and can have any size above 0.
 *
 * Bilinear uses a triangle filter with a half-width of one output pixel when
 * shrinking (antialiasing) and of one input pixel when enlarging.  Weights at
 * the border are scaled to sum to 1.  This is "bilinear" of Pillow and
 * antialias=True of PyTorch, but rounded only once, halves up.  Sums are
 * computed in float for all types.
 *
 * Nearest takes the pixel that contains the center of the output pixel.
 */
int seg_image_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/*
 * Copies in [H,W,C] to out [H,W,K] of the same type and size, K <= C or C < 3.
 * With C >= 3 the first K channels are taken; otherwise the first channel is
 * gray (the second is alpha) and is repeated.
 */
void seg_image_set_channels(
    struct seg_tensor *out, const struct seg_tensor *in);

/*
 * Applies the EXIF orientation 1 to 8 to in [H,W,C]. out is [H,W,C] of the same
 * type, or [W,H,C] for orientations 5 to 8.
 */
void seg_image_orient(
    struct seg_tensor *out, const struct seg_tensor *in, int orientation);
/* The index, in row-major order, of the stored pixel that appears at (y, x); h,
   w: size of the stored image. */
size_t seg_image_oriented_pixel(
    int orientation, size_t h, size_t w, size_t y, size_t x);

/*
 * Maps in, of any type, to u8 out of the same shape: values up to level - width
 * / 2 become 0, values from level + width / 2 become 255, linear and rounded
 * between; NaN becomes 0.  (An intensity window as in radiology.)
 */
void seg_image_map_intensity(struct seg_tensor *out,
    const struct seg_tensor *in, double level, double width);

#endif
