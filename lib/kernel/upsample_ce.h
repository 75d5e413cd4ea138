/*
 * Bilinear upsampling, softmax cross-entropy and the gradient of the small
 * logits in one pass over the rows of the large image, which is never stored.
 *
 *   u[n,Y,X,k] = bilinear(x[n,.,.,k]) at (Y, X)
 *   l_qk = log sum_j exp u_qj - u_qk
 *   L = sum_q ( (1 - s) w[y_q] l_{q y_q} + s/c sum_k w[k] l_qk ) / sum_q w[y_q]
 *
 * over pixels q with y_q < c and y_q not ignored; 0 if there are none or their
 * weights sum to 0.  s is the label smoothing, as in PyTorch (Szegedy et al.,
 * 1512.00567).  Any sizes, up or down.  Gradients are written.  All memory
 * is the caller's.  Equal input gives equal bits for any number of threads.
 */
#ifndef SEG_KERNEL_UPSAMPLE_CE_H
#define SEG_KERNEL_UPSAMPLE_CE_H

#include <stddef.h>
#include <stdint.h>

struct seg_upsample_ce {
    int align_corners;   /* corner pixels coincide, else corners of the frame */
    int ignore;          /* label that takes no part */
    const float *weight; /* c, not negative; NULL: all 1 */
    int all_h, all_w;    /* the size of the enlarged logits, of which the labels
                            are the upper left part; 0: H, W */
    float smooth;        /* label smoothing, 0 to 1 */
};

/* bytes of scratch; the scratch must be aligned to 64 bytes */
size_t seg_upsample_ce_scratch(
    int n, int h, int w, int c, int H, int W, int threads);

/* Returns L and writes dL/dx to dx, which may be NULL. */
double seg_upsample_ce(float *dx /* n,h,w,c */, const float *x /* n,h,w,c */,
    const uint8_t *y /* n,H,W */, const struct seg_upsample_ce *q, int n, int h,
    int w, int c, int H, int W, int threads, void *scratch);

/* The same without fusion, in double: the reference implementation. */
double seg_upsample_ce_naive(double *dx, const float *x, const uint8_t *y,
    const struct seg_upsample_ce *q, int n, int h, int w, int c, int H, int W);

#endif
