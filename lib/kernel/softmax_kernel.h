/* Inside softmax: the rows, at every CPU level. */
#ifndef SEG_KERNEL_SOFTMAX_KERNEL_H
#define SEG_KERNEL_SOFTMAX_KERNEL_H

#include "lib/kernel/softmax.h"
#include "lib/simd/cpu.h"

struct softmax_kernels {
    void (*rows)(float *p, float *lse, const float *x, size_t rows, int c);
};

extern const struct softmax_kernels seg_softmax_kernels_v4,
    seg_softmax_kernels_v3, seg_softmax_kernels_base;

#endif
