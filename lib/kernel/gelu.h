/*
 * The exact Gaussian error linear unit (Hendrycks and Gimpel, 1606.08415),
 * element by element:  y = x P(x),  P(x) = (1 + erf(x / sqrt 2)) / 2.
 */
#ifndef SEG_KERNEL_GELU_H
#define SEG_KERNEL_GELU_H

#include <stddef.h>

void seg_gelu_forward(float *y, const float *x, size_t n, int threads);

/* dx (+)= dy (P(x) + x P'(x)); add nonzero adds; dx may be dy. */
void seg_gelu_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads);

#endif
