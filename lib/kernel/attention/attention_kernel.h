/*
 * Internal to attention: loops over a block of rows x n scores, at every CPU
 * level.  Rows are ld floats apart, a multiple of any vector's lanes; n is
 * rounded up to whole vectors.
 */
#ifndef SEG_KERNEL_ATTENTION_ATTENTION_KERNEL_H
#define SEG_KERNEL_ATTENTION_ATTENTION_KERNEL_H

struct attention_kernels {
    /*
     * Online softmax.  With old the maximum before the call:
     *
     *   max_i     = max(old_i, max_j s_ij)
     *   rescale_i = exp(scale (old_i - max_i))
     *   s_ij      = exp(scale (s_ij - max_i))
     *   sum_i     = rescale_i sum_i + sum_j s_ij
     */
    void (*softmax_update)(float *s, long ld, int rows, int n, float scale,
        float *max, float *sum, float *rescale);
    /* Probabilities again: s = exp(scale s - lse) */
    void (*recompute)(
        float *s, long ld, int rows, int n, float scale, const float *lse);
    /* dp, the gradient of p, becomes that of the scores before scaling:
       scale p (dp - delta) */
    void (*score_gradient)(float *dp, const float *p, long ld, int rows, int n,
        float scale, const float *delta);
};

extern const struct attention_kernels seg_attention_kernels_v4,
    seg_attention_kernels_v3, seg_attention_kernels_base;

#endif
