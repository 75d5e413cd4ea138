/*
 * Inside attention: how rows are laid out for products, and loops over a block
 * of scores, at every CPU level.  A block has rows of keys, ld apart, a
 * multiple of any vector.
 */
#ifndef SEG_KERNEL_ATTENTION_KERNEL_H
#define SEG_KERNEL_ATTENTION_KERNEL_H

/* n rows of d floats, ld apart */
struct token_rows {
    const float *x;
    long ld;
    int n, d;
};

struct attention_kernels {
    /* to[p][c][j] = row p*panel + j, column c; 0 beyond the last row */
    void (*across)(float *to, const struct token_rows *r);
    /* to[c / panel][i][c % panel] = row i, column c; 0 beyond the last column */
    void (*along)(float *to, const struct token_rows *r);
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
