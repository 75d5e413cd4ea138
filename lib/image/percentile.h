/*
 * Exact percentiles of numbers and of a band of an image.
 *
 * Values are interpolated linearly: type 7 of Hyndman and Fan (1996), the
 * default of numpy.  Values that are not finite are left out.
 */
#ifndef SEG_IMAGE_PERCENTILE_H
#define SEG_IMAGE_PERCENTILE_H

#include "lib/tensor/tensor.h"

/* Percentile `at`, 0 to 100, of x[n], which must be finite; reorders x.  NaN if
   n is 0. */
double seg_percentile(double *x, size_t n, double at);

/* value[i] = percentile at[i], 0 to 100, i < k, of band b of t, [H,W] or
   [H,W,C].  Leaves out pixels with gap[H,W] set (gap may be NULL).  NaN if no
   value is left.  Takes temporary memory from a. */
int seg_percentiles(double *value, const double *at, int k,
    const struct seg_tensor *t, const uint8_t *gap, size_t b,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
