/*
 * Group normalization (Wu and He, 1803.08494): the channels of each group of
 * each image get mean 0 and variance 1, then each channel a scale and a shift.
 * With one channel a group it is instance normalization (Ulyanov et al.,
 * 1607.08022).
 *
 *   y[i,m,c] = act( (x[i,m,c] - mean[i,g]) / sqrt(var[i,g] + eps) w[c] + b[c] )
 *
 * i is the image, m the pixel, g the group of channel c.  The variance of one
 * number is 0, so that y = act(b) then, and dx = 0.  Sums are taken over fixed
 * pieces and combined in double, so the bits do not depend on the number of
 * threads.  Memory for scratch and saved is aligned to 64 bytes; it need not be
 * cleared.
 */
#ifndef SEG_KERNEL_NORM_GROUP_NORM_H
#define SEG_KERNEL_NORM_GROUP_NORM_H

#include <stddef.h>

#include "lib/kernel/fused.h"

struct seg_group_norm {
    int n;    /* images */
    size_t m; /* pixels of an image */
    int c, groups;
    int threads;
    enum seg_act act;
    float eps;
};

/* Bytes during a call, and from forward to backward. */
size_t seg_group_norm_scratch(const struct seg_group_norm *q);
size_t seg_group_norm_saved(const struct seg_group_norm *q);

/* w and b may be NULL: 1 and 0.  y may be x if there is no backward. */
void seg_group_norm_forward(float *y /* n,m,c */, void *saved, const float *x,
    const float *w /* c */, const float *b /* c */,
    const struct seg_group_norm *q, void *scratch);

/* dx (+)=, dw +=, db +=; each may be NULL; add nonzero adds to dx, which may be
   dy.  dy is changed. */
void seg_group_norm_backward(float *dx /* n,m,c */, float *dw /* c */,
    float *db /* c */, float *dy, const float *x, const float *w,
    const void *saved, int add, const struct seg_group_norm *q, void *scratch);

#endif
