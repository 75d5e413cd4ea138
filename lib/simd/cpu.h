/*
 * Vector instructions of this CPU: the level at which *_vec.c kernels run.  The
 * environment variable SEG_CPU selects a lower one: v4, v3 or base, the levels
 * of the x86-64 ABI (AVX-512, AVX2, neither).  A level that the CPU lacks and
 * an unknown word are ignored, so that a setting copied from another machine
 * cannot stop a program.
 */
#ifndef SEG_SIMD_CPU_H
#define SEG_SIMD_CPU_H

enum seg_cpu { SEG_CPU_BASE, SEG_CPU_V3, SEG_CPU_V4, SEG_CPU_LEVELS };

/* The best level, or the one that SEG_CPU selects. */
enum seg_cpu seg_cpu_level(void);

int seg_cpu_has(enum seg_cpu level);
const char *seg_cpu_name(enum seg_cpu level); /* "base", "v3", "v4" */

/*
 * A *_vec.c file defines a table SEG_LEVEL(NAME), which becomes NAME_v4,
 * NAME_v3 or NAME_base.  SEG_CPU_PICK(NAME) points to the table of the current
 * level. Only amd64 has all three.
 */
#ifdef __x86_64__
#define SEG_CPU_PICK(name)                                                     \
    (seg_cpu_level() == SEG_CPU_V4      ? &name##_v4                           \
        : seg_cpu_level() == SEG_CPU_V3 ? &name##_v3                           \
                                        : &name##_base)
#else
#define SEG_CPU_PICK(name) (&name##_base)
#endif
#define SEG_JOIN_(a, b) a##_##b
#define SEG_JOIN(a, b)  SEG_JOIN_(a, b)
#define SEG_LEVEL(name) SEG_JOIN(name, LEVEL)

#endif
