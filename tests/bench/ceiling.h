/*
 * Peak rates of the machine: multiply-adds in registers, and the triad
 * a = b + s c over arrays larger than any cache (bytes of a, b and c counted
 * once, as in STREAM).
 */
#ifndef SEG_BENCH_CEILING_H
#define SEG_BENCH_CEILING_H

#include <stdlib.h>
#include <time.h>

#include "lib/base/arena.h"
#include "lib/simd/cpu.h"

static inline double
seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { CHAINS = 12, ROUNDS = 1 << 21 };

#define MULTIPLY_ADDS(name, lanes, attribute)                                  \
    attribute static float name(float by, float plus)                          \
    {                                                                          \
        typedef float v __attribute__((vector_size(4 * lanes)));               \
        v a[CHAINS], sum = {0}, m = by - sum, p = plus - sum;                  \
        float all = 0;                                                         \
        for (int i = 0; i < CHAINS; i++)                                       \
            a[i] =                                                             \
                m * (float)i; /* different chains, or they would be merged */  \
        for (int r = 0; r < ROUNDS; r++)                                       \
            for (int i = 0; i < CHAINS; i++)                                   \
                a[i] = a[i] * m + p;                                           \
        for (int i = 0; i < CHAINS; i++)                                       \
            sum += a[i];                                                       \
        for (int i = 0; i < lanes; i++)                                        \
            all += sum[i];                                                     \
        return all;                                                            \
    }

#ifdef __x86_64__
MULTIPLY_ADDS(multiply_adds_v4, 16, __attribute__((target("arch=x86-64-v4"))))
MULTIPLY_ADDS(multiply_adds_v3, 8, __attribute__((target("arch=x86-64-v3"))))
#endif
MULTIPLY_ADDS(multiply_adds_base, 4, )

/* The best rate of some tries. */
static inline double
ceiling_flops(int threads)
{
    float (*run)(float, float) = SEG_CPU_PICK(multiply_adds);
    static const int lanes[] = {4, 8, 16};
    double work = 2.0 * CHAINS * ROUNDS * lanes[seg_cpu_level()] * threads;
    static volatile float sink; /* keeps the work from being removed */
    double best = 0 * sink;

    for (int i = 0; i < 8; i++) {
        double start = seconds();
#pragma omp parallel num_threads(threads)
        sink = run(0.999f, 0.5f);
        double rate = work / (seconds() - start);
        best = rate > best ? rate : best;
    }
    return best;
}

/* bytes in all, in pages of 2 MiB; the best rate of some tries. */
static inline double
ceiling_bytes(size_t bytes, int threads)
{
    static struct seg_arena arena;
    struct seg_err e;
    size_t n = bytes / (3 * sizeof(float));
    float *a = seg_take_dirty(&arena, n, sizeof *a, &e);
    float *b = a ? seg_take_dirty(&arena, n, sizeof *b, &e) : NULL;
    float *c = b ? seg_take_dirty(&arena, n, sizeof *c, &e) : NULL;
    double best = 0;

    for (int i = 0; c && i < 6; i++) {
        double start = seconds();
#pragma omp parallel for simd num_threads(threads)
        for (size_t k = 0; k < n; k++)
            a[k] = i ? b[k] + 3 * c[k] : (b[k] = 1, c[k] = 2);
        double rate = (double)(3 * n * sizeof *a) / (seconds() - start);
        best = i && rate > best ? rate : best;
    }
    seg_arena_free(&arena);
    return best;
}

#endif
