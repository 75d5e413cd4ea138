/*
 * Resampling of an image at given positions: rotation, elastic deformation.
 */
#ifndef SEG_IMAGE_WARP_H
#define SEG_IMAGE_WARP_H

#include "lib/image/nodata.h"

/*
 * Fills out [h,w] or [h,w,C] from in, of the same type and channels: pixel i
 * takes the value of in at row at[2 i], column at[2 i + 1]; whole numbers are
 * centers of pixels.  Positions outside in take its nearest pixel.  Bilinear
 * sums are computed in float and rounded once, halves up; a pixel with a
 * positive weight of a pixel without data has no data.
 */
int seg_image_warp(struct seg_tensor *out, const struct seg_tensor *in,
    const float *at, enum seg_resize_mode mode, const struct seg_nodata *nodata,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/*
 * A smooth random field of n = h w displacements (dy, dx), after Simard et al.
 * 2003: white noise, smoothed with a Gaussian of `sigma` pixels, scaled to a
 * standard deviation of `sd` pixels.  NULL if out of memory.
 */
float *seg_elastic_field(int h, int w, double sd, double sigma, uint64_t seed,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
