/*
 * Batch normalization (Ioffe and Szegedy 2015, arXiv:1502.03167) over the rows
 * of a feature map, with an optional residual and activation after it.
 *
 *   mean[c] = sum_m x[m,c] / m,   var[c] = sum_m (x[m,c] - mean[c])^2 / m
 *   y[m,c]  = act( (x[m,c] - mean[c]) rstd[c] gamma[c] + beta[c] + residual )
 *
 * Sums are taken over fixed pieces and combined in double, so the bits do not
 * depend on the number of threads.  The caller provides scratch, aligned to 64
 * bytes; it need not be cleared.
 */
#ifndef SEG_KERNEL_NORM_BN_H
#define SEG_KERNEL_NORM_BN_H

#include <stddef.h>

#include "lib/kernel/conv/conv.h" /* enum seg_act */

struct seg_bn {
    size_t m; /* rows: n*h*w */
    int c;
    int threads;
    enum seg_act act;
    int fixed; /* mean and var are constants, without gradient */
    float eps;
};

size_t seg_bn_scratch(const struct seg_bn *q); /* bytes */

/* var is the variance of the batch (divided by m, not m - 1). */
void seg_bn_stats(float *mean /* c */, float *var /* c */,
    const float *x /* m,c */, const struct seg_bn *q, void *scratch);

/* scale = gamma / sqrt(var + eps), shift = beta - mean scale */
void seg_bn_affine(float *scale, float *shift, const float *gamma,
    const float *beta, const float *mean, const float *var,
    const struct seg_bn *q);

/* y = act(scale x + shift + residual); residual may be NULL, y may be x. */
void seg_bn_apply(float *y /* m,c */, const float *x, const float *scale,
    const float *shift, const float *residual, const struct seg_bn *q);

/*
 * Backward.  With g the gradient before the activation:
 *
 *   dbeta = sum g,   dgamma = rstd sum g (x - mean),   dresidual = g
 *   dx = a g + b x + k,   a, b, k from the sums
 *
 * Call seg_bn_sums, seg_bn_slopes (a, b, k) and seg_bn_spread (dx) in this
 * order. With fused batch normalization (fused.h) other kernels compute the
 * sums or dx.
 */
struct seg_bn_back {
    float *dy;      /* m,c; y's gradient */
    const float *x; /* m,c */
    const float
        *y; /* m,c; ReLU passes if y > 0; NULL: if scale x + shift > 0 */
    const float *scale, *shift, *mean; /* c */
    int masked;                        /* dy is g already */
    double *sum, *product;             /* c: of g, of g (x - mean) */
    float *a, *b, *k;                  /* c */
    /* each may be NULL; dx may be dy */
    float *dx, *dresidual; /* m,c; added to if the flag below is set */
    int add_dx, add_dresidual;
};

/* If leave is nonzero, g is left in dy, and dresidual is computed too. */
void seg_bn_sums(
    struct seg_bn_back *k, int leave, const struct seg_bn *q, void *scratch);

/* Adds to dgamma and dbeta, each of which may be NULL. */
void seg_bn_slopes(float *dgamma, float *dbeta, const float *gamma,
    const float *var, const struct seg_bn_back *k, const struct seg_bn *q);

void seg_bn_spread(const struct seg_bn_back *k, const struct seg_bn *q);

#endif
