/* Internal to layer normalization: some rows, at every CPU level. */
#ifndef SEG_KERNEL_NORM_LAYER_NORM_KERNEL_H
#define SEG_KERNEL_NORM_LAYER_NORM_KERNEL_H

struct layer_norm_rows {
    const float *x, *dy, *w, *b;
    float *y, *dx, *moment;
    float *dw, *db; /* c, of these rows */
    float eps;
    int add, c;
    long m;
};

struct layer_norm_kernels {
    void (*forward)(const struct layer_norm_rows *r);
    /* dw and db are added to; dx may be NULL */
    void (*backward)(const struct layer_norm_rows *r);
};

extern const struct layer_norm_kernels seg_layer_norm_kernels_v4,
    seg_layer_norm_kernels_v3, seg_layer_norm_kernels_base;

#endif
