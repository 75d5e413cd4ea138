/*
 * Inside the kernels: fused transforms and channel sums, at every CPU level.
 *
 * A part of a tally is three rows of floats, one column a channel, followed by
 * the number of pixels.  For moments the rows are the first value, the sum of
 * the differences from it and the sum of their squares; for a gate the second
 * and third rows are its sums.
 */
#ifndef SEG_KERNEL_LENS_KERNEL_H
#define SEG_KERNEL_LENS_KERNEL_H

#include <stddef.h>

#include "lib/kernel/lens.h"
#include "lib/simd/cpu.h"

/* count pixels of c channels, pitch floats from one to the next. */
struct strip {
    float *y;
    long pitch;
    int count, c;
};

struct lens_kernels {
    /* to[i*to_pitch + j] = x[i*pitch + j] transformed by the lens */
    void (*look)(float *to, long to_pitch, const float *x, long pitch,
        const struct seg_lens *lens, long count, int c);
    /* Computes columns of a part; its rows are apart floats apart. */
    void (*measure)(float *part, long apart, const struct strip *s);
    void (*gate)(float *part, long apart, const struct strip *s,
        const struct seg_gate *g);
};

extern const struct lens_kernels seg_lens_kernels_v4, seg_lens_kernels_v3,
    seg_lens_kernels_base;

static inline const struct lens_kernels *
lens_kernels(void)
{
    return SEG_CPU_PICK(seg_lens_kernels);
}

/* The lens from channel c on, at offset at of the feature map. */
static inline struct seg_lens
seg_lens_at(struct seg_lens l, long at, int c)
{
    l.scale += c;
    l.shift += c;
    if (l.other) {
        l.slope += c;
        l.other += at + c;
    }
    return l;
}

static inline struct seg_gate
seg_gate_at(struct seg_gate g, long at, int c)
{
    g.x += at + c;
    if (g.y)
        g.y += at + c;
    g.scale += c;
    g.shift += c;
    g.mean += c;
    g.sum += c;
    g.product += c;
    return g;
}

/* Floats from row to row of a part, and of a whole part. */
size_t seg_part_apart(int c);
size_t seg_part_floats(int c);
void seg_part_start(float *part, const float *first, float pixels, int c);

/* Adds n parts in double, in their order. */
void seg_parts_moments(const struct seg_moments *to, const float *parts, int n,
    int c, int threads);
void seg_parts_sums(
    const struct seg_gate *to, const float *parts, int n, int c, int threads);

#endif
