/*
 * Fused batch normalization: kernels apply a scale, a shift and a ReLU to each
 * channel while they read their input, and accumulate channel sums while they
 * write their output, so batch normalization needs no pass over memory.
 *
 * Channel sums are two sums for each channel over all values that a pass
 * writes.  They are computed in parts that do not depend on the number of
 * threads; the parts are added in their order.
 */
#ifndef SEG_KERNEL_FUSED_H
#define SEG_KERNEL_FUSED_H

#include <math.h>

/* Activations: identity, max(0,x), min(max(0,x),6) and max(0.01 x, x).  Fused
   batch normalization does not have the last one. */
enum seg_act { SEG_ACT_NONE, SEG_ACT_RELU, SEG_ACT_RELU6, SEG_ACT_LEAKY_RELU };

#define SEG_LEAKY_SLOPE 0.01f

/* The upper bound of a ReLU; 0: none is applied. */
static inline float
seg_act_most(enum seg_act act)
{
    return act == SEG_ACT_RELU6 ? 6 : act == SEG_ACT_NONE ? 0 : INFINITY;
}

/* The slope of an activation below 0. */
static inline float
seg_act_slope(enum seg_act act)
{
    return act == SEG_ACT_LEAKY_RELU ? SEG_LEAKY_SLOPE : 0;
}

/*
 * Fused input transform: applied to a stored feature map x while it is read.
 *
 *   act( scale[c] x[m,c] + shift[c] )                        a normalized map
 *   scale[c] x[m,c] + slope[c] other[m,c] + shift[c]         its gradient
 */
struct seg_affine {
    const float *scale, *shift; /* c */
    const float *slope, *other; /* c; m,c like x; both NULL for a value */
    enum seg_act act;           /* values only */
};

/* Channel statistics of the feature map written: mean, and variance divided by
   the number of pixels. */
struct seg_channel_stats {
    float *mean, *var; /* c */
};

/*
 * Fused ReLU backward.  A gradient v is written as
 *
 *   g[m,c] = v[m,c] if act is none, or y[m,c] > 0 and for relu6 < 6, else 0
 *
 * and its sums over m, which the backward of batch normalization needs, are
 * stored in sum and product.
 */
struct seg_fused_relu {
    const float *x; /* m,c like the gradient written */
    const float *y; /* likewise; NULL: it is scale[c] x[m,c] + shift[c] */
    const float *scale, *shift, *mean;
    enum seg_act act;
    double *sum;     /* c: of g */
    double *product; /* c: of g (x - mean) */
};

#endif
