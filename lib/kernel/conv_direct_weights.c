/*
 * Backward-weights, direct: dw[k,c,t] = sum over pixels dy[.,k] x[. + t, c].
 *
 * A task is some panels of k over one chunk of the pixels; it owns that piece
 * of the chunk's part, a whole dw.  Chunks do not depend on the number of
 * threads and are summed in their order, hence the result does not either.
 * Plain 1x1 with c > k exchanges x and dy, so that the wide side is packed.
 */
#include <string.h>

#include "lib/kernel/conv_grid.h"

struct parts {
    struct seg_conv cv; /* of x and dy as they are used: maybe exchanged */
    struct grid g;
    int swapped;
    const struct seg_lens *lens; /* of what is packed; g has the other's */
    int panels, chunks, splits;
    int band, bands;      /* rows of a band, bands of all images */
    int taps, depth;      /* a row of taps counts as one if g.merged */
    size_t floats;        /* of one panel of a part */
    size_t window, strip; /* floats of scratch: x with border, packed dy */
};

enum { STRIP_PIXELS = 512, TASKS = 16, PART_FLOATS = 6 << 20 };

static void
plan_parts(struct parts *s, const struct seg_conv *cv)
{
    struct grid *g = &s->g;
    int panel = kernels_of(cv)->panel;
    s->cv = *cv;
    s->swapped = cv->kh * cv->kw * cv->stride == 1 &&
                 cv->pad_y + cv->pad_x == 0 && cv->c > cv->k;
    if (s->swapped) {
        s->cv.c = cv->k;
        s->cv.k = cv->c;
        s->cv.x_lens = cv->dy_lens;
        s->cv.dy_lens = cv->x_lens;
    }
    s->lens = s->cv.dy_lens;
    seg_grid_forward(g, &s->cv);
    g->merged = g->merged && g->ic < FEW;
    g->padded = g->merged || g->lens;
    s->panels = ceil_div(g->c, panel);
    s->band = max_int(1, min_int(STRIP_PIXELS / cv->ow, cv->oh));
    s->bands = cv->n * ceil_div(cv->oh, s->band);
    s->taps = g->merged ? cv->kh : cv->kh * cv->kw;
    s->depth = g->merged ? cv->kw * g->ic : g->ic;
    s->floats = (size_t)s->taps * s->depth * panel;
    s->chunks = TASKS;
    while (
        s->chunks > 1 && (s->chunks > s->bands ||
                             s->chunks * s->panels * s->floats > PART_FLOATS))
        s->chunks /= 2;
    s->splits = min_int(TASKS / s->chunks, s->panels);
    g->band = s->band;
    s->window = seg_grid_window_floats(g);
    s->strip = round_floats((size_t)s->band * cv->ow * panel);
}

/* strip[pixel][panel] = columns of panel p of n pixels of dy, from at on. */
static void
pack_strip(
    float *strip, const float *dy, long at, const struct parts *s, int p, int n)
{
    int panel = kernels_of(&s->cv)->panel, pitch = s->g.out_pitch;
    int cols = min_int(panel, s->g.c - p * panel);
    const float *from = dy + at + p * panel;
    if (s->lens) {
        struct seg_lens l = seg_lens_at(*s->lens, at, p * panel);
        lens_kernels()->look(strip, panel, from, pitch, &l, n, cols);
    }
    for (int i = 0; i < n; i++, strip += panel, from += pitch) {
        if (!s->lens && cols == MAX_PANEL)
            memcpy(strip, from, MAX_PANEL * sizeof *strip);
        else if (!s->lens)
            memcpy(strip, from, cols * sizeof *strip);
        memset(strip + cols, 0, (panel - cols) * sizeof *strip);
    }
}

/* The rectangle of a band that tap (y,x) sees; rows count from top. */
static int
see(struct outer *o, const struct grid *g, int top, int rows, int y, int x)
{
    int i0 = max_int(seg_grid_first(g->ty[y], g->step), top);
    int i1 = min_int(seg_grid_end(g->ty[y], g->step, g->ih), top + rows);
    int j0 = seg_grid_first(g->tx[x], g->step);
    int j1 = min_int(seg_grid_end(g->tx[x], g->step, g->iw), g->ow);
    o->ny = i1 - i0;
    o->nx = j1 - j0;
    o->a +=
        ((long)(i0 * g->step + g->ty[y]) * g->iw + j0 * g->step + g->tx[x]) *
        g->in_pitch;
    o->b += ((long)(i0 - top) * g->ow + j0) * o->xb;
    return o->ny > 0 && o->nx > 0;
}

