/*
 * One factor for each channel of an image, as in squeeze-and-excitation
 * (Hu et al., 1709.01507).  Results are the same bits for any number of
 * threads.
 */
#ifndef SEG_KERNEL_GATE_H
#define SEG_KERNEL_GATE_H

#include <stddef.h>

/* y[n,m,c] (+)= x[n,m,c] z[n,c]; add nonzero adds; y may be x. */
void seg_gate_apply(float *y, const float *x, const float *z, int add, int n,
    int m, int c, int threads);

/* Bytes of scratch of seg_gate_backward. */
size_t seg_gate_scratch(int n, int m, int c);

/* dz[n,c] (+)= sum_m dy[n,m,c] x[n,m,c]; add nonzero adds. */
void seg_gate_backward(float *dz, const float *dy, const float *x, int add,
    int n, int m, int c, float *scratch, int threads);

#endif
