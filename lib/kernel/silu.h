/*
 * The sigmoid linear unit (Elfwing et al., 1702.03118), also known as swish
 * (Ramachandran et al., 1710.05941), element by element:
 * y = x s(x),  s(x) = 1 / (1 + exp(-x)).
 */
#ifndef SEG_KERNEL_SILU_H
#define SEG_KERNEL_SILU_H

#include <stddef.h>

/* y may be x. */
void seg_silu_forward(float *y, const float *x, size_t n, int threads);

/* dx (+)= dy s(x) (1 + x (1 - s(x))); add nonzero adds; dx may be dy. */
void seg_silu_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads);

#endif
