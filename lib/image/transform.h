/*
 * Images and label images: resizing, choice of channels.
 *
 * A pixel is a square whose center lies half a pixel from its corner: output
 * pixel i covers the same share of the image as it did before.  Tensors are
 * [H,W] or [H,W,C]; the caller owns both, and scratch gets one row of floats
 * and the tables of weights.
 */
#ifndef SEG_IMAGE_TRANSFORM_H
#define SEG_IMAGE_TRANSFORM_H

#include "lib/kernel/resize.h"
#include "lib/tensor/tensor.h"

/* A part of an image, in its pixels; edges, not centers. */
struct seg_box {
    double y, x, h, w;
};

/*
 * Fills out, whose type, rank and channels are those of in and whose height and
 * width are the size wanted.  from is the part of in to be seen, NULL for all
 * of it; it must lie within the image and may have any size above 0.
 *
 * Bilinear takes a triangle of one pixel's half-width, which grows with the
 * factor where the image shrinks: no pixel is left out and nothing aliases.
 * Weights at the edge of the image are scaled to sum to 1.  This is the
 * "bilinear" of Pillow and torch's antialias=True, but rounded only once;
 * halves are rounded up.  Enlarging, and a shift at the same size, are the
 * bilinear interpolation of everywhere.  Sums are of floats, whatever the type.
 *
 * Nearest takes the pixel in which the center falls.
 */
int seg_image_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/*
 * Pixels of in [H,W,C] as out [H,W,K], K <= C or C < 3, of one type and size:
 * the first K channels are taken; one or two channels are gray (with alpha),
 * and gray is repeated.
 */
void seg_image_set_channels(
    struct seg_tensor *out, const struct seg_tensor *in);

/*
 * in [H,W,C] as it is seen when EXIF says `orientation`, 1 to 8: out is [H,W,C]
 * of the same type, or [W,H,C] from 5 on.
 */
void seg_image_orient(
    struct seg_tensor *out, const struct seg_tensor *in, int orientation);
/* The number, row by row, of the pixel of an image of h x w that is then seen
   at (y, x). */
size_t seg_image_oriented_pixel(
    int orientation, size_t h, size_t w, size_t y, size_t x);

/*
 * in, of any type, as u8 out of the same shape: level - width / 2 and less is
 * 0, level + width / 2 and more 255, rounded between; nan is 0.
 */
void seg_image_window(struct seg_tensor *out, const struct seg_tensor *in,
    double level, double width);

#endif
