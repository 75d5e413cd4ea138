#include "lib/kernel/gelu.h"

#include "lib/kernel/gelu_kernel.h"
#include "lib/simd/cpu.h"

enum { CHUNK = 16384 };

static long
length(size_t first, size_t n)
{
    return (long)(n - first < CHUNK ? n - first : CHUNK);
}

void
seg_gelu_forward(float *y, const float *x, size_t n, int threads)
{
    const struct gelu_kernels *kn = SEG_CPU_PICK(seg_gelu_kernels);

#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        kn->forward(y + i, x + i, length(i, n));
}

void
seg_gelu_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    const struct gelu_kernels *kn = SEG_CPU_PICK(seg_gelu_kernels);

#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        kn->backward(dx + i, dy + i, x + i, add, length(i, n));
}
