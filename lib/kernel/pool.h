/*
 * Pooling of NHWC feature maps: the maximum of windows, the mean of everything.
 * Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_POOL_H
#define SEG_KERNEL_POOL_H

#include <stdint.h>

enum { SEG_POOL_SIDE = 15 }; /* so that an index fits a byte */

struct seg_pool {
    /* set by the caller */
    int n, h, w, c;
    int k, stride, pad; /* pad: at most k / 2, as in PyTorch */
    int ceil;           /* the last window may hang over the edge */
    int threads;
    /* set by seg_pool_plan */
    int oh, ow;
};

/* -1 if the shape is impossible, else 0. */
int seg_pool_plan(struct seg_pool *q) __attribute__((warn_unused_result));

/*
 * The padding is never the maximum.  index says where in its window each
 * maximum was found (the first one; a NaN counts as larger than all); it may
 * be NULL where there is no way back.
 */
void seg_maxpool_forward(float *y /* n,oh,ow,c */, uint8_t *index /* alike */,
    const float *x /* n,h,w,c */, const struct seg_pool *q);

/* dx (+)= dy at the maxima; add nonzero adds. */
void seg_maxpool_backward(float *dx, const float *dy, const uint8_t *index,
    int add, const struct seg_pool *q);

/* y[n,c] = sum_m x[n,m,c] / m,  m = h*w */
void seg_meanpool_forward(
    float *y, const float *x, int n, int m, int c, int threads);
/* dx[n,m,c] (+)= dy[n,c] / m */
void seg_meanpool_backward(
    float *dx, const float *dy, int add, int n, int m, int c, int threads);

#endif
