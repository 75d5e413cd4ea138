/*
 * Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167) over the rows
 * of a feature map, with an optional residual and activation behind it.
 *
 *   mean[c] = sum_m x[m,c] / m,   var[c] = sum_m (x[m,c] - mean[c])^2 / m
 *   y[m,c]  = act( (x[m,c] - mean[c]) rstd[c] gamma[c] + beta[c] + residual )
 *
 * The sums are taken in fixed pieces and joined in double: the bits do not
 * depend on the number of threads.  Scratch is the caller's, aligned to 64
 * bytes, and need not be cleared.
 */
#ifndef SEG_KERNEL_BN_H
#define SEG_KERNEL_BN_H

#include <stddef.h>

#include "lib/kernel/conv.h" /* enum seg_act */

struct seg_bn {
    size_t m; /* rows: n*h*w */
    int c;
    int threads;
    enum seg_act act;
    int fixed; /* mean and var are constants: nothing flows through them */
    float eps;
};

size_t seg_bn_scratch(const struct seg_bn *q); /* bytes */

/* var is that of the batch itself (divided by m, not m - 1). */
void seg_bn_moments(float *mean /* c */, float *var /* c */,
    const float *x /* m,c */, const struct seg_bn *q, void *scratch);

/* scale = gamma / sqrt(var + eps), shift = beta - mean scale */
void seg_bn_affine(float *scale, float *shift, const float *gamma,
    const float *beta, const float *mean, const float *var,
    const struct seg_bn *q);

/* y = act(scale x + shift + residual); residual may be NULL, y may be x. */
void seg_bn_apply(float *y /* m,c */, const float *x, const float *scale,
    const float *shift, const float *residual, const struct seg_bn *q);

/*
 * Where gradients go.  dgamma and dbeta are added to; dx and dresidual are
 * added to where their flag says so and written otherwise.  Each may be NULL.
 */
struct seg_bn_gradient {
    float *dx, *dresidual; /* m,c */
    float *dgamma, *dbeta; /* c */
    int add_dx, add_dresidual;
};

/* y, the output, tells where ReLU was open; not read without activation. */
void seg_bn_backward(const struct seg_bn_gradient *to, const float *dy,
    const float *y, const float *x, const float *gamma, const float *mean,
    const float *var, const struct seg_bn *q, void *scratch);

#endif
