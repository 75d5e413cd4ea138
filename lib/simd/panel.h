/*
 * Inside the kernels: a matrix laid out in panels, as the products of
 * conv_kernel.h read it, at every CPU level.
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
    /* to[p][c][j] = row p*panel + j, column c; 0 beyond the last row */
    void (*across)(float *to, const struct matrix *m);
    /* to[c / panel][i][c % panel] = row i, column c; 0 beyond the last
       column */
    void (*along)(float *to, const struct matrix *m);
};

extern const struct panel_kernels seg_panel_kernels_v4, seg_panel_kernels_v3,
    seg_panel_kernels_base;

static inline const struct panel_kernels *
panel_kernels(void)
{
    return SEG_CPU_PICK(seg_panel_kernels);
}

#endif
