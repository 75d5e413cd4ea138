/*
 * Inside attention: loops over a block of scores, at every CPU level.  A block
 * has rows of keys, ld apart, a multiple of any vector.
 */
#ifndef SEG_KERNEL_ATTENTION_ATTENTION_KERNEL_H
#define SEG_KERNEL_ATTENTION_ATTENTION_KERNEL_H

struct attention_kernels {
    /* s = exp(scale (s - top)), top the largest of the row and of what it was;
       sum = what it was, brought to the new top, + the row's; fall: by what
       factor that was */
    void (*soften)(float *s, long ld, int rows, int n, float scale, float *top,
        float *sum, float *fall);
    /* s = exp(scale s - level) */
    void (*recall)(
        float *s, long ld, int rows, int n, float scale, const float *level);
    /* dp = scale p (dp - dot) */
    void (*slope)(float *dp, const float *p, long ld, int rows, int n,
        float scale, const float *dot);
};

extern const struct attention_kernels seg_attention_kernels_v4,
    seg_attention_kernels_v3, seg_attention_kernels_base;

#endif
