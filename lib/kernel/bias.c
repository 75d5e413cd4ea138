#include "lib/kernel/bias.h"

#include "lib/simd/rows.h"

/* Rows of a piece: few enough that float sums have a relative error of 1e-6. */
enum { PIECE = 512 };

static size_t
pieces(size_t m)
{
    return (m + PIECE - 1) / PIECE;
}

size_t
seg_bias_scratch(size_t m, int c)
{
    return pieces(m) * (size_t)c * sizeof(float);
}

void
seg_bias_backward(
    float *db, const float *dy, size_t m, int c, int threads, void *scratch)
{
    const struct row_kernels *kn = row_kernels();
    float *part = scratch;
    size_t n = pieces(m), width = (size_t)c;

#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t p = 0; p < n; p++) {
        float *sum = part + p * width;
        size_t end = (p + 1) * PIECE < m ? (p + 1) * PIECE : m;
        for (size_t j = 0; j < width; j++)
            sum[j] = 0;
        for (size_t i = p * PIECE; i < end; i++)
            kn->sum(sum, sum, dy + i * width, c);
    }
    for (size_t j = 0; j < width; j++) {
        double sum = 0;
        for (size_t p = 0; p < n; p++)
            sum += part[p * width + j];
        db[j] += (float)sum;
    }
}
