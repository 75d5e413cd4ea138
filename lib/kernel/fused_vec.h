/*
 * Fused transforms and channel sums of one vector of channels, for *_vec.c.
 * kind is a constant after inlining.
 */
#ifndef SEG_KERNEL_FUSED_VEC_H
#define SEG_KERNEL_FUSED_VEC_H

#include <math.h>

#include "lib/kernel/fused.h"
#include "lib/simd/vec.h"

enum affine_kind { AFFINE_NONE, AFFINE_VALUE, AFFINE_GRADIENT };

/* Lower bound of an activation. */
INLINE vec
activation_floor(enum seg_act act)
{
    return (vec){0} - (act == SEG_ACT_NONE ? INFINITY : 0);
}

/* Upper bound of an activation. */
INLINE vec
activation_ceiling(enum seg_act act)
{
    return v_splat(act == SEG_ACT_RELU6 ? 6 : INFINITY);
}

/* A fused input transform for one vector of channels. */
struct affine_vec {
    vec scale, shift, slope, least, most;
    const float *other;
};

INLINE struct affine_vec
affine_load(const struct seg_affine *l, int q, int lanes, const int kind)
{
    struct affine_vec s = {0};

    if (kind == AFFINE_NONE)
        return s;
    s.scale = v_load_part(l->scale + q, lanes);
    s.shift = v_load_part(l->shift + q, lanes);
    if (kind == AFFINE_GRADIENT) {
        s.slope = v_load_part(l->slope + q, lanes);
        s.other = l->other;
    } else {
        s.least = activation_floor(l->act);
        s.most = activation_ceiling(l->act);
    }
    return s;
}

/* x[at..], transformed. */
INLINE vec
affine_read(const struct affine_vec *s, const float *x, long at, int lanes,
    const int kind)
{
    vec v = v_load_part(x + at, lanes);

    if (kind == AFFINE_NONE)
        return v;
    v = v * s->scale + s->shift;
    if (kind == AFFINE_GRADIENT)
        return v + v_load_part(s->other + at, lanes) * s->slope;
    return v_min(s->most, v_max(s->least, v));
}

/* SUMS_RELU: the mask follows from x; SUMS_RELU_Y: y is given. */
enum sums_kind { SUMS_NONE, SUMS_STATS, SUMS_RELU, SUMS_RELU_Y };

/* The sums of one vector of channels. */
struct channel_sums {
    vec first, sum, square; /* fused ReLU backward: mean, sum, product */
    vec scale, shift, least, most;
    const float *x, *y;
};

INLINE struct channel_sums
sums_load(const float *part, long stride, const struct seg_fused_relu *g, int q,
    int lanes, const int kind)
{
    struct channel_sums t = {.x = part};

    if (kind == SUMS_NONE)
        return t;
    t.sum = v_load_part(part + stride + q, lanes);
    t.square = v_load_part(part + 2 * stride + q, lanes);
    if (kind == SUMS_STATS) {
        t.first = v_load_part(part + q, lanes);
        return t;
    }
    t.first = v_load_part(g->mean + q, lanes);
    t.scale = v_load_part(g->scale + q, lanes);
    t.shift = v_load_part(g->shift + q, lanes);
    t.least = activation_floor(g->act);
    t.most = activation_ceiling(g->act);
    t.x = g->x;
    t.y = g->y;
    return t;
}

/* Adds v, which is written to offset at, and returns it, masked if kind says
   so. */
INLINE vec
sums_add(struct channel_sums *t, vec v, long at, int lanes, const int kind)
{
    vec p;

    if (kind == SUMS_NONE)
        return v;
    if (kind == SUMS_STATS) {
        p = v - t->first;
        t->sum += p;
        t->square += p * p;
        return v;
    }
    p = v_load_part(t->x + at, lanes);
    vec y = p * t->scale + t->shift;
    if (kind == SUMS_RELU_Y)
        y = v_load_part(t->y + at, lanes);
    v = (vec)((ivec)v & (ivec)(y > t->least) & (ivec)(y < t->most));
    t->sum += v;
    t->square += v * (p - t->first);
    return v;
}

INLINE void
sums_store(const struct channel_sums *t, float *part, long stride, int q,
    int lanes, const int kind)
{
    if (kind == SUMS_NONE)
        return;
    v_store_part(part + stride + q, t->sum, lanes);
    v_store_part(part + 2 * stride + q, t->square, lanes);
}

#endif
