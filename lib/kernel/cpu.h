/*
 * What vector instructions this CPU has: the level at which *_vec.c kernels
 * run.  The environment variable SEG_CPU (v4, v3 or base, the levels of the
 * x86-64 ABI) asks for one; a level that the CPU lacks, and a word that names
 * none, change nothing, so that a setting carried over from another machine
 * cannot stop a program.
 */
#ifndef SEG_KERNEL_CPU_H
#define SEG_KERNEL_CPU_H

enum seg_cpu { SEG_CPU_BASE, SEG_CPU_V3, SEG_CPU_V4, SEG_CPU_LEVELS };

/* The best level, or the one asked for. */
enum seg_cpu seg_cpu_level(void);

int seg_cpu_has(enum seg_cpu level);
const char *seg_cpu_name(enum seg_cpu level); /* "base", "v3", "v4" */

#endif
