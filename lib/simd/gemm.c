/*
 * The only file that uses BLIS.  bli_sgemm_ex takes its thread count from the
 * rntm: with one thread, whatever OMP_NUM_THREADS says, any build of the
 * library (openmp, pthread, serial) will do.
 */
#include "lib/simd/gemm.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <blis.h>
#pragma GCC diagnostic pop

#include "lib/simd/cpu.h"

enum {
    TILE_ROWS = 480,
    TILE_COLS = 512
}; /* 480 rows is MC, the cache block of BLIS for AVX-512 */

/*
 * BLIS 0.9.0 parses the CPU's marketing name and takes many AVX-512 machines
 * for AVX2 ones, which costs up to 1.8 times the time.  BLIS_ARCH_TYPE
 * overrides it by number; a value that the user has set is kept.
 */
static void
start(void)
{
#ifdef __x86_64__
    char arch[16];
    if (seg_cpu_level() == SEG_CPU_V4) {
        snprintf(arch, sizeof arch, "%d", (int)BLIS_ARCH_SKX);
        setenv("BLIS_ARCH_TYPE", arch, 0);
    }
#endif
    bli_init();
}

static void
tile(float *y, const float *a, const float *b, enum seg_gemm_op op, float beta,
    int m, int n, int k, int ldy, int lda, int ldb)
{
    rntm_t team = BLIS_RNTM_INITIALIZER;
    float alpha = 1;
    bli_rntm_set_num_threads(1, &team);
    bli_sgemm_ex(op == SEG_TN ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE,
        op == SEG_NT ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE, m, n, k, &alpha,
        (float *)a, lda, 1, (float *)b, ldb, 1, &beta, y, ldy, 1, NULL, &team);
}

void
seg_gemm(float *y, const float *a, const float *b, enum seg_gemm_op op,
    float beta, int m, int n, int k, int ldy, int lda, int ldb, int threads)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    int high = (m + TILE_ROWS - 1) / TILE_ROWS;
    int wide = (n + TILE_COLS - 1) / TILE_COLS;
#pragma omp parallel for num_threads(threads)                                  \
    schedule(dynamic) if (threads > 1 && high * wide > 1)
    for (int t = 0; t < high * wide; t++) {
        int i = t / wide * TILE_ROWS, j = t % wide * TILE_COLS;
        int rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
        int cols = n - j < TILE_COLS ? n - j : TILE_COLS;
        tile(y + (long)i * ldy + j, a + (op == SEG_TN ? i : (long)i * lda),
            b + (op == SEG_NT ? (long)j * ldb : j), op, beta, rows, cols, k,
            ldy, lda, ldb);
    }
}

void
seg_gemm_naive(float *y, const float *a, const float *b, enum seg_gemm_op op,
    float beta, int m, int n, int k, int ldy, int lda, int ldb)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            float *to = y + (long)i * ldy + j;
            double sum = 0;
            for (int q = 0; q < k; q++)
                sum += (double)a[op == SEG_TN ? (long)q * lda + i
                                              : (long)i * lda + q] *
                       b[op == SEG_NT ? (long)j * ldb + q : (long)q * ldb + j];
            *to = (float)(sum + (beta != 0 ? (double)beta * *to : 0));
        }
}
