/*
 * Fused bilinear upsampling and cross-entropy: the strips and their order.
 *
 * A task is the strip of large rows that lie between small rows r and r + 1:
 * it reads those two and gives their share of the gradient to those two.
 * Strips of even r come first and write, those of odd r add: no two tasks of a
 * phase share a row, and every row is written.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <omp.h>

#include "lib/base/integer.h"
#include "lib/base/scratch.h"
#include "lib/kernel/upsample_ce_kernel.h"

static size_t
layout(struct upsample_work *k, char *base, int n, int threads)
{
    struct seg_scratch a = {base, 0};
    size_t row, block;

    k->kn = SEG_CPU_PICK(seg_upsample_ce_kernels);
    k->wide = round_up(k->c, k->kn->lanes);
    row = (size_t)k->w * k->wide * sizeof(float);
    block = (size_t)k->wide * k->kn->lanes * sizeof(float);
    k->ty = seg_scratch_take(&a, (size_t)k->H, sizeof *k->ty);
    k->tx = seg_scratch_take(
        &a, (size_t)round_up(k->W, k->kn->lanes), sizeof *k->tx);
    k->start = seg_scratch_take(&a, (size_t)k->h + 1, sizeof *k->start);
    k->value = seg_scratch_take(&a, (size_t)n * (size_t)k->h, sizeof(double));
    k->own = seg_scratch_take(&a, (size_t)threads, sizeof *k->own);
    for (int t = 0; t < threads; t++) {
        struct upsample_strip s = {
            .x = {seg_scratch_take(&a, row, 1), seg_scratch_take(&a, row, 1)},
            .g = {seg_scratch_take(&a, row, 1), seg_scratch_take(&a, row, 1)},
            .spread = {seg_scratch_take(&a, block, 1),
                seg_scratch_take(&a, block, 1)},
            .dy = {seg_scratch_take(&a, block, 1),
                seg_scratch_take(&a, block, 1)},
            .e = seg_scratch_take(&a, block, 1),
        };
        if (base)
            k->own[t] = s;
    }
    return a.used;
}

size_t
seg_upsample_ce_scratch(int n, int h, int w, int c, int H, int W, int threads)
{
    struct upsample_work k = {.h = h, .w = w, .c = c, .H = H, .W = W};

    return layout(&k, NULL, n, threads);
}

/* The positions of the first n of `to` large pixels among `from` small ones. */
static void
taps(struct upsample_tap *t, int n, int from, int to, int align)
{
    for (int i = 0; i < n; i++) {
        double p = align ? (to > 1 ? (double)i * (from - 1) / (to - 1) : 0)
                         : (i + .5) * from / to - .5;

        p = p > 0 ? p : 0;
        t[i].at = p < from - 1 ? (int)p : from - 1;
        t[i].next = t[i].at + 1 < from ? t[i].at + 1 : t[i].at;
        t[i].w = (float)(p - t[i].at);
        if (t[i].next == t[i].at)
            t[i].w = 0;
    }
}

/* With smoothing s, every valid pixel gives (1 - s) of its weight to its own
   class and s/c to each class. */
static void
smooth(struct upsample_work *k, const struct seg_upsample_ce *q)
{
    float sum = 0;

    k->smooth = 1;
    for (int c = 0; c < k->c && c < 256; c++) {
        k->share[c] = q->smooth / (float)k->c * (q->weight ? q->weight[c] : 1);
        sum += k->share[c];
    }
    for (int c = 0; c < k->c && c < 256; c++) {
        k->weight[c] *= 1 - q->smooth;
        k->shares[c] = c == q->ignore ? 0 : sum;
    }
}

static void
plan(struct upsample_work *k, const struct seg_upsample_ce *q)
{
    taps(k->ty, k->H, k->h, q->all_h ? q->all_h : k->H, q->align_corners);
    taps(k->tx, k->W, k->w, q->all_w ? q->all_w : k->W, q->align_corners);
    for (int i = k->W; i < round_up(k->W, k->kn->lanes); i++)
        k->tx[i] = (struct upsample_tap){0}; /* no label will be there */
    for (int r = 0, Y = 0; r <= k->h; r++) {
        while (Y < k->H && k->ty[Y].at < r)
            Y++;
        k->start[r] = Y;
    }
    for (int c = 0; c < k->c && c < 256; c++)
        k->weight[c] = c == q->ignore ? 0 : q->weight ? q->weight[c] : 1;
}

