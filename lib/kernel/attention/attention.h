/*
 * Multi-head attention (Vaswani et al., 1706.03762) over the tokens of each
 * image.  Queries, keys and values lie side by side, as one linear projection
 * writes them.
 *
 *   p[i,j] = softmax_j( q_i . k_j / sqrt d ),  y_i = sum_j p[i,j] v_j
 *
 * The t x t matrix is never stored.  Forward computes one block of queries
 * against one block of keys at a time, with an online softmax (Rabe and Staats,
 * 2112.05682; Dao et al., 2205.14135); backward recomputes the same blocks.
 * Memory grows with t, not with its square.  Results are the same bits for any
 * number of threads.
 */
#ifndef SEG_KERNEL_ATTENTION_ATTENTION_H
#define SEG_KERNEL_ATTENTION_ATTENTION_H

#include <stddef.h>

struct seg_attention {
    int n, t;     /* images, tokens of each */
    int heads, d; /* d: channels of a head */
    int threads;
};

/* Bytes of scratch, aligned to 64; it need not be cleared. */
size_t seg_attention_scratch(const struct seg_attention *q, int backward);

/* lse receives log sum_j exp(q_i . k_j / sqrt d), which backward needs. */
void seg_attention_forward(float *y /* n,t,heads,d */,
    float *lse /* n,heads,t */, const float *qkv /* n,t,3,heads,d */,
    const struct seg_attention *q, void *scratch);

/* dqkv (+)= the gradient; add nonzero adds. */
void seg_attention_backward(float *dqkv, const float *dy, const float *y,
    const float *lse, const float *qkv, int add, const struct seg_attention *q,
    void *scratch);

#endif
