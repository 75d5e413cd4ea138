/*
 * Kernels of the fused transforms and of channel sums, for every CPU level.
 *
 * A part of channel sums is three rows of floats, one column for each channel,
 * and then the number of pixels.  For channel statistics the rows are the first
 * value, the sum of the differences from it and the sum of their squares; for a
 * fused ReLU backward the second and third rows are its two sums.
 */
#ifndef SEG_KERNEL_FUSED_KERNEL_H
#define SEG_KERNEL_FUSED_KERNEL_H

#include <stddef.h>

#include "lib/kernel/fused.h"
#include "lib/simd/cpu.h"

/* count pixels of c channels, each pitch floats after the one before. */
struct pixel_run {
    float *y;
    long pitch;
    int count, c;
};

struct fused_kernels {
    /* to[i*to_pitch + j] = x[i*pitch + j], transformed */
    void (*transform)(float *to, long to_pitch, const float *x, long pitch,
        const struct seg_affine *affine, long count, int c);
    /* Compute the first s->c columns of a part, whose rows are stride floats
       long.  relu_backward also masks the pixels. */
    void (*stats)(float *part, long stride, const struct pixel_run *s);
    void (*relu_backward)(float *part, long stride, const struct pixel_run *s,
        const struct seg_fused_relu *g);
};

extern const struct fused_kernels seg_fused_kernels_v4, seg_fused_kernels_v3,
    seg_fused_kernels_base;

static inline const struct fused_kernels *
fused_kernels(void)
{
    return SEG_CPU_PICK(seg_fused_kernels);
}

/* The transform for channels c on, and pixels from offset at on. */
static inline struct seg_affine
seg_affine_at(struct seg_affine l, long at, int c)
{
    l.scale += c;
    l.shift += c;
    if (l.other) {
        l.slope += c;
        l.other += at + c;
    }
    return l;
}

static inline struct seg_fused_relu
seg_fused_relu_at(struct seg_fused_relu g, long at, int c)
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

/* Floats of a row of a part, and of a whole part. */
size_t seg_part_stride(int c);
size_t seg_part_floats(int c);

/* Clears a part, then sets its row of first values (NULL: zeros) and its number
   of pixels. */
void seg_part_start(float *part, const float *first, float pixels, int c);

/* Combine n parts in double, in their order. */
void seg_parts_stats(const struct seg_channel_stats *to, const float *parts,
    int n, int c, int threads);
void seg_parts_sums(const struct seg_fused_relu *to, const float *parts, int n,
    int c, int threads);

#endif
