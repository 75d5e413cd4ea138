/* Fused transforms and channel sums over runs of pixels. */
#include "lib/kernel/lens_vec.h"

#include "lib/kernel/lens_kernel.h"

INLINE void
look_with(float *to, long to_pitch, const float *x, long pitch,
    const struct seg_lens *l, long count, int c, const int kind)
{
    for (int q = 0; q < c; q += WIDTH) {
        int lanes = c - q;
        struct sight s = sight_of(l, q, lanes, kind);
        for (long i = 0; i < count; i++)
            store_part(to + i * to_pitch + q,
                look_at(&s, x, i * pitch + q, lanes, kind), lanes);
    }
}

static void
look(float *to, long to_pitch, const float *x, long pitch,
    const struct seg_lens *l, long count, int c)
{
    if (l->other)
        look_with(to, to_pitch, x, pitch, l, count, c, LENS_GRADIENT);
    else
        look_with(to, to_pitch, x, pitch, l, count, c, LENS_VALUE);
}

INLINE void
tally_with(float *part, long apart, const struct strip *s,
    const struct seg_gate *g, const int kind)
{
    for (int q = 0; q < s->c; q += WIDTH) {
        int lanes = s->c - q;
        struct tally t = tally_of(part, apart, g, q, lanes, kind);
        t.sum = t.square = (vec){0};
        if (kind == TALLY_MOMENTS) {
            t.first = load_part(s->y + q, lanes);
            store_part(part + q, t.first, lanes);
        }
        for (int i = 0; i < s->count; i++) {
            long at = i * s->pitch + q;
            vec v = tally_add(&t, load_part(s->y + at, lanes), at, lanes, kind);
            if (kind != TALLY_MOMENTS)
                store_part(s->y + at, v, lanes);
        }
        tally_keep(&t, part, apart, q, lanes, kind);
    }
}

static void
measure(float *part, long apart, const struct strip *s)
{
    tally_with(part, apart, s, NULL, TALLY_MOMENTS);
}

static void
gate(float *part, long apart, const struct strip *s, const struct seg_gate *g)
{
    if (g->y)
        tally_with(part, apart, s, g, TALLY_GATE_Y);
    else
        tally_with(part, apart, s, g, TALLY_GATE);
}

const struct lens_kernels SEG_LEVEL(seg_lens_kernels) = {
    .look = look,
    .measure = measure,
    .gate = gate,
};
