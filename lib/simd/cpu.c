#include "lib/simd/cpu.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[SEG_CPU_LEVELS] = {
    [SEG_CPU_BASE] = "base", [SEG_CPU_V3] = "v3", [SEG_CPU_V4] = "v4"};

int
seg_cpu_has(enum seg_cpu level)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    if (level == SEG_CPU_V4)
        return __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") &&
               __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    if (level == SEG_CPU_V3)
        return __builtin_cpu_supports("avx2") &&
               __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2");
#endif
    return level == SEG_CPU_BASE;
}

enum seg_cpu
seg_cpu_level(void)
{
    const char *wanted = getenv("SEG_CPU");
    for (int i = 0; wanted && i < SEG_CPU_LEVELS; i++)
        if (!strcmp(wanted, names[i]) && seg_cpu_has((enum seg_cpu)i))
            return (enum seg_cpu)i;
    for (int i = SEG_CPU_LEVELS - 1; i > SEG_CPU_BASE; i--)
        if (seg_cpu_has((enum seg_cpu)i))
            return (enum seg_cpu)i;
    return SEG_CPU_BASE;
}

const char *
seg_cpu_name(enum seg_cpu level)
{
    return names[level];
}
