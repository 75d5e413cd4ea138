/*
 * Matrix product in single precision, row-major, by BLIS.
 *
 * Safe to call from any thread; inside a parallel region threads should be 1.
 * The tiles, and so the bits of the result, do not depend on the number of
 * threads.
 */
#ifndef SEG_SIMD_GEMM_H
#define SEG_SIMD_GEMM_H

enum seg_gemm_op { SEG_NN, SEG_NT, SEG_TN };

/*
 * y[m,n] = beta y + op(a)[m,k] op(b)[k,n].  ldy, lda and ldb are the floats
 * from one stored row to the next; op transposes a (SEG_TN), b (SEG_NT) or
 * neither.
 */
void seg_gemm(float *y, const float *a, const float *b, enum seg_gemm_op op,
    float beta, int m, int n, int k, int ldy, int lda, int ldb, int threads);

/* Reference implementation: sums in double, in index order. */
void seg_gemm_naive(float *y, const float *a, const float *b,
    enum seg_gemm_op op, float beta, int m, int n, int k, int ldy, int lda,
    int ldb);

#endif
