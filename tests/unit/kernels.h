/* Shared by the tests of kernels: CPU levels, random numbers, distance. */
#ifndef SEG_TESTS_UNIT_KERNELS_H
#define SEG_TESTS_UNIT_KERNELS_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/simd/cpu.h"
#include "tests/unit/tap.h"

/* for each CPU level this machine has, with SEG_CPU set to it */
#define FOR_LEVELS(l)                                                          \
    for (int l = 0; l < SEG_CPU_LEVELS; l++)                                   \
        if (seg_cpu_has((enum seg_cpu)l) &&                                    \
            !setenv("SEG_CPU", seg_cpu_name((enum seg_cpu)l), 1))

/* Aligned, and filled with NaN, so that a read of unwritten memory shows. */
static __attribute__((unused)) void *
grab(size_t bytes)
{
    void *p = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!p)
        abort();
    memset(p, 0xff, bytes);
    return p;
}

/* n floats in [-1, 1) */
static __attribute__((unused)) float *
noise(size_t n, uint32_t seed)
{
    float *p = grab(n * sizeof *p);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525 + 1013904223;
        p[i] = (float)(seed >> 8) / (1 << 23) - 1;
    }
    return p;
}

/* Largest difference over the largest wanted value; NaN sticks. */
static __attribute__((unused)) double
distance(const float *got, const double *want, size_t n)
{
    double most = 0, scale = 1e-30;
    for (size_t i = 0; i < n; i++) {
        double d = fabs(got[i] - want[i]);
        if (!(d <= most) && !isnan(most))
            most = d;
        scale = fmax(scale, fabs(want[i]));
    }
    return most / scale;
}

#endif
