/* Internal to gelu: one row of floats, at every CPU level. */
#ifndef SEG_KERNEL_GELU_KERNEL_H
#define SEG_KERNEL_GELU_KERNEL_H

struct gelu_kernels {
    void (*forward)(float *y, const float *x, long n);
    void (*backward)(
        float *dx, const float *dy, const float *x, int add, long n);
};

extern const struct gelu_kernels seg_gelu_kernels_v4, seg_gelu_kernels_v3,
    seg_gelu_kernels_base;

#endif
