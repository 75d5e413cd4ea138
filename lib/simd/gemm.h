/*
 * Matrix product, single precision, row-major.  This is where BLIS stands.
 *
 * Any thread may call, also inside a parallel region, where threads should be
 * 1.  The work is cut into tiles that do not depend on the number of threads,
 * and neither do the bits of the result.
 */
#ifndef SEG_SIMD_GEMM_H
#define SEG_SIMD_GEMM_H

enum seg_gemm_op { SEG_NN, SEG_NT, SEG_TN };

/*
 * y[m,n] = beta y + op(a)[m,k] op(b)[k,n].  ldy, lda and ldb are the distances
 * between stored rows; op transposes a (SEG_TN), b (SEG_NT) or none.
 */
void seg_gemm(float *y, const float *a, const float *b, enum seg_gemm_op op,
    float beta, int m, int n, int k, int ldy, int lda, int ldb, int threads);

/* The reference implementation: sums in double, in index order. */
void seg_gemm_naive(float *y, const float *a, const float *b,
    enum seg_gemm_op op, float beta, int m, int n, int k, int ldy, int lda,
    int ldb);

#endif
