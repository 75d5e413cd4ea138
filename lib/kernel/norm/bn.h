/*
 * Batch normalization (Ioffe and Szegedy 2015, arXiv:1502.03167) over the rows
 * of a feature map, with an optional residual and activation behind it.
 *
 *   mean[c] = sum_m x[m,c] / m,   var[c] = sum_m (x[m,c] - mean[c])^2 / m
 *   y[m,c]  = act( (x[m,c] - mean[c]) rstd[c] gamma[c] + beta[c] + residual )
 *
 * The sums are taken in fixed pieces and joined in double: the bits do not
 * depend on the number of threads.  Scratch is the caller's, aligned to 64
 * bytes, and need not be cleared.
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
    int fixed; /* mean and var are constants: nothing flows through them */
    float eps;
};

size_t seg_bn_scratch(const struct seg_bn *q); /* bytes */

/* var is that of the batch itself (divided by m, not m - 1). */
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
 * Backward.  With g the gradient behind the activation:
 *
 *   dbeta = sum g,   dgamma = rstd sum g (x - mean),   dresidual = g
 *   dx = a g + b x + k,   a, b, k from the sums
 *
 * Sums, slopes (a, b, k) and spread (dx) are called in this order, unless
 * somebody else has the sums already or reads dx as it is defined (fused.h).
 */
struct seg_bn_back {
    float *dy;      /* m,c; y's gradient */
    const float *x; /* m,c */
    const float *y; /* open where y > 0; NULL: where scale x + shift > 0 */
    const float *scale, *shift, *mean; /* c */
    int masked;                        /* dy is g */
    double *sum, *product;             /* c: of g, of g (x - mean) */
    float *a, *b, *k;                  /* c */
    /* each may be NULL; dx may be dy */
    float *dx, *dresidual; /* m,c; added to where their flag says so */
    int add_dx, add_dresidual;
};

/* Leaves g in dy where leave is nonzero, and then also gives dresidual. */
void seg_bn_sums(
    struct seg_bn_back *k, int leave, const struct seg_bn *q, void *scratch);

/* Adds to dgamma and dbeta, each of which may be NULL. */
void seg_bn_slopes(float *dgamma, float *dbeta, const float *gamma,
    const float *var, const struct seg_bn_back *k, const struct seg_bn *q);

void seg_bn_spread(const struct seg_bn_back *k, const struct seg_bn *q);

#endif
