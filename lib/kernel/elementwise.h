/*
 * Operations on whole arrays, element by element, so results are the same bits
 * for any number of threads.
 */
#ifndef SEG_KERNEL_ELEMENTWISE_H
#define SEG_KERNEL_ELEMENTWISE_H

#include <stddef.h>

/* y = a + b; y may be either. */
void seg_sum(float *y, const float *a, const float *b, size_t n, int threads);

/* y = x, or y += x if add is nonzero. */
void seg_copy(float *y, const float *x, int add, size_t n, int threads);

/* y = w x, or y += w x if add is nonzero. */
void seg_scale(
    float *y, const float *x, float w, int add, size_t n, int threads);

/* y = max(0, x); NaN stays NaN; y may be x. */
void seg_relu_forward(float *y, const float *x, size_t n, int threads);
/* dx (+)= dy if y > 0, else 0; add nonzero adds; dx may be dy. */
void seg_relu_backward(
    float *dx, const float *dy, const float *y, int add, size_t n, int threads);

/* y = x if x > 0, else slope x (Maas et al. 2013); y may be x. */
void seg_leaky_relu_forward(
    float *y, const float *x, float slope, size_t n, int threads);
/* dx (+)= dy if y > 0, else slope dy; y as above, or x; dx may be dy. */
void seg_leaky_relu_backward(float *dx, const float *dy, const float *y,
    float slope, int add, size_t n, int threads);

/*
 * Copies c channels of m pixels from rows ldx apart to rows ldy apart, or adds
 * them if add is nonzero: one input of a concatenation; with the two sides
 * exchanged, its gradient.
 */
void seg_copy_channels(float *y, size_t ldy, const float *x, size_t ldx, int c,
    int add, size_t m, int threads);

#endif
