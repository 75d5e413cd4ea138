/*
 * Percentiles of numbers, and of a band of an image, exact.
 *
 * Between two values as far as the percentile lies between them: type 7 of
 * Hyndman and Fan (1996), numpy's default.  Values that are not finite do not
 * count.
 */
#ifndef SEG_IMAGE_PERCENTILE_H
#define SEG_IMAGE_PERCENTILE_H

#include "lib/tensor/tensor.h"

/* Of x[n], finite numbers, whose order changes; NaN for none. */
double seg_percentile(double *x, size_t n, double at);

/* value[k] <- the percentiles at[k], 0 to 100, of band b of t, [H,W] or
   [H,W,C], without the pixels at which gap[H,W] (or NULL) is not 0; NaN where
   no value counts.  Scratch is taken from a. */
int seg_percentiles(double *value, const double *at, int k,
    const struct seg_tensor *t, const uint8_t *gap, size_t b,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
