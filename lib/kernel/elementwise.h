/*
 * Passes over memory that belong to no kernel.  Element by element, so the
 * number of threads changes nothing.
 */
#ifndef SEG_KERNEL_ELEMENTWISE_H
#define SEG_KERNEL_ELEMENTWISE_H

#include <stddef.h>

/* y = a + b; y may be either. */
void seg_sum(float *y, const float *a, const float *b, size_t n, int threads);

/* y = x, or y += x where add is nonzero. */
void seg_copy(float *y, const float *x, int add, size_t n, int threads);

/* y = w x, or y += w x where add is nonzero. */
void seg_scale(
    float *y, const float *x, float w, int add, size_t n, int threads);

/* y = max(0, x); NaN stays NaN; y may be x. */
void seg_relu_forward(float *y, const float *x, size_t n, int threads);
/* dx (+)= dy where y > 0; add nonzero adds; dx may be dy. */
void seg_relu_backward(
    float *dx, const float *dy, const float *y, int add, size_t n, int threads);

/*
 * c channels of m pixels, from rows ldx apart to rows ldy apart, added where
 * add is nonzero: one input of a concatenation, and with the rows exchanged
 * its way back.
 */
void seg_copy_channels(float *y, size_t ldy, const float *x, size_t ldx, int c,
    int add, size_t m, int threads);

#endif
