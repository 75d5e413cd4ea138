/*
 * Gradient of a bias.  The bias itself is added by the epilogue of its
 * operator. Sums are taken over fixed pieces and combined in double, so the
 * bits do not depend on the number of threads.
 */
#ifndef SEG_KERNEL_BIAS_H
#define SEG_KERNEL_BIAS_H

#include <stddef.h>

/* db[c] += sum_m dy[m,c]; scratch of seg_bias_scratch bytes, not cleared */
void seg_bias_backward(float *db /* c */, const float *dy /* m,c */, size_t m,
    int c, int threads, void *scratch);

size_t seg_bias_scratch(size_t m, int c);

#endif
