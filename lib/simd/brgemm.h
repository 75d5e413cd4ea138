/*
 * Micro-kernels of matrix products, at every CPU level: batch-reduce product
 * (brgemm; Georganas et al., 1906.06440) and rank-k update.  Convolution,
 * attention and the contrastive losses are built on them.
 *
 * One operand, b, is packed: a panel holds as many columns as two vectors have
 * lanes, row after row (panel.h packs).  All offsets and distances count
 * floats.
 */
#ifndef SEG_SIMD_BRGEMM_H
#define SEG_SIMD_BRGEMM_H

#include "lib/base/cache_line.h"
#include "lib/base/integer.h"
#include "lib/simd/cpu.h"

enum { MAX_PANEL = 32 }; /* columns of a panel with AVX-512 */

/* One product of the sum: offsets of its operands from a and b. */
struct brgemm_term {
    long a, b;
};

/*
 * For i < rows, chosen with the function, and j < cols:
 *
 *   c[i*ldc + j] = act( sum_t sum_q a[t.a + i*lda + q] b[t.b + q*panel + j]
 *                       + bias[j] + residual[i*ldc + j] ),   q < depth
 *
 * b always holds whole panels; columns from cols on are computed, not stored.
 * Meanwhile these addresses are prefetched: a line of next_a with each q, and
 * rows at next_c, next_step apart.  Any address may be prefetched.
 */
struct brgemm {
    const struct brgemm_term *terms;
    int nterms;
    int cols;
    long depth;
    const float *a;
    long lda;
    const float *b;
    float *c;
    long ldc;
    const float *next_a, *next_c;
    long next_step;
    const float *bias, *residual; /* each may be NULL; residual may be c */
    /* act is min(max(0, .), most), the identity if most is 0; with a slope it
       is max(slope ., .) */
    float most, slope;
};

/*
 * A rank-k update, k = ny * nx: for i < rows, chosen with the function, and
 * j < panel:
 *
 *   c[i*panel + j] (+)= sum_y,x a[y*ya + x*xa + i] b[y*yb + x*xb + j]
 *
 * xb is one panel; add nonzero adds.  With each x a line at next is prefetched,
 * next_step apart; next may be NULL.
 */
struct rank_k {
    int ny, nx;
    const float *a;
    long ya, xa;
    const float *b;
    long yb, xb;
    float *c;
    const float *next;
    long next_step;
    int add;
};

typedef void brgemm_fn(const struct brgemm *);
typedef void rank_k_fn(const struct rank_k *);

struct brgemm_kernels {
    int lanes, panel;         /* floats of a vector, of a row of a panel */
    int rows;                 /* most rows of c in one call */
    brgemm_fn *const *brgemm; /* [rows + 1]; entry i computes i rows */
    rank_k_fn *const *rank_k; /* likewise */
};

extern const struct brgemm_kernels seg_brgemm_kernels_v4, seg_brgemm_kernels_v3,
    seg_brgemm_kernels_base;

static inline const struct brgemm_kernels *
brgemm_kernels(void)
{
    return SEG_CPU_PICK(seg_brgemm_kernels);
}

/* The one term of a plain product: no offsets. */
extern const struct brgemm_term seg_brgemm_plain;

/* Any number of rows, in calls of nearly equal size; sets the prefetches. */
void seg_brgemm_rows(
    const struct brgemm_kernels *mm, struct brgemm r, int count);

#endif
