/*
 * Fused batch normalization: kernels apply a per-channel scale, shift and ReLU
 * while reading their input, and accumulate channel sums while writing their
 * output, so batch normalization needs no separate pass over memory.
 *
 * a fused input transform is the transform of a stored feature map x while it is read:
 *
 *   act( scale[c] x[m,c] + shift[c] )                        a normalized map
 *   scale[c] x[m,c] + slope[c] other[m,c] + shift[c]         its gradient
 *
 * A channel sums is two sums a channel over all values that a pass writes.  It is
 * computed in parts that do not depend on the number of threads; the parts are
 * added in their order.
 */
#ifndef SEG_KERNEL_FUSED_H
#define SEG_KERNEL_FUSED_H

/* Identity, max(0,x). */
enum seg_act { SEG_ACT_NONE, SEG_ACT_RELU };

struct seg_affine {
    const float *scale, *shift; /* c */
    const float *slope, *other; /* c; m,c like x; both NULL for a value */
    enum seg_act act;           /* values only */
};

/* Mean and variance (divided by m) of each channel of the map written. */
struct seg_channel_stats {
    float *mean, *var; /* c */
};

/*
 * Fused ReLU backward.  A gradient v is written as
 *
 *   g[m,c] = v[m,c] if y[m,c] > 0 or act is none, else 0
 *
 * and sums over m are stored in sum and product.
 */
struct seg_fused_relu {
    const float *x; /* m,c like the map written */
    const float *y; /* likewise; NULL: it is scale[c] x[m,c] + shift[c] */
    const float *scale, *shift, *mean;
    enum seg_act act;
    double *sum;     /* c: of g */
    double *product; /* c: of g (x - mean) */
};

#endif
