/* Channels are lanes: a few vectors of them at a time stay in registers. */
#include "lib/kernel/bn_kernel.h"
#include "lib/kernel/vec.h"

#include <stddef.h>

enum { SPAN = 4, COLS = SPAN * WIDTH };

/* n vectors from channel q on; the last may be a part of one. */
INLINE void
moments_of(float *mean, float *rest, float *square, const float *x, long rows,
    int c, int q, const int n)
{
    vec sum[SPAN], m[SPAN], r[SPAN];
    for (int k = 0; k < n; k++)
        sum[k] = (vec){0};
    for (long i = 0; i < rows; i++)
        for (int k = 0; k < n; k++) {
            int at = q + k * WIDTH;
            sum[k] += load_part(x + i * c + at, c - at);
        }
    for (int k = 0; k < n; k++) {
        m[k] = sum[k] / (float)rows;
        sum[k] = r[k] = (vec){0};
    }
    for (long i = 0; i < rows; i++)
        for (int k = 0; k < n; k++) {
            int at = q + k * WIDTH;
            vec p = load_part(x + i * c + at, c - at) - m[k];
            r[k] += p;
            sum[k] += p * p;
        }
    for (int k = 0; k < n; k++) {
        int at = q + k * WIDTH;
        store_part(mean + at, m[k], c - at);
        store_part(rest + at, r[k], c - at);
        store_part(square + at, sum[k], c - at);
    }
}

static void
moments(
    float *mean, float *rest, float *square, const float *x, long rows, int c)
{
    int q = 0;
    for (; q + COLS <= c; q += COLS)
        moments_of(mean, rest, square, x, rows, c, q, SPAN);
    for (; q < c; q += WIDTH)
        moments_of(mean, rest, square, x, rows, c, q, 1);
}

/* dy, or nothing where the unit was shut */
INLINE vec
through(const float *dy, const float *y, long at, int lanes)
{
    vec g = load_part(dy + at, lanes);
    if (y)
        g = (vec)((ivec)g & (ivec)(load_part(y + at, lanes) > (vec){0}));
    return g;
}

INLINE void
sums_of(float *sum, float *product, const float *dy, const float *y,
    const float *x, const float *mean, long rows, int c, int q, const int n)
{
    vec s[SPAN], p[SPAN], m[SPAN];
    for (int k = 0; k < n; k++) {
        s[k] = p[k] = (vec){0};
        m[k] = load_part(mean + q + k * WIDTH, c - q - k * WIDTH);
    }
    for (long i = 0; i < rows; i++)
        for (int k = 0; k < n; k++) {
            int at = q + k * WIDTH;
            vec g = through(dy, y, i * c + at, c - at);
            s[k] += g;
            p[k] += g * (load_part(x + i * c + at, c - at) - m[k]);
        }
    for (int k = 0; k < n; k++) {
        int at = q + k * WIDTH;
        store_part(sum + at, s[k], c - at);
        store_part(product + at, p[k], c - at);
    }
}

static void
sums(float *sum, float *product, const float *dy, const float *y,
    const float *x, const float *mean, long rows, int c)
{
    int q = 0;
    for (; q + COLS <= c; q += COLS)
        sums_of(sum, product, dy, y, x, mean, rows, c, q, SPAN);
    for (; q < c; q += WIDTH)
        sums_of(sum, product, dy, y, x, mean, rows, c, q, 1);
}

static void
apply(float *y, const float *x, const float *scale, const float *shift,
    const float *residual, int relu_too, long rows, int c)
{
    for (long i = 0; i < rows; i++)
        for (int q = 0; q < c; q += WIDTH) {
            long at = i * c + q;
            int lanes = c - q;
            vec v = load_part(x + at, lanes) * load_part(scale + q, lanes) +
                    load_part(shift + q, lanes);
            if (residual)
                v += load_part(residual + at, lanes);
            store_part(y + at, relu_too ? relu(v) : v, lanes);
        }
}

static void
spread(const struct bn_spread *s, long first, long rows, int c)
{
    const struct seg_bn_gradient *to = s->to;
    for (long i = first; i < first + rows; i++)
        for (int q = 0; q < c; q += WIDTH) {
            long at = i * c + q;
            int lanes = c - q;
            vec g = through(s->dy, s->y, at, lanes);
            if (to->dx) {
                vec p =
                    load_part(s->x + at, lanes) - load_part(s->mean + q, lanes);
                vec v = g * load_part(s->a + q, lanes) +
                        p * load_part(s->b + q, lanes) +
                        load_part(s->k + q, lanes);
                if (to->add_dx)
                    v += load_part(to->dx + at, lanes);
                store_part(to->dx + at, v, lanes);
            }
            if (to->dresidual) {
                if (to->add_dresidual)
                    g += load_part(to->dresidual + at, lanes);
                store_part(to->dresidual + at, g, lanes);
            }
        }
}

const struct bn_kernels SEG_LEVEL(seg_bn_kernels) = {
    .moments = moments,
    .sums = sums,
    .apply = apply,
    .spread = spread,
};
