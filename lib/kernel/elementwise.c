#include "lib/kernel/elementwise.h"

#include <string.h>

#include "lib/simd/rows.h"

enum {
    PIECE = 1 << 16, /* floats of a task */
    NON_TEMPORAL_FLOATS =
        4 << 20 /* of a map that no cache keeps for its reader */
};

static long
piece(size_t at, size_t n)
{
    return (long)(n - at < PIECE ? n - at : PIECE);
}

void
seg_sum(float *y, const float *a, const float *b, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        kn->sum(y + i, a + i, b + i, piece(i, n));
}

void
seg_copy(float *y, const float *x, int add, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        if (add)
            kn->sum(y + i, y + i, x + i, piece(i, n));
        else
            memcpy(y + i, x + i, piece(i, n) * sizeof *y);
}

void
seg_scale(float *y, const float *x, float w, int add, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        if (add)
            kn->add_scaled(y + i, x + i, w, piece(i, n));
        else
            kn->scale(y + i, x + i, w, piece(i, n));
}

void
seg_relu_forward(float *y, const float *x, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        kn->relu(y + i, x + i, piece(i, n));
}

void
seg_relu_backward(
    float *dx, const float *dy, const float *y, int add, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        kn->relu_backward(dx + i, dy + i, y + i, add, piece(i, n));
}

void
seg_leaky_relu_forward(
    float *y, const float *x, float slope, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        kn->leaky_relu(y + i, x + i, slope, piece(i, n));
}

void
seg_leaky_relu_backward(float *dx, const float *dy, const float *y, float slope,
    int add, size_t n, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads) if (n > PIECE)
    for (size_t i = 0; i < n; i += PIECE)
        kn->leaky_relu_backward(dx + i, dy + i, y + i, slope, add, piece(i, n));
}

void
seg_copy_channels(float *y, size_t ldy, const float *x, size_t ldx, int c,
    int add, size_t m, int threads)
{
    const struct row_kernels *kn = row_kernels();
    size_t step = PIECE / c + 1;
    int non_temporal = m * c > NON_TEMPORAL_FLOATS;
#pragma omp parallel for num_threads(threads) if (m * c > PIECE)
    for (size_t i = 0; i < m; i += step) {
        size_t end = i + step < m ? i + step : m;
        if (!add)
            kn->copy(
                y + i * ldy, ldy, x + i * ldx, ldx, c, end - i, non_temporal);
        for (size_t j = i; add && j < end; j++)
            kn->sum(y + j * ldy, y + j * ldy, x + j * ldx, c);
    }
}
