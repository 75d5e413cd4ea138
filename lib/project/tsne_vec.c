#include "lib/project/tsne_kernel.h"

#include "lib/simd/cpu.h"

static struct seg_tsne_forces
forces(const float *at, const float *p, int i, int n)
{
    const float *x = at, *y = at + n;
    float xi = x[i], yi = y[i], ax = 0, ay = 0, rx = 0, ry = 0, sum = 0;

#pragma omp simd reduction(+ : ax, ay, rx, ry, sum)
    for (int j = 0; j < n; j++) {
        float dx = xi - x[j], dy = yi - y[j];
        float w = 1 / (1 + dx * dx + dy * dy), pw = p[j] * w, ww = w * w;

        ax += pw * dx;
        ay += pw * dy;
        rx += ww * dx;
        ry += ww * dy;
        sum += w;
    }
    return (struct seg_tsne_forces){{ax, ay}, {rx, ry}, sum};
}

const struct seg_tsne_kernels SEG_LEVEL(seg_tsne_kernels) = {
    .forces = forces,
};
