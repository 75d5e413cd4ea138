/*
 * Packs a matrix as operand b of the micro-kernels in brgemm.h, at every CPU
 * level.  A panel holds `panel` columns of b, row after row.
 */
#ifndef SEG_SIMD_PANEL_H
#define SEG_SIMD_PANEL_H

#include "lib/simd/cpu.h"

/* n rows of d floats, ld apart */
struct matrix {
    const float *x;
    long ld;
    int n, d;
};

struct panel_kernels {
    /* b = m: to[c / panel][i][c % panel] = m[i][c], 0 after the last column */
    void (*pack)(float *to, const struct matrix *m);
    /* b = m': to[i / panel][c][i % panel] = m[i][c], 0 after the last row */
    void (*pack_transposed)(float *to, const struct matrix *m);
};

extern const struct panel_kernels seg_panel_kernels_v4, seg_panel_kernels_v3,
    seg_panel_kernels_base;

static inline const struct panel_kernels *
panel_kernels(void)
{
    return SEG_CPU_PICK(seg_panel_kernels);
}

#endif
