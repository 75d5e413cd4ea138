/*
 * Fused transforms and channel sums of one vector of channels, for *_vec.c.
 * kind is a compile-time constant after inlining.
 */
#ifndef SEG_KERNEL_LENS_VEC_H
#define SEG_KERNEL_LENS_VEC_H

#include <math.h>

#include "lib/kernel/lens.h"
#include "lib/simd/vec.h"

enum lens_kind { LENS_NONE, LENS_VALUE, LENS_GRADIENT };

/* Lower bound of an activation. */
INLINE vec
lowest(enum seg_act act)
{
    return (vec){0} - (act == SEG_ACT_RELU ? 0 : INFINITY);
}

/* A lens for channels q on. */
struct sight {
    vec scale, shift, slope, least;
    const float *other;
};

INLINE struct sight
sight_of(const struct seg_lens *l, int q, int lanes, const int kind)
{
    struct sight s = {0};

    if (kind == LENS_NONE)
        return s;
    s.scale = load_part(l->scale + q, lanes);
    s.shift = load_part(l->shift + q, lanes);
    if (kind == LENS_GRADIENT) {
        s.slope = load_part(l->slope + q, lanes);
        s.other = l->other;
    } else {
        s.least = lowest(l->act);
    }
    return s;
}

/* x[at..], transformed */
INLINE vec
look_at(
    const struct sight *s, const float *x, long at, int lanes, const int kind)
{
    vec v = load_part(x + at, lanes);

    if (kind == LENS_NONE)
        return v;
    v = v * s->scale + s->shift;
    if (kind == LENS_GRADIENT)
        return v + load_part(s->other + at, lanes) * s->slope;
    return at_least(s->least, v);
}

/* TALLY_GATE_Y: a gate with y given. */
enum tally_kind { TALLY_NONE, TALLY_MOMENTS, TALLY_GATE, TALLY_GATE_Y };

/* Columns of a part, and of the gate, from channel q on. */
struct tally {
    vec first, sum, square; /* of a gate: mean, sum, product */
    vec scale, shift, least;
    const float *x, *y;
};

INLINE struct tally
tally_of(const float *part, long apart, const struct seg_gate *g, int q,
    int lanes, const int kind)
{
    struct tally t = {.x = part};

    if (kind == TALLY_NONE)
        return t;
    t.sum = load_part(part + apart + q, lanes);
    t.square = load_part(part + 2 * apart + q, lanes);
    if (kind == TALLY_MOMENTS) {
        t.first = load_part(part + q, lanes);
        return t;
    }
    t.first = load_part(g->mean + q, lanes);
    t.scale = load_part(g->scale + q, lanes);
    t.shift = load_part(g->shift + q, lanes);
    t.least = lowest(g->act);
    t.x = g->x;
    t.y = g->y;
    return t;
}

/* Adds v, which is written to position at; a gate may mask it. */
INLINE vec
tally_add(struct tally *t, vec v, long at, int lanes, const int kind)
{
    vec p;

    if (kind == TALLY_NONE)
        return v;
    if (kind == TALLY_MOMENTS) {
        p = v - t->first;
        t->sum += p;
        t->square += p * p;
        return v;
    }
    p = load_part(t->x + at, lanes);
    vec y = p * t->scale + t->shift;
    if (kind == TALLY_GATE_Y)
        y = load_part(t->y + at, lanes);
    v = (vec)((ivec)v & (ivec)(y > t->least));
    t->sum += v;
    t->square += v * (p - t->first);
    return v;
}

INLINE void
tally_keep(const struct tally *t, float *part, long apart, int q, int lanes,
    const int kind)
{
    if (kind == TALLY_NONE)
        return;
    store_part(part + apart + q, t->sum, lanes);
    store_part(part + 2 * apart + q, t->square, lanes);
}

#endif
