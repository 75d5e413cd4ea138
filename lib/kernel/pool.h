/*
 * Pooling of NHWC feature maps: max pooling of windows, mean of all pixels.
 * Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_POOL_H
#define SEG_KERNEL_POOL_H

#include <stdint.h>

enum {
    SEG_POOL_SIDE = 15
}; /* largest side of a window: an index fits a byte */

struct seg_pool {
    /* set by the caller */
    int n, h, w, c;
    int k, stride, pad; /* pad: at most k / 2, as in PyTorch */
    int ceil;           /* the last window may extend beyond the edge */
    int threads;
    /* set by seg_pool_plan */
    int oh, ow;
};

/* -1 if the shape is impossible, else 0. */
int seg_pool_plan(struct seg_pool *q) __attribute__((warn_unused_result));

/*
 * Padding is never the maximum.  index receives the number of each maximum in
 * its window (the first one; NaN counts as larger than all); it may be NULL if
 * no backward follows.
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
