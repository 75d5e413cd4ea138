/* Internal to bn: loops over rows x c floats, at every CPU level. */
#ifndef SEG_KERNEL_NORM_BN_KERNEL_H
#define SEG_KERNEL_NORM_BN_KERNEL_H

#include "lib/kernel/norm/bn.h"
#include "lib/simd/cpu.h"

struct bn_kernels {
    /* mean = sum of x / rows, in float, rest = sum of x - mean,
       square = sum of (x - mean)^2 */
    void (*moments)(float *mean, float *rest, float *square, const float *x,
        long rows, int c);
    /* sum and product of some rows; act: the one whose slope turns dy into g,
       none if dy is g already; leave as in seg_bn_sums */
    void (*sums)(float *sum, float *product, const struct seg_bn_back *k,
        enum seg_act act, int leave, long first, long rows, int c);
    void (*apply)(float *y, const float *x, const float *scale,
        const float *shift, const float *residual, enum seg_act act, long rows,
        int c);
    void (*spread)(const struct seg_bn_back *k, enum seg_act act, long first,
        long rows, int c);
};

extern const struct bn_kernels seg_bn_kernels_v4, seg_bn_kernels_v3,
    seg_bn_kernels_base;

static inline const struct bn_kernels *
bn_kernels(void)
{
    return SEG_CPU_PICK(seg_bn_kernels);
}

#endif
