/*
 * The strip, a block of a vector of large columns at a time.  The two small
 * rows are spread to the block's pixels once, with classes in the lanes, and
 * turned over so that pixels are in the lanes; every large row of the strip
 * then lies between the two, and its softmax needs no sum across lanes.
 * Gradients go the same way back.
 */
#include <float.h>
#include <string.h>

#include "lib/kernel/upsample_ce_kernel.h"
#include "lib/simd/vec.h"

/* to[class] = the row at the block's pixels, one a lane */
INLINE void
spread(vec *to, const float *x, const struct upsample_tap *t, int wide)
{
    for (int c = 0; c < wide; c += LANES, to += LANES) {
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            vec a = *(const vec *)(x + t[i].at * wide + c);
            vec b = *(const vec *)(x + t[i].next * wide + c);
            to[i] = a + t[i].w * (b - a);
        }
        v_transpose(to);
    }
}

/* Neighbors that fall between the same two small pixels are added first. */
INLINE void
gather(float *g, vec *from, const struct upsample_tap *t, int wide)
{
    for (int c = 0; c < wide; c += LANES, from += LANES) {
        v_transpose(from);
        for (int i = 0; i < LANES;) {
            vec *a = (vec *)(g + t[i].at * wide + c);
            vec *b = (vec *)(g + t[i].next * wide + c);
            vec da = {0}, db = {0};
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
INLINE ivec
labels(const uint8_t *y, int n)
{
    typedef uint8_t bytes __attribute__((vector_size(LANES)));
    bytes all = {0};

    memcpy(&all, y, (size_t)(n < LANES ? n : LANES));
    return __builtin_convertvector(all, ivec) | ~(v_index() < n);
}

INLINE vec
where(ivec mask, vec x)
{
    return (vec)((ivec)x & mask);
}

/*
 * The loss of pixels in the lanes.  Either they lie between two small rows, w
 * of the way to the second, and the rows take their gradient; or they stand in
 * s->e, which becomes their gradient.
 */
INLINE double
pixels(const struct upsample_work *k, const struct upsample_strip *s, ivec y,
    const int between, float w, const int smooth)
{
    const vec *near = (const vec *)s->spread[0],
              *far = (const vec *)s->spread[1];
    vec *dnear = (vec *)s->dy[0], *dfar = (vec *)s->dy[1], *e = (vec *)s->e;
    vec top = v_splat(-FLT_MAX), sum = {0}, own = {0}, weight = {0};
    vec shares = {0}, others = {0}; /* smooth: sum of shares, of their losses */
    const int n = k->c;

    for (int c = 0; c < n; c++) {
        if (between)
            e[c] = near[c] + w * (far[c] - near[c]);
        top = v_max(e[c], top);
        own += where(y == c, e[c]);
        weight += where(y == c, v_splat(k->weight[c]));
        if (smooth)
            shares += where(y == c, v_splat(k->shares[c]));
    }
    for (int c = 0; c < n; c++) {
        if (smooth)
            others += k->share[c] * (top - e[c]);
        e[c] = v_exp(e[c] - top);
        sum += e[c];
    }
    vec one = weight * k->scale, share = one / sum;
    if (smooth)
        share = (weight + shares) * k->scale / sum;
    for (int c = 0; k->dx && c < n; c++) {
        vec g = e[c] * share - where(y == c, one);
        if (smooth)
            g -= where(shares > 0, v_splat(k->share[c] * k->scale));
        if (between) {
            dnear[c] += (1 - w) * g;
            dfar[c] += w * g;
        } else {
            e[c] = g;
        }
    }
    if (smooth)
        return v_sum(weight * (v_log(sum) + (top - own)) +
                     where(shares > 0, shares * v_log(sum) + others));
    return v_sum(weight * (v_log(sum) + (top - own)));
}

INLINE double
strip_of(const struct upsample_work *k, const struct upsample_strip *s,
    const uint8_t *y, int from, int to, const int smooth)
{
    double value = 0;

    for (int X = 0; X < k->W; X += LANES) {
        const struct upsample_tap *t = k->tx + X;
        for (int i = 0; i < 2; i++) {
            spread((vec *)s->spread[i], s->x[i], t, k->wide);
            memset(s->dy[i], 0, (size_t)k->wide * sizeof(vec));
        }
        for (int Y = from; Y < to; Y++)
            value +=
                pixels(k, s, labels(y + (Y - from) * (long)k->W + X, k->W - X),
                    1, k->ty[Y].w, smooth);
        for (int i = 0; k->dx && i < 2; i++)
            gather(s->g[i], (vec *)s->dy[i], t, k->wide);
    }
    return value;
}

static double
strip(const struct upsample_work *k, const struct upsample_strip *s,
    const uint8_t *y, int from, int to)
{
    return k->smooth ? strip_of(k, s, y, from, to, 1)
                     : strip_of(k, s, y, from, to, 0);
}

INLINE double
plain_of(const struct upsample_work *k, const struct upsample_strip *s,
    float *dx, const float *x, const uint8_t *y, int n, const int smooth)
{
    vec *e = (vec *)s->e;
    const int all = k->c;
    double value = 0;

    for (int at = 0; at < n; at += LANES, x += LANES * all) {
        int have = n - at < LANES ? n - at : LANES;
        for (int c = 0; c < all; c += LANES) {
            for (int i = 0; i < LANES; i++)
                e[c + i] = i < have ? v_load_part(x + i * all + c, all - c)
                                    : v_splat(0);
            v_transpose(e + c);
        }
        value += pixels(k, s, labels(y + at, have), 0, 0, smooth);
        for (int c = 0; dx && c < all; c += LANES) {
            v_transpose(e + c);
            for (int i = 0; i < have; i++)
                v_store_part(dx + (at + i) * all + c, e[c + i], all - c);
        }
    }
    return value;
}

static double
plain(const struct upsample_work *k, const struct upsample_strip *s, float *dx,
    const float *x, const uint8_t *y, int n)
{
    return k->smooth ? plain_of(k, s, dx, x, y, n, 1)
                     : plain_of(k, s, dx, x, y, n, 0);
}

const struct upsample_ce_kernels SEG_LEVEL(seg_upsample_ce_kernels) = {
    .lanes = LANES,
    .strip = strip,
    .plain = plain,
};
