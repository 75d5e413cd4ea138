/*
 * Backward-weights, direct: dw[k,c,t] = sum over pixels dy[.,k] x[. + t, c].
 *
 * A task computes some panels of k over one chunk of the pixels.  Each chunk
 * has a part, a whole dw, and the parts are added in order.  Chunks do not
 * depend on the number of threads, so the bits do not either.  1x1 with stride
 * 1 and c > k exchanges x and dy, so that the wider one is packed.
 */
#include <stdint.h>
#include <string.h>

#include "lib/kernel/conv/conv_grid.h"
#include "lib/simd/panel.h"
#include "lib/simd/rows.h"

struct parts {
    struct seg_conv cv; /* of x and dy as used, possibly exchanged */
    struct grid g;
    int swapped;
    const struct seg_affine *affine; /* transform of the packed operand */
    int panels, chunks, splits;
    int band, bands;          /* rows of a band, bands of all images */
    int taps, depth;          /* a row of taps is one tap if g.merged */
    size_t floats;            /* floats of one panel of a part */
    size_t window, packed_dy; /* floats of scratch: padded x, packed dy */
};

enum { BAND_PIXELS = 256, TASKS = 16, PART_FLOATS = 6 << 20, PART_COST = 8 };

/*
 * Chooses the number of chunks, and of splits of the panels, that give all
 * tasks at the least cost in memory traffic: each chunk writes and reads a
 * part, which counts PART_COST times; each split reads all of x, but computes
 * meanwhile.
 */
static void
choose_division(struct parts *s)
{
    const struct grid *g = &s->g;
    size_t x = (size_t)s->cv.n * g->ih * g->iw * g->ic, least = SIZE_MAX;
    size_t part = s->floats * s->panels;
    for (int chunks = 1; chunks <= TASKS && chunks <= s->bands; chunks *= 2) {
        int splits = min_int(TASKS / chunks, s->panels);
        size_t cost = PART_COST * chunks * part + splits * x;
        if (s->chunks && chunks * part > PART_FLOATS)
            break;
        if (cost < least || s->chunks * s->splits < TASKS) {
            least = cost;
            s->chunks = chunks;
            s->splits = splits;
        }
    }
}

static void
plan_parts(struct parts *s, const struct seg_conv *cv)
{
    struct grid *g = &s->g;
    int panel = mm_of(cv)->panel;
    *s = (struct parts){.cv = *cv};
    s->swapped = cv->kh * cv->kw * cv->stride == 1 &&
                 cv->pad_y + cv->pad_x == 0 && cv->c > cv->k;
    if (s->swapped) {
        s->cv.c = cv->k;
        s->cv.k = cv->c;
    }
    s->affine = s->cv.read_dy;
    seg_grid_forward(g, &s->cv);
    g->merged = g->merged && g->ic < MAX_MERGED_CHANNELS;
    g->padded = g->merged || g->affine;
    s->panels = ceil_div(g->c, panel);
    s->band = max_int(1, min_int(BAND_PIXELS / cv->ow, cv->oh));
    s->bands = cv->n * ceil_div(cv->oh, s->band);
    s->taps = g->merged ? cv->kh : cv->kh * cv->kw;
    s->depth = g->merged ? cv->kw * g->ic : g->ic;
    s->floats = (size_t)s->taps * s->depth * panel;
    choose_division(s);
    g->band = s->band;
    s->window = seg_grid_window_floats(g);
    s->packed_dy = round_floats((size_t)s->band * cv->ow * panel);
}

/* packed_dy[pixel][panel] = columns of panel p of n pixels of dy from offset
   at. */
static void
pack_dy(float *packed_dy, const float *dy, long at, const struct parts *s,
    int p, int n)
{
    int panel = mm_of(&s->cv)->panel, pitch = s->g.out_pitch;
    int cols = min_int(panel, s->g.c - p * panel);
    const float *from = dy + at + p * panel;
    if (!s->affine) {
        panel_kernels()->pack(
            packed_dy, &(struct matrix){from, pitch, n, cols});
        return;
    }
    struct seg_affine l = seg_affine_at(*s->affine, at, p * panel);
    fused_kernels()->transform(packed_dy, panel, from, pitch, &l, n, cols);
    for (int i = 0; i < n; i++, packed_dy += panel)
        memset(packed_dy + cols, 0, (panel - cols) * sizeof *packed_dy);
}