/* Sum of the weights, in row order whatever the number of threads. */
static double
total_weight(struct upsample_work *k, int n, int threads)
{
    double total = 0;

#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < n * k->h; i++) {
        int r = i % k->h;
        size_t lo = (size_t)(i / k->h) * k->H + k->start[r];
        double s = 0;

        for (size_t p = lo * k->W;
             p < (lo + k->start[r + 1] - k->start[r]) * k->W; p++)
            s += k->weight[k->y[p]];
        k->value[i] = s;
    }
    for (int i = 0; i < n * k->h; i++)
        total += k->value[i];
    return total;
}

static void
load_row(struct upsample_strip *s, int side, const struct upsample_work *k,
    const float *x)
{
    float *to = s->x[side];

    memset(s->g[side], 0, (size_t)k->w * k->wide * sizeof *to);
    for (int i = 0; i < k->w; i++, to += k->wide, x += k->c) {
        memcpy(to, x, (size_t)k->c * sizeof *to);
        memset(to + k->c, 0, (size_t)(k->wide - k->c) * sizeof *to);
    }
}

static void
give_row(float *dx, const struct upsample_strip *s, int side,
    const struct upsample_work *k, int add)
{
    const float *g = s->g[side];

    for (int i = 0; i < k->w; i++, dx += k->c, g += k->wide)
        for (int c = 0; c < k->c; c++)
            dx[c] = add ? dx[c] + g[c] : g[c];
}

/* The strip below small row r of image i; even ones are the first. */
static double
strip(const struct upsample_work *k, struct upsample_strip *s, int i, int r)
{
    size_t row = (size_t)k->w * k->c, last = r + 1 == k->h;
    size_t a = ((size_t)i * k->h + r) * row, b = last ? a : a + row;
    double value;

    load_row(s, 0, k, k->x + a);
    load_row(s, 1, k, k->x + b);
    value = k->kn->strip(k, s, k->y + ((size_t)i * k->H + k->start[r]) * k->W,
        k->start[r], k->start[r + 1]);
    if (k->dx) {
        give_row(k->dx + a, s, 0, k, r % 2);
        give_row(k->dx + b, s, 1, k, r % 2 || last);
    }
    return value;
}

static void
all_strips(const struct upsample_work *k, int n, int threads)
{
    for (int odd = 0; odd < 2; odd++) {
        int strips = (k->h + 1 - odd) / 2;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
        for (int t = 0; t < n * strips; t++) {
            int i = t / strips, r = t % strips * 2 + odd;
            k->value[i * k->h + r] =
                strip(k, k->own + omp_get_thread_num(), i, r);
        }
    }
}

/* Nothing to enlarge: pixel by pixel. */
static void
all_rows(const struct upsample_work *k, int n, int threads)
{
    size_t row = (size_t)k->w * k->c;

#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int t = 0; t < n * k->h; t++)
        k->value[t] = k->kn->plain(k, k->own + omp_get_thread_num(),
            k->dx ? k->dx + t * row : NULL, k->x + t * row,
            k->y + (size_t)t * k->w, k->w);
}

double
seg_upsample_ce(float *dx, const float *x, const uint8_t *y,
    const struct seg_upsample_ce *q, int n, int h, int w, int c, int H, int W,
    int threads, void *scratch)
{
    struct upsample_work k = {
        .x = x, .y = y, .dx = dx, .h = h, .w = w, .c = c, .H = H, .W = W};
    double value = 0, total;

    assert((uintptr_t)scratch % 64 == 0);
    layout(&k, scratch, n, threads);
    plan(&k, q);
    total = total_weight(&k, n, threads);
    if (!(total > 0)) {
        if (dx)
            memset(dx, 0, (size_t)n * h * w * c * sizeof *dx);
        return 0;
    }
    k.scale = (float)(1 / total);
    if (q->smooth > 0)
        smooth(&k, q);
    if (h == H && w == W && (!q->all_h || q->all_h == h) &&
        (!q->all_w || q->all_w == w))
        all_rows(&k, n, threads);
    else
        all_strips(&k, n, threads);
    for (int i = 0; i < n * h; i++)
        value += k.value[i];
    return value / total;
}
