/*
 * Fused bilinear upsampling and cross-entropy: the strips and their order.
 *
 * A task is the strip of large rows that lie between small rows r and r + 1:
 * it reads those two and adds to the gradient of those two.  Strips of even r
 * first, then of odd r: no two tasks of a phase share a row.  Inside a strip a
 * pixel is ceil(c/16) vectors; the lanes beyond c hold -1e30 and vanish in exp.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <omp.h>

#include "lib/kernel/upsample_ce_kernel.h"

static void *
take(char *base, size_t *used, size_t bytes)
{
    size_t at = *used;

    *used = (at + bytes + 63) & ~(size_t)63;
    return base ? base + at : NULL;
}

static size_t
layout(struct work *k, char *base, int n, int threads)
{
    size_t used = 0, row;

    k->v = (k->c + LANES - 1) / LANES;
    row = (size_t)k->w * (size_t)k->v * sizeof(v16);
    k->ty = take(base, &used, (size_t)k->H * sizeof *k->ty);
    k->tx = take(base, &used, (size_t)k->W * sizeof *k->tx);
    k->start = take(base, &used, ((size_t)k->h + 1) * sizeof *k->start);
    k->value = take(base, &used, (size_t)n * (size_t)k->h * sizeof(double));
    k->own = take(base, &used, (size_t)threads * sizeof *k->own);
    for (int t = 0; t < threads; t++) {
        size_t wide = (size_t)round_up(k->W) * sizeof(float);
        struct strip s = {
            .x = {take(base, &used, row), take(base, &used, row)},
            .g = {take(base, &used, row), take(base, &used, row)},
            .row = take(base, &used, row),
            .grow = take(base, &used, row),
            .e = take(base, &used, (size_t)k->v * sizeof(v16)),
            .sum = take(base, &used, wide),
            .wt = take(base, &used, wide),
        };
        if (base)
            k->own[t] = s;
    }
    return used;
}

size_t
seg_upsample_ce_scratch(int n, int h, int w, int c, int H, int W, int threads)
{
    struct work k = {.h = h, .w = w, .c = c, .H = H, .W = W};

    return layout(&k, NULL, n, threads);
}

/* Where the large positions 0..to-1 fall among the small ones 0..from-1. */
static void
taps(struct tap *t, int from, int to, int align)
{
    for (int i = 0; i < to; i++) {
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

/* Sum of the weights, in row order whatever the number of threads. */
static double
total_weight(struct work *k, int n, int threads)
{
    double total = 0;

#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < n * k->h; i++) {
        int r = i % k->h;
        size_t lo = (size_t)(i / k->h) * k->H + k->start[r];
        double s = 0;

        for (size_t p = lo * k->W;
             p < (lo + k->start[r + 1] - k->start[r]) * k->W; p++)
            s += weight_of(k->q, k->y[p], k->c);
        k->value[i] = s;
    }
    for (int i = 0; i < n * k->h; i++)
        total += k->value[i];
    return total;
}

static void
load_row(struct strip *s, int side, const struct work *k, const float *x)
{
    float *to = (float *)s->x[side];
    int ld = k->v * LANES;

    for (int i = 0; i < k->w; i++) {
        memcpy(to + i * ld, x + i * k->c, (size_t)k->c * sizeof *x);
        for (int c = k->c; c < ld; c++)
            to[i * ld + c] = -1e30f;
    }
    memset(s->g[side], 0, (size_t)k->w * k->v * sizeof(v16));
}

static void
add_row(float *dx, const struct strip *s, int side, const struct work *k)
{
    const float *g = (const float *)s->g[side];

    for (int i = 0; i < k->w; i++)
        for (int c = 0; c < k->c; c++)
            dx[i * k->c + c] += g[i * k->v * LANES + c];
}

/* The strip below small row r of picture i. */
static double
strip(const struct work *k, struct strip *s, int i, int r)
{
    size_t row = (size_t)k->w * k->c, next = r + 1 < k->h ? r + 1 : r;
    size_t a = ((size_t)i * k->h + r) * row,
           b = ((size_t)i * k->h + next) * row;
    double value = 0;

    if (k->start[r] == k->start[r + 1])
        return 0;
    load_row(s, 0, k, k->x + a);
    load_row(s, 1, k, k->x + b);
    for (int Y = k->start[r]; Y < k->start[r + 1]; Y++) {
        k->kn->blend(s, k->ty[Y].w, k->w * k->v);
        value += k->kn->large_row(k, s, k->y + ((size_t)i * k->H + Y) * k->W);
        if (k->dx)
            k->kn->share_out(s, k->ty[Y].w, k->w * k->v);
    }
    if (k->dx) {
        add_row(k->dx + a, s, 0, k);
        add_row(k->dx + b, s, 1, k);
    }
    return value;
}

double
seg_upsample_ce(float *dx, const float *x, const int *y,
    const struct seg_upsample_ce *q, int n, int h, int w, int c, int H, int W,
    int threads, void *scratch)
{
    struct work k = {.kn = SEG_CPU_PICK(seg_upsample_ce_kernels),
        .q = q,
        .x = x,
        .y = y,
        .dx = dx,
        .h = h,
        .w = w,
        .c = c,
        .H = H,
        .W = W};
    double value = 0, total;

    assert((uintptr_t)scratch % 64 == 0);
    layout(&k, scratch, n, threads);
    taps(k.ty, h, H, q->align_corners);
    taps(k.tx, w, W, q->align_corners);
    for (int r = 0, Y = 0; r <= h; r++) {
        while (Y < H && k.ty[Y].at < r)
            Y++;
        k.start[r] = Y;
    }
    total = total_weight(&k, n, threads);
    if (!(total > 0))
        return 0;
    k.scale = (float)(1 / total);
    for (int odd = 0; odd < 2; odd++) {
        int strips = (h + 1 - odd) / 2;
#pragma omp parallel for num_threads(threads) schedule(dynamic)
        for (int t = 0; t < n * strips; t++) {
            int i = t / strips, r = t % strips * 2 + odd;
            k.value[i * h + r] = strip(&k, k.own + omp_get_thread_num(), i, r);
        }
    }
    for (int i = 0; i < n * h; i++)
        value += k.value[i];
    return value / total;
}
