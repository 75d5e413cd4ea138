/*
 * The strip, a block of a vector of large columns at a time.  The two small rows are
 * spread to the block's pixels once, with classes in the lanes, and turned over
 * so that pixels are in the lanes; every large row of the strip then lies
 * between the two, and its softmax needs no sum across lanes.  Gradients go the
 * same way back.
 */
#include <string.h>

#include "lib/kernel/upsample_ce_kernel.h"
#include "lib/kernel/vec.h"

#include "lib/kernel/simd.h" /* after vec.h: of this level */

/* to[class] = the row at the block's pixels, one a lane */
INLINE void
spread(vf *to, const float *x, const struct tap *t, int wide)
{
    for (int c = 0; c < wide; c += LANES, to += LANES) {
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            vf a = *(const vf *)(x + t[i].at * wide + c);
            vf b = *(const vf *)(x + t[i].next * wide + c);
            to[i] = a + t[i].w * (b - a);
        }
        v_transpose(to);
    }
}

/* Neighbours that fall between the same two small pixels are added first. */
INLINE void
gather(float *g, vf *from, const struct tap *t, int wide)
{
    for (int c = 0; c < wide; c += LANES, from += LANES) {
        v_transpose(from);
        for (int i = 0; i < LANES;) {
            vf *a = (vf *)(g + t[i].at * wide + c);
            vf *b = (vf *)(g + t[i].next * wide + c);
            vf da = {0}, db = {0};
            do {
                da += (1 - t[i].w) * from[i];
                db += t[i].w * from[i];
                i++;
            } while (i < LANES && t[i].at == t[i - 1].at);
            *a += da;
            *b += db;
        }
    }
}

/* The first n labels, and -1 in the other lanes. */
INLINE vi
labels(const uint8_t *y, int n)
{
    typedef uint8_t bytes __attribute__((vector_size(LANES)));
    bytes all = {0};

    memcpy(&all, y, (size_t)(n < LANES ? n : LANES));
    return __builtin_convertvector(all, vi) | ~(v_lane() < n);
}

INLINE vf
where(vi mask, vf x)
{
    return (vf)((vi)x & mask);
}

/* A block of a large row that lies w of the way to the second small row. */
INLINE double
block(const struct work *k, const struct strip *s, vi y, float w)
{
    const vf *near = (const vf *)s->spread[0], *far = (const vf *)s->spread[1];
    vf *dnear = (vf *)s->dy[0], *dfar = (vf *)s->dy[1], *e = (vf *)s->e;
    vf top = near[0] + w * (far[0] - near[0]), sum = {0};
    vf own = {0}, weight = {0};
    const int n = k->c;

    for (int c = 0; c < n; c++) {
        e[c] = near[c] + w * (far[c] - near[c]);
        top = v_max(e[c], top);
        own += where(y == c, e[c]);
        weight += where(y == c, v_all(k->weight[c]));
    }
    for (int c = 0; c < n; c++) {
        e[c] = v_exp(e[c] - top);
        sum += e[c];
    }
    vf one = weight * k->scale, share = one / sum;
    for (int c = 0; k->dx && c < n; c++) {
        vf g = e[c] * share - where(y == c, one);
        dnear[c] += (1 - w) * g;
        dfar[c] += w * g;
    }
    return v_sum(weight * (v_log(sum) + (top - own)));
}

static double
strip(const struct work *k, const struct strip *s, const uint8_t *y, int from,
    int to)
{
    double value = 0;

    for (int X = 0; X < k->W; X += LANES) {
        const struct tap *t = k->tx + X;
        for (int i = 0; i < 2; i++) {
            spread((vf *)s->spread[i], s->x[i], t, k->wide);
            memset(s->dy[i], 0, (size_t)k->wide * sizeof(vf));
        }
        for (int Y = from; Y < to; Y++)
            value +=
                block(k, s, labels(y + (size_t)(Y - from) * k->W + X, k->W - X),
                    k->ty[Y].w);
        for (int i = 0; k->dx && i < 2; i++)
            gather(s->g[i], (vf *)s->dy[i], t, k->wide);
    }
    return value;
}

const struct upsample_ce_kernels SEG_LEVEL(seg_upsample_ce_kernels) = {
    .lanes = LANES,
    .strip = strip,
};
