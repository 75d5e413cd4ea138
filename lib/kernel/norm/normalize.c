#include "lib/kernel/norm/normalize.h"

#include <math.h>
#include <stddef.h>

#include "lib/simd/rows.h"

void
seg_normalize_forward(
    float *f, float *norm, const float *x, int m, int d, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < m; i++) {
        size_t at = (size_t)i * d;
        norm[i] = sqrtf(kn->dot(x + at, x + at, d));
        kn->scale(f + at, x + at, norm[i] > 0 ? 1 / norm[i] : 0, d);
    }
}

void
seg_normalize_backward(float *dx, const float *df, const float *f,
    const float *norm, int add, int m, int d, int threads)
{
    const struct row_kernels *kn = row_kernels();
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < m; i++) {
        size_t at = (size_t)i * d;
        float k = norm[i] > 0 ? 1 / norm[i] : 0;
        float radial = kn->dot(f + at, df + at, d);
        if (add)
            kn->add_scaled(dx + at, df + at, k, d);
        else
            kn->scale(dx + at, df + at, k, d);
        kn->add_scaled(dx + at, f + at, -k * radial, d);
    }
}