/* Limits o to the positions of a band for which tap (y,x) is inside the image;
   false if there are none.  Rows count from top. */
static int
clip_to_tap(
    struct rank_k *o, const struct grid *g, int top, int rows, int y, int x)
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

/*
 * Memory to prefetch while computing, one line with each pixel of `calls`
 * calls: contiguous memory, or one line of each row in turn.
 */
struct prefetch {
    const float *at;
    long step, hop;
    int calls;
};

static struct prefetch
plan_prefetch(const float *from, int rows, int cols, long pitch)
{
    int lines = ceil_div(cols, CACHE_LINE_FLOATS);
    if (cols == pitch)
        return (struct prefetch){
            from, CACHE_LINE_FLOATS, (long)rows * CACHE_LINE_FLOATS, lines};
    return (struct prefetch){from, pitch, CACHE_LINE_FLOATS, lines};
}

/* Gives o the next of the planned prefetches. */
static void
use_prefetch(struct rank_k *o, struct prefetch *prefetch)
{
    if (prefetch->calls > 0) {
        o->next = prefetch->at;
        o->next_step = prefetch->step;
        prefetch->at += prefetch->hop;
        prefetch->calls--;
    }
}

/* Adds one band to one panel of a part, or overwrites it. */
static void
add_band(float *part, const struct parts *s, const float *image,
    const float *packed_dy, const float *window, int top, int rows, int add,
    struct prefetch *prefetch)
{
    const struct grid *g = &s->g;
    const struct brgemm_kernels *mm = mm_of(&s->cv);
    int groups = ceil_div(s->depth, mm->rows);
    int pitch = g->padded ? g->ic : g->in_pitch;
    long row = (long)(g->padded ? seg_grid_window_cols(g) : g->iw) * pitch;
    for (int i = 0; i < groups; i++) {
        int lo = s->depth * i / groups, hi = s->depth * (i + 1) / groups;
        for (int t = 0; t < s->taps; t++) {
            struct rank_k o = {.ny = rows,
                .nx = g->ow,
                .b = packed_dy,
                .ya = g->step * row,
                .xa = (long)g->step * pitch,
                .yb = (long)g->ow * mm->panel,
                .xb = mm->panel,
                .c = part + ((long)t * s->depth + lo) * mm->panel,
                .add = add};
            o.a = image + lo;
            if (g->merged)
                o.a = window + t * row + lo;
            else if (g->padded)
                o.a = window + (g->ty[t / g->kw] - g->ty[0]) * row +
                      (long)(g->tx[t % g->kw] - g->tx[0]) * pitch + lo;
            use_prefetch(&o, prefetch->calls > 0 ? prefetch : prefetch + 1);
            if (g->padded ||
                clip_to_tap(&o, g, top, rows, t / g->kw, t % g->kw))
                mm->rank_k[hi - lo](&o);
            else if (!add)
                memset(o.c, 0, (hi - lo) * mm->panel * sizeof *o.c);
        }
    }
}

/* Plans the prefetch of x of the next band, unless copying the window reads it
   anyway. */
static struct prefetch
next_band(const struct parts *s, const float *image, int top, int rows)
{
    const struct grid *g = &s->g;
    long row = (long)g->step * g->iw * g->in_pitch;
    int dense = g->step <= g->kh && !g->padded ? (int)(row / g->ow) : 0;
    return plan_prefetch(
        image + (top + rows) * row, rows * g->ow, dense, dense);
}

