/* Lanes are channels; a few vectors of them at a time stay in registers. */
#include "lib/kernel/norm/bn_kernel.h"
#include "lib/simd/vec.h"

#include <stddef.h>

enum { SPAN = 4, COLS = SPAN * LANES };

/* n vectors from channel q on; the last may be partial. */
INLINE void
stats_of(float *mean, float *rest, float *square, const float *x, long rows,
    int c, int q, const int n)
{
    vec sum[SPAN], m[SPAN], r[SPAN];
    for (int k = 0; k < n; k++)
        sum[k] = (vec){0};
    for (long i = 0; i < rows; i++)
        for (int k = 0; k < n; k++) {
            int at = q + k * LANES;
            sum[k] += v_load_part(x + i * c + at, c - at);
        }
    for (int k = 0; k < n; k++) {
        m[k] = sum[k] / (float)rows;
        sum[k] = r[k] = (vec){0};
    }
    for (long i = 0; i < rows; i++)
        for (int k = 0; k < n; k++) {
            int at = q + k * LANES;
            vec p = v_load_part(x + i * c + at, c - at) - m[k];
            r[k] += p;
            sum[k] += p * p;
        }
    for (int k = 0; k < n; k++) {
        int at = q + k * LANES;
        v_store_part(mean + at, m[k], c - at);
        v_store_part(rest + at, r[k], c - at);
        v_store_part(square + at, sum[k], c - at);
    }
}

static void
moments(
    float *mean, float *rest, float *square, const float *x, long rows, int c)
{
    int q = 0;
    for (; q + COLS <= c; q += COLS)
        stats_of(mean, rest, square, x, rows, c, q, SPAN);
    for (; q < c; q += LANES)
        stats_of(mean, rest, square, x, rows, c, q, 1);
}

/* dy times the slope of the activation. */
INLINE vec
act_gradient(
    const struct seg_bn_back *k, enum seg_act act, long at, int q, int lanes)
{
    vec g = v_load_part(k->dy + at, lanes);
    if (act == SEG_ACT_NONE)
        return g;
    vec y;
    if (k->y)
        y = v_load_part(k->y + at, lanes);
    else
        y = v_load_part(k->x + at, lanes) * v_load_part(k->scale + q, lanes) +
            v_load_part(k->shift + q, lanes);
    if (act == SEG_ACT_LEAKY_RELU)
        return v_select(y > (vec){0}, g, g * SEG_LEAKY_SLOPE);
    return (vec)((ivec)g & (ivec)(y > (vec){0}) &
                 (ivec)(y < v_splat(seg_act_most(act))));
}

INLINE void
store_residual(const struct seg_bn_back *k, vec g, long at, int lanes)
{
    if (k->add_dresidual)
        g += v_load_part(k->dresidual + at, lanes);
    v_store_part(k->dresidual + at, g, lanes);
}

INLINE void
sums_of(float *sum, float *product, const struct seg_bn_back *k,
    enum seg_act act, int leave, long first, long rows, int c, int q,
    const int n)
{
    vec s[SPAN], p[SPAN], m[SPAN];
    for (int j = 0; j < n; j++) {
        s[j] = p[j] = (vec){0};
        m[j] = v_load_part(k->mean + q + j * LANES, c - q - j * LANES);
    }
    for (long i = first; i < first + rows; i++)
        for (int j = 0; j < n; j++) {
            int ch = q + j * LANES, lanes = c - ch;
            long at = i * c + ch;
            vec g = act_gradient(k, act, at, ch, lanes);
            s[j] += g;
            p[j] += g * (v_load_part(k->x + at, lanes) - m[j]);
            if (leave && act != SEG_ACT_NONE)
                v_store_part(k->dy + at, g, lanes);
            if (leave && k->dresidual)
                store_residual(k, g, at, lanes);
        }
    for (int j = 0; j < n; j++) {
        int at = q + j * LANES;
        v_store_part(sum + at, s[j], c - at);
        v_store_part(product + at, p[j], c - at);
    }
}

static void
sums(float *sum, float *product, const struct seg_bn_back *k, enum seg_act act,
    int leave, long first, long rows, int c)
{
    int q = 0;
    for (; q + COLS <= c; q += COLS)
        sums_of(sum, product, k, act, leave, first, rows, c, q, SPAN);
    for (; q < c; q += LANES)
        sums_of(sum, product, k, act, leave, first, rows, c, q, 1);
}

static void
apply(float *y, const float *x, const float *scale, const float *shift,
    const float *residual, enum seg_act act, long rows, int c)
{
    for (long i = 0; i < rows; i++)
        for (int q = 0; q < c; q += LANES) {
            long at = i * c + q;
            int lanes = c - q;
            vec v = v_load_part(x + at, lanes) * v_load_part(scale + q, lanes) +
                    v_load_part(shift + q, lanes);
            if (residual)
                v += v_load_part(residual + at, lanes);
            if (act == SEG_ACT_LEAKY_RELU)
                v = v_leaky_relu(v, SEG_LEAKY_SLOPE);
            else if (act != SEG_ACT_NONE)
                v = v_relu(v, seg_act_most(act));
            v_store_part(y + at, v, lanes);
        }
}

static void
spread(
    const struct seg_bn_back *k, enum seg_act act, long first, long rows, int c)
{
    for (long i = first; i < first + rows; i++)
        for (int q = 0; q < c; q += LANES) {
            long at = i * c + q;
            int lanes = c - q;
            vec g = act_gradient(k, act, at, q, lanes);
            if (k->dx) {
                vec v = g * v_load_part(k->a + q, lanes) +
                        v_load_part(k->x + at, lanes) *
                            v_load_part(k->b + q, lanes) +
                        v_load_part(k->k + q, lanes);
                if (k->add_dx)
                    v += v_load_part(k->dx + at, lanes);
                v_store_part(k->dx + at, v, lanes);
            }
            if (k->dresidual)
                store_residual(k, g, at, lanes);
        }
}

const struct bn_kernels SEG_LEVEL(seg_bn_kernels) = {
    .moments = moments,
    .sums = sums,
    .apply = apply,
    .spread = spread,
};
