#include "lib/kernel/gate.h"

#include <string.h>

/* Pixels of a task, and of a part of the sum. */
enum { PART = 256 };

static int
count_parts(int m)
{
    return (m + PART - 1) / PART;
}

static int
part_end(int first, int m)
{
    return m - first < PART ? m : first + PART;
}

void
seg_gate_apply(float *y, const float *x, const float *z, int add, int n, int m,
    int c, int threads)
{
#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int i = 0; i < n; i++)
        for (int first = 0; first < m; first += PART)
            for (int p = first; p < part_end(first, m); p++) {
                size_t at = ((size_t)i * m + p) * c;
                const float *factor = z + (size_t)i * c;
                for (int k = 0; k < c; k++) {
                    float v = x[at + k] * factor[k];
                    y[at + k] = add ? y[at + k] + v : v;
                }
            }
}

size_t
seg_gate_scratch(int n, int m, int c)
{
    return (size_t)n * count_parts(m) * c * sizeof(float);
}

/* dz[c] (+)= the sum of the parts, in their order. */
static void
add_parts(float *dz, const float *part, int add, int parts, int c)
{
    for (int k = 0; k < c; k++) {
        double sum = add ? dz[k] : 0;
        for (int p = 0; p < parts; p++)
            sum += part[(size_t)p * c + k];
        dz[k] = (float)sum;
    }
}

void
seg_gate_backward(float *dz, const float *dy, const float *x, int add, int n,
    int m, int c, float *scratch, int threads)
{
    int parts = count_parts(m);

#pragma omp parallel for collapse(2) num_threads(threads) schedule(static)
    for (int i = 0; i < n; i++)
        for (int part = 0; part < parts; part++) {
            float *sum = scratch + ((size_t)i * parts + part) * c;
            memset(sum, 0, (size_t)c * sizeof *sum);
            for (int p = part * PART; p < part_end(part * PART, m); p++) {
                size_t at = ((size_t)i * m + p) * c;
                for (int k = 0; k < c; k++)
                    sum[k] += dy[at + k] * x[at + k];
            }
        }
    for (int i = 0; i < n; i++)
        add_parts(
            dz + (size_t)i * c, scratch + (size_t)i * parts * c, add, parts, c);
}
