/*
 * Multi-head attention (Vaswani et al., 1706.03762) over the tokens of each
 * image, queries, keys and values side by side as one projection made them.
 *
 *   p[i,j] = softmax_j( q_i . k_j / sqrt d ),  y_i = sum_j p[i,j] v_j
 *
 * The t x t matrix is never stored: a block of queries meets a block of keys at
 * a time, under a running maximum (Rabe and Staats, 2112.05682; Dao et al.,
 * 2205.14135), and the way back forms the same blocks again.  Memory grows with
 * t, not with its square.  Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_ATTENTION_ATTENTION_H
#define SEG_KERNEL_ATTENTION_ATTENTION_H

#include <stddef.h>

struct seg_attention {
    int n, t;     /* images, tokens of each */
    int heads, d; /* d: width of a head */
    int threads;
};

/* Bytes of scratch, aligned to 64; it need not be cleared. */
size_t seg_attention_scratch(const struct seg_attention *q, int backward);

/* level: log of the sum below each query's fraction, for the way back */
void seg_attention_forward(float *y /* n,t,heads,d */,
    float *level /* n,heads,t */, const float *qkv /* n,t,3,heads,d */,
    const struct seg_attention *q, void *scratch);

/* dqkv (+)=; add nonzero adds. */
void seg_attention_backward(float *dqkv, const float *dy, const float *y,
    const float *level, const float *qkv, int add,
    const struct seg_attention *q, void *scratch);

#endif
