/*
 * Softmax of rows, for losses that read probabilities.
 *
 *   p[i,k] = exp(x[i,k]) / sum_j exp(x[i,j]),  lse[i] = log sum_j exp(x[i,j])
 *
 * Runs in one thread; every row gives the same bits in any call.
 */
#ifndef SEG_KERNEL_SOFTMAX_H
#define SEG_KERNEL_SOFTMAX_H

#include <stddef.h>

enum { SEG_SOFTMAX_MAX = 256 }; /* columns */

/* p may be x; lse may be NULL. */
void seg_softmax(float *p /* rows,c */, float *lse /* rows */,
    const float *x /* rows,c */, size_t rows, int c);

#endif
