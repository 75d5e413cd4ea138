/*
 * exp(-x) overflows below -88.  Then s is 0, and so are y and the gradient,
 * whose true sizes are below 1e-36.
 */
#include "lib/kernel/silu.h"

#include <math.h>

enum { CHUNK = 16384 };

static size_t
end_of_chunk(size_t first, size_t n)
{
    return n - first < CHUNK ? n : first + CHUNK;
}

static float
logistic(float x)
{
    return 1 / (1 + expf(-x));
}

void
seg_silu_forward(float *y, const float *x, size_t n, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        for (size_t k = i; k < end_of_chunk(i, n); k++)
            y[k] = x[k] * logistic(x[k]);
}

void
seg_silu_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        for (size_t k = i; k < end_of_chunk(i, n); k++) {
            float s = logistic(x[k]), d = dy[k] * s * (1 + x[k] * (1 - s));
            dx[k] = add ? dx[k] + d : d;
        }
}