/* Some panels over the bands of one chunk; scratch is that of this thread. */
static void
compute_part(float *part, const struct parts *s, const float *x,
    const float *dy, int chunk, int split, float *scratch)
{
    const struct grid *g = &s->g;
    int p0 = s->panels * split / s->splits, per = ceil_div(g->oh, s->band);
    int p1 = s->panels * (split + 1) / s->splits;
    int b0 = (int)((long)s->bands * chunk / s->chunks);
    int b1 = (int)((long)s->bands * (chunk + 1) / s->chunks);
    float *window = scratch + s->packed_dy;
    for (int b = b0; b < b1; b++) {
        int n = b / per, top = b % per * s->band;
        int rows = min_int(s->band, g->oh - top);
        long at = ((long)n * g->oh + top) * g->ow * g->out_pitch;
        const float *image = x + (long)n * g->ih * g->iw * g->in_pitch;
        struct prefetch prefetch[2] = {[1] = next_band(s, image, top, rows)};
        int count = rows * g->ow, panel = mm_of(&s->cv)->panel;
        if (g->padded)
            seg_grid_window(window, x, n, g, top, rows);
        for (int p = p0; p < p1; p++) {
            /* dy that is packed next: of this band or of the next one */
            long next = p + 1 < p1 ? (p + 1L) * panel
                                   : (long)count * g->out_pitch + p0 * panel;
            prefetch[0] = plan_prefetch(
                dy + at + next, count, min_int(panel, g->c), g->out_pitch);
            pack_dy(scratch, dy, at, s, p, count);
            add_band(part + p * s->floats, s, image, scratch, window, top, rows,
                b > b0, prefetch);
        }
    }
}

/* Adds the parts in order and stores them in dw: all taps of one cache line of
   channels and panel p. */
static void
sum_parts(float *dw, const float *parts, const struct parts *s, int p, int c0,
    int add)
{
    const struct grid *g = &s->g;
    int panel = mm_of(&s->cv)->panel, taps = g->kh * g->kw;
    int rows = min_int(CACHE_LINE_FLOATS, g->ic - c0),
        cols = min_int(panel, g->c - p * panel);
    long per_c = s->swapped ? g->c : taps;
    long per_k = s->swapped ? 1 : (long)taps * g->ic;
    for (int t = 0; t < taps; t++) {
        float sum[CACHE_LINE_FLOATS * MAX_PANEL] = {0};
        const float *part =
            parts + p * s->floats + ((long)t * g->ic + c0) * panel;
        for (int i = 0; i < s->chunks; i++, part += s->panels * s->floats)
            row_kernels()->sum(sum, sum, part, rows * panel);
        for (int j = 0; j < cols; j++)
            for (int c = 0; c < rows; c++) {
                float *to = dw + (p * panel + j) * per_k + (c0 + c) * per_c + t;
                *to = add ? *to + sum[c * panel + j] : sum[c * panel + j];
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
    size_t each = s.packed_dy + s.window, part = s.floats * s.panels;
    float *parts = scratch + each * cv->threads;
    int ic = s.g.ic, lines = ceil_div(ic, CACHE_LINE_FLOATS);
#pragma omp parallel num_threads(cv->threads)
    for (int g = 0; g < cv->groups; g++) {
        float *own = scratch + each * omp_get_thread_num();
        const float *x_g = in + (long)g * ic, *dy_g = out + (long)g * s.g.c;
#pragma omp for schedule(dynamic)
        for (int t = 0; t < s.chunks * s.splits; t++)
            compute_part(parts + t / s.splits * part, &s, x_g, dy_g,
                t / s.splits, t % s.splits, own);
#pragma omp for schedule(dynamic, 4)
        for (int t = 0; t < s.panels * lines; t++)
            sum_parts(dw + (long)g * s.g.c * ic * s.g.kh * s.g.kw, parts, &s,
                t / lines, t % lines * CACHE_LINE_FLOATS, add);
    }
}

size_t
seg_conv_direct_weights_scratch(const struct seg_conv *cv)
{
    struct parts s;
    plan_parts(&s, cv);
    return ((s.packed_dy + s.window) * cv->threads +
               s.floats * s.panels * s.chunks) *
           sizeof(float);
}
