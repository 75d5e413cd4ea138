/* The kernel of mul over several parts of a sum: values and gradients in
   double, and the same bits for any number of threads. */
#include "lib/kernel/gate.h"
#include "tests/unit/kernels.h"

enum { N = 3, M = 1100, C = 21 };

static double
worst_of_sums(const float *dz, const float *dy, const float *x)
{
    double worst = 0;

    for (int i = 0; i < N; i++)
        for (int k = 0; k < C; k++) {
            double sum = 0;
            for (int p = 0; p < M; p++)
                sum += (double)dy[(i * M + p) * C + k] * x[(i * M + p) * C + k];
            double off = fabs(dz[i * C + k] - sum);
            worst = off <= worst ? worst : off;
        }
    return worst;
}

int
main(void)
{
    float *x = noise(N * M * C, 1), *dy = noise(N * M * C, 2);
    float *z = noise(N * C, 3), *y = grab(N * M * C * sizeof *y);
    float *y1 = grab(N * M * C * sizeof *y);
    float *scratch = grab(seg_gate_scratch(N, M, C)), dz[N * C], dz1[N * C];
    int equal = 1, right = 1, twice = 1;

    seg_gate_apply(y1, x, z, 0, N, M, C, 1);
    seg_gate_backward(dz1, dy, x, 0, N, M, C, scratch, 1);
    for (int i = 0; i < N * M * C; i++)
        right &= y1[i] == x[i] * z[i / (M * C) * C + i % C];
    ok(right, "each channel of an image is multiplied by its number");
    double worst = worst_of_sums(dz1, dy, x);
    ok(worst < 1e-4, "gradient of the factors within %.1e", worst);
    for (int threads = 2; threads <= 5; threads++) {
        seg_gate_apply(y, x, z, 0, N, M, C, threads);
        seg_gate_backward(dz, dy, x, 0, N, M, C, scratch, threads);
        equal &= !memcmp(y, y1, N * M * C * sizeof *y);
        equal &= !memcmp(dz, dz1, sizeof dz);
    }
    ok(equal, "same bits for 1 to 5 threads");
    seg_gate_apply(y, x, z, 1, N, M, C, 2);
    seg_gate_backward(dz, dy, x, 1, N, M, C, scratch, 2);
    for (int i = 0; i < N * M * C; i++)
        twice &= y[i] == 2 * y1[i];
    for (int i = 0; i < N * C; i++)
        twice &= fabsf(dz[i] - 2 * dz1[i]) < 1e-4f;
    ok(twice, "both add where they should");
    free(x);
    free(dy);
    free(z);
    free(y);
    free(y1);
    free(scratch);
    return done();
}
