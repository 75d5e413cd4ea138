/* Fused transforms and channel sums of consecutive pixels. */
#include "lib/kernel/fused_vec.h"

#include "lib/kernel/fused_kernel.h"

INLINE void
transform_with(float *to, long to_pitch, const float *x, long pitch,
    const struct seg_affine *l, long count, int c, const int kind)
{
    for (int q = 0; q < c; q += LANES) {
        int lanes = c - q;
        struct affine_vec s = affine_load(l, q, lanes, kind);
        for (long i = 0; i < count; i++)
            v_store_part(to + i * to_pitch + q,
                affine_read(&s, x, i * pitch + q, lanes, kind), lanes);
    }
}

static void
transform(float *to, long to_pitch, const float *x, long pitch,
    const struct seg_affine *l, long count, int c)
{
    if (l->other)
        transform_with(to, to_pitch, x, pitch, l, count, c, AFFINE_GRADIENT);
    else
        transform_with(to, to_pitch, x, pitch, l, count, c, AFFINE_VALUE);
}

INLINE void
sums_with(float *part, long stride, const struct pixel_run *s,
    const struct seg_fused_relu *g, const int kind)
{
    for (int q = 0; q < s->c; q += LANES) {
        int lanes = s->c - q;
        struct channel_sums t = sums_load(part, stride, g, q, lanes, kind);
        t.sum = t.square = (vec){0};
        if (kind == SUMS_STATS) {
            t.first = v_load_part(s->y + q, lanes);
            v_store_part(part + q, t.first, lanes);
        }
        for (int i = 0; i < s->count; i++) {
            long at = i * s->pitch + q;
            vec v =
                sums_add(&t, v_load_part(s->y + at, lanes), at, lanes, kind);
            if (kind != SUMS_STATS)
                v_store_part(s->y + at, v, lanes);
        }
        sums_store(&t, part, stride, q, lanes, kind);
    }
}

static void
stats(float *part, long stride, const struct pixel_run *s)
{
    sums_with(part, stride, s, NULL, SUMS_STATS);
}

static void
relu_backward(float *part, long stride, const struct pixel_run *s,
    const struct seg_fused_relu *g)
{
    if (g->y)
        sums_with(part, stride, s, g, SUMS_RELU_Y);
    else
        sums_with(part, stride, s, g, SUMS_RELU);
}

const struct fused_kernels SEG_LEVEL(seg_fused_kernels) = {
    .transform = transform,
    .stats = stats,
    .relu_backward = relu_backward,
};
