/*
 * What this machine can do at most: peak [RUNS [THREADS]]
 *
 * GFLOP/s of multiply-adds that never leave the registers, and GB/s of
 * a = b + s c over arrays that no cache holds, each for 1 and for THREADS (2)
 * threads: what all other rates are shares of.  The three arrays count once
 * each, though writing a also reads it.  TSV: name, threads, rate (median of
 * RUNS), least, largest.  SEG_CPU chooses the level, as for the kernels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/kernel/cpu.h"

enum { CHAINS = 12, STEPS = 4000000, RUNS = 1000, TRIAD = 64 << 20 };

/* Twelve chains hide the latency of any multiply-add and fit any registers. */
#define CHAINS_OF(name, bytes, target)                                         \
    target static float name(float x)                                          \
    {                                                                          \
        typedef float vec __attribute__((vector_size(bytes)));                 \
        vec sum[CHAINS], m = (vec){0} + x;                                     \
        for (int k = 0; k < CHAINS; k++)                                       \
            sum[k] = m * (float)k;                                             \
        for (int i = 0; i < STEPS; i++)                                        \
            for (int k = 0; k < CHAINS; k++)                                   \
                sum[k] = sum[k] * m + m;                                       \
        for (int k = 1; k < CHAINS; k++)                                       \
            sum[0] += sum[k];                                                  \
        return sum[0][0];                                                      \
    }

#ifdef __x86_64__
CHAINS_OF(chains_v4, 64, __attribute__((target("avx512f"))))
CHAINS_OF(chains_v3, 32, __attribute__((target("avx2,fma"))))
#endif
CHAINS_OF(chains_base, 16, )

typedef float chains_fn(float);
struct level {
    int lanes;
    chains_fn *run;
};

static struct level
level(void)
{
    switch (seg_cpu_level()) {
#ifdef __x86_64__
    case SEG_CPU_V4:
        return (struct level){16, chains_v4};
    case SEG_CPU_V3:
        return (struct level){8, chains_v3};
#endif
    default:
        return (struct level){4, chains_base};
    }
}

static double
fma_rate(int threads, double seconds)
{
    return 2e-9 * CHAINS * STEPS * level().lanes * threads / seconds;
}

static void
fma_run(int threads, float *unused)
{
    volatile float sink[64];
    (void)unused;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (int t = 0; t < threads; t++)
        sink[t % 64] = level().run(0.999f);
    (void)sink;
}

static double
triad_rate(int threads, double seconds)
{
    (void)threads;
    return 1e-9 * 3 * TRIAD * sizeof(float) / seconds;
}

static void
triad_run(int threads, float *a)
{
    const float *b = a + TRIAD, *c = b + TRIAD;
#pragma omp parallel for simd num_threads(threads)
    for (long i = 0; i < TRIAD; i++)
        a[i] = b[i] + 0.5f * c[i];
}

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
report(const char *name, void (*run)(int, float *), double (*rate)(int, double),
    float *memory, int threads, int runs)
{
    double got[RUNS];
    run(threads, memory);
    for (int i = 0; i < runs; i++) {
        double start = now();
        run(threads, memory);
        got[i] = rate(threads, now() - start);
    }
    qsort(got, (size_t)runs, sizeof *got, ascending);
    printf("%s\t%d\t%.1f\t%.1f\t%.1f\n", name, threads, got[runs / 2], got[0],
        got[runs - 1]);
}

int
main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 5;
    int most = argc > 2 ? atoi(argv[2]) : 2;
    float *memory = aligned_alloc(2 << 20, 3ul * TRIAD * sizeof *memory);
    if (runs < 1 || runs > RUNS || most < 1 || !memory)
        return fputs("usage: peak [runs [threads]]\n", stderr), 64;
    for (long i = 0; i < 3l * TRIAD; i++)
        memory[i] = 1;
    puts("name\tthreads\trate\tleast\tlargest");
    for (int t = 1; t <= most; t += most > 1 ? most - 1 : 1) {
        report("fma GFLOP/s", fma_run, fma_rate, memory, t, runs);
        report("triad GB/s", triad_run, triad_rate, memory, t, runs);
    }
    free(memory);
    return 0;
}
