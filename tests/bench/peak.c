/*
 * Peak rates of this machine: peak [THREADS]
 *
 * GFLOP/s of multiply-adds in registers, and GB/s of a triad over arrays larger
 * than any cache (ceiling.h), for 1 and for THREADS (2)
 * threads.  SEG_CPU selects the level.
 */
#include <stdio.h>

#include "tests/bench/ceiling.h"

int
main(int argc, char **argv)
{
    int most = argc > 1 ? atoi(argv[1]) : 2;

    if (most < 1)
        return fputs("usage: peak [THREADS]\n", stderr), 64;
    puts("cpu\tthreads\tGFLOP/s\tGB/s");
    for (int t = 1; t <= most; t += most > 1 ? most - 1 : 1)
        printf("%s\t%d\t%.0f\t%.1f\n", seg_cpu_name(seg_cpu_level()), t,
            1e-9 * ceiling_flops(t), 1e-9 * ceiling_bytes((size_t)1 << 30, t));
    return 0;
}
