/*
 * Loops over one row of n floats, at every CPU level.  If two pointers are
 * equal the loop works in place; otherwise rows must not overlap.
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
    /* dx (+)= dy if y > 0, else 0 */
    void (*relu_backward)(
        float *dx, const float *dy, const float *y, int add, long n);
    /* y = x if x > 0, else slope x */
    void (*leaky_relu)(float *y, const float *x, float slope, long n);
    /* dx (+)= dy if y > 0, else slope dy */
    void (*leaky_relu_backward)(float *dx, const float *dy, const float *y,
        float slope, int add, long n);
    /* y = a + w (b - a) */
    void (*blend)(float *y, const float *a, const float *b, float w, long n);
    /* y += w x */
    void (*add_scaled)(float *y, const float *x, float w, long n);
    /* y = w x */
    void (*scale)(float *y, const float *x, float w, long n);
    /* y = x for m rows, ldx and ldy apart; non_temporal bypasses the caches if
       y consists of whole aligned vectors */
    void (*copy)(float *y, long ldy, const float *x, long ldx, long n, long m,
        int non_temporal);
    /* Max pooling of one window, n channels: y = max_t x[at_t + i], NaN if one
       is NaN; index, which may be NULL, = which_t of the first such t */
    void (*max_window)(float *y, uint8_t *index, const float *x, const long *at,
        const uint8_t *which, int taps, long n);
    /* dx += dy if index = at */
    void (*add_selected)(
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