/* Adds one band to one panel of a part. */
static void
add_band(float *part, const struct parts *s, const float *image,
    const float *strip, const float *window, int top, int rows)
{
    const struct grid *g = &s->g;
    const struct conv_kernels *kn = kernels_of(&s->cv);
    int groups = ceil_div(s->depth, kn->rows);
    int pitch = g->padded ? g->ic : g->in_pitch;
    long row = (long)(g->padded ? seg_grid_window_cols(g) : g->iw) * pitch;
    for (int i = 0; i < groups; i++) {
        int lo = s->depth * i / groups, hi = s->depth * (i + 1) / groups;
        for (int t = 0; t < s->taps; t++) {
            struct outer o = {.ny = rows,
                .nx = g->ow,
                .b = strip,
                .ya = g->step * row,
                .xa = (long)g->step * pitch,
                .yb = (long)g->ow * kn->panel,
                .xb = kn->panel,
                .c = part + ((long)t * s->depth + lo) * kn->panel,
                .add = 1};
            o.a = image + lo;
            if (g->merged)
                o.a = window + t * row + lo;
            else if (g->padded)
                o.a = window + (g->ty[t / g->kw] - g->ty[0]) * row +
                      (long)(g->tx[t % g->kw] - g->tx[0]) * pitch + lo;
            if (g->padded || see(&o, g, top, rows, t / g->kw, t % g->kw))
                kn->outer[hi - lo](&o);
        }
    }
}

/* Some panels over the bands of one chunk; scratch is this thread's own. */
static void
make_part(float *part, const struct parts *s, const float *x, const float *dy,
    int chunk, int split, float *scratch)
{
    const struct grid *g = &s->g;
    int p0 = s->panels * split / s->splits, per = ceil_div(g->oh, s->band);
    int p1 = s->panels * (split + 1) / s->splits;
    int end = (int)((long)s->bands * (chunk + 1) / s->chunks);
    float *window = scratch + s->strip;
    memset(part + p0 * s->floats, 0, (p1 - p0) * s->floats * sizeof *part);
    for (int b = (int)((long)s->bands * chunk / s->chunks); b < end; b++) {
        int n = b / per, top = b % per * s->band;
        int rows = min_int(s->band, g->oh - top);
        const float *image = x + (long)n * g->ih * g->iw * g->in_pitch;
        if (g->padded)
            seg_grid_window(window, x, n, g, top, rows);
        for (int p = p0; p < p1; p++) {
            pack_strip(scratch, dy,
                ((long)n * g->oh + top) * g->ow * g->out_pitch, s, p,
                rows * g->ow);
            add_band(
                part + p * s->floats, s, image, scratch, window, top, rows);
        }
    }
}

/* All taps of channel c and panel p: parts in order of chunk, into dw. */
static void
sum_parts(
    float *dw, const float *parts, const struct parts *s, int p, int c, int add)
{
    const struct grid *g = &s->g;
    int panel = kernels_of(&s->cv)->panel, taps = g->kh * g->kw;
    int cols = min_int(panel, g->c - p * panel);
    long per_c = s->swapped ? g->c : taps;
    long per_k = s->swapped ? 1 : (long)taps * g->ic;
    for (int t = 0; t < taps; t++) {
        float sum[MAX_PANEL] = {0};
        const float *part =
            parts + p * s->floats + ((long)t * g->ic + c) * panel;
        for (int i = 0; i < s->chunks; i++, part += s->panels * s->floats)
            for (int j = 0; j < panel; j++)
                sum[j] += part[j];
        for (int j = 0; j < cols; j++) {
            float *to = dw + (p * panel + j) * per_k + c * per_c + t;
            *to = add ? *to + sum[j] : sum[j];
        }
    }
}

void
seg_conv_direct_weights(float *dw, const float *x, const float *dy, int add,
    const struct seg_conv *cv, float *scratch)
{
    struct parts s;
    plan_parts(&s, cv);
    const float *in = s.swapped ? dy : x, *out = s.swapped ? x : dy;
    size_t each = s.strip + s.window, part = s.floats * s.panels;
    float *parts = scratch + each * cv->threads;
    int ic = s.g.ic;
#pragma omp parallel num_threads(cv->threads)
    for (int g = 0; g < cv->groups; g++) {
        float *own = scratch + each * omp_get_thread_num();
        const float *x_g = in + (long)g * ic, *dy_g = out + (long)g * s.g.c;
#pragma omp for schedule(dynamic)
        for (int t = 0; t < s.chunks * s.splits; t++)
            make_part(parts + t / s.splits * part, &s, x_g, dy_g, t / s.splits,
                t % s.splits, own);
#pragma omp for schedule(dynamic, 16)
        for (int t = 0; t < s.panels * ic; t++)
            sum_parts(dw + (long)g * s.g.c * ic * s.g.kh * s.g.kw, parts, &s,
                t / ic, t % ic, add);
    }
}

size_t
seg_conv_direct_weights_scratch(const struct seg_conv *cv)
{
    struct parts s;
    plan_parts(&s, cv);
    return ((s.strip + s.window) * cv->threads +
               s.floats * s.panels * s.chunks) *
           sizeof(float);
}
