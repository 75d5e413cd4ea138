/*
 * Inside the kernels: loops over one run of floats, at every CPU level.  Where
 * two pointers are equal the loop works in place; otherwise runs are disjoint.
 */
#ifndef SEG_SIMD_ROWS_H
#define SEG_SIMD_ROWS_H

#include <stdint.h>

#include "lib/simd/cpu.h"

struct row_kernels {
    /* y = a + b */
    void (*sum)(float *y, const float *a, const float *b, long n);
    /* y = max(0, x) */
    void (*relu)(float *y, const float *x, long n);
    /* dx (+)= dy where y > 0 */
    void (*open)(float *dx, const float *dy, const float *y, int add, long n);
    /* y = a + w (b - a) */
    void (*blend)(float *y, const float *a, const float *b, float w, long n);
    /* y += w x */
    void (*add_scaled)(float *y, const float *x, float w, long n);
    /* y = w x */
    void (*scale)(float *y, const float *x, float w, long n);
    /* m runs of n from ldx to ldy apart: y = x; past the caches if so said and
       y is made of whole vectors */
    void (*copy)(
        float *y, long ldy, const float *x, long ldx, long n, long m, int past);
    /* The window of one pixel, n channels: y = max_t x[at_t + i], or NaN if one
       is, and, if wanted, index = which_t of the first such t. */
    void (*window)(float *y, uint8_t *index, const float *x, const long *at,
        const uint8_t *which, int taps, long n);
    /* dx += dy where index = at */
    void (*add_picked)(
        float *dx, const float *dy, const uint8_t *index, int at, long n);
    /* sum of x y */
    float (*dot)(const float *x, const float *y, long n);
};

extern const struct row_kernels seg_row_kernels_v4, seg_row_kernels_v3,
    seg_row_kernels_base;

static inline const struct row_kernels *
row_kernels(void)
{
    return SEG_CPU_PICK(seg_row_kernels);
}

#endif
