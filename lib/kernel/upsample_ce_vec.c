/* Pixels of one large row: a pixel is whole vectors of classes. */
#include <float.h>

#include "lib/kernel/upsample_ce_kernel.h"

/* One pixel: e = logits, then their gradient.  Returns the sum of exp. */
INLINE float
pixel(v16 *e, double *linear, const struct work *k, const struct strip *s,
    const struct tap *t, int y, float weight)
{
    const v16 *a = s->row + t->at * k->v, *b = s->row + t->next * k->v;
    v16 *ga = s->grow + t->at * k->v, *gb = s->grow + t->next * k->v;
    const v16i lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    v16 top = v_all(-FLT_MAX), sum = {0};
    float max, all, w = t->w;
    int v = k->v;

    for (int i = 0; i < v; i++) {
        e[i] = a[i] + w * (b[i] - a[i]);
        top = v_max(top, e[i]);
    }
    max = v_top(top);
    *linear += (double)weight * (max - ((float *)e)[y]);
    for (int i = 0; i < v; i++) {
        e[i] = v_exp(e[i] - max);
        sum += e[i];
    }
    all = v_sum(sum);
    for (int i = 0; k->dx && i < v; i++) {
        v16i hit = lane + i * LANES == y;
        v16 g = v_pick(hit, e[i] - all, e[i]) * (weight * k->scale / all);
        ga[i] += (1 - w) * g;
        gb[i] += w * g;
    }
    return all;
}

/* One large row: its loss, and the gradient of s->row in s->grow. */
static double
large_row(const struct work *k, const struct strip *s, const int *y)
{
    float *sum = (float *)s->sum, *wt = (float *)s->wt;
    double value = 0;

    for (int X = 0; X < round_up(k->W); X++) {
        wt[X] = X < k->W ? weight_of(k->q, y[X], k->c) : 0;
        sum[X] = 1;
        if (wt[X] > 0)
            sum[X] = pixel(s->e, &value, k, s, k->tx + X, y[X], wt[X]);
    }
    for (int X = 0; X < round_up(k->W) / LANES; X++)
        value += v_sum(v_log(s->sum[X]) * s->wt[X]);
    return value;
}

/* row = (1 - w) x0 + w x1, grow = 0 */
static void
blend(const struct strip *s, float w, int n)
{
    for (int i = 0; i < n; i++) {
        s->row[i] = s->x[0][i] + w * (s->x[1][i] - s->x[0][i]);
        s->grow[i] = v_all(0);
    }
}

static void
share_out(const struct strip *s, float w, int n)
{
    for (int i = 0; i < n; i++) {
        s->g[0][i] += (1 - w) * s->grow[i];
        s->g[1][i] += w * s->grow[i];
    }
}

const struct upsample_ce_kernels SEG_LEVEL(seg_upsample_ce_kernels) = {
    .large_row = large_row,
    .blend = blend,
    .share_out = share_out,
};
