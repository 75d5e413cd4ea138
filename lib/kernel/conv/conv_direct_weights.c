/*
 * Backward-weights, direct: dw[k,c,t] = sum over pixels dy[.,k] x[. + t, c].
 *
 * A task is some panels of k over one chunk of the pixels; it owns that piece
 * of the chunk's part, a whole dw.  Chunks do not depend on the number of
 * threads and are summed in their order, hence the result does not either.
 * Plain 1x1 with c > k exchanges x and dy, so that the wide side is packed.
 */
#include <stdint.h>
#include <string.h>

#include "lib/kernel/conv/conv_grid.h"
#include "lib/simd/panel.h"
#include "lib/simd/rows.h"

struct parts {
    struct seg_conv cv; /* of x and dy as they are used: maybe exchanged */
    struct grid g;
    int swapped;
    const struct seg_affine *affine; /* of what is packed; g has the other's */
    int panels, chunks, splits;
    int band, bands;      /* rows of a band, bands of all images */
    int taps, depth;      /* a row of taps counts as one if g.merged */
    size_t floats;        /* of one panel of a part */
    size_t window, strip; /* floats of scratch: x with border, packed dy */
};

enum { STRIP_PIXELS = 256, TASKS = 16, PART_FLOATS = 6 << 20, PART_COST = 8 };

/*
 * Chunks and splits that give all tasks, if any do, at the least cost: a chunk
 * writes and reads a part of its own; a split reads all of x anew, but computes
 * meanwhile.
 */
static void
share_out(struct parts *s)
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
    g->merged = g->merged && g->ic < FEW;
    g->padded = g->merged || g->affine;
    s->panels = ceil_div(g->c, panel);
    s->band = max_int(1, min_int(STRIP_PIXELS / cv->ow, cv->oh));
    s->bands = cv->n * ceil_div(cv->oh, s->band);
    s->taps = g->merged ? cv->kh : cv->kh * cv->kw;
    s->depth = g->merged ? cv->kw * g->ic : g->ic;
    s->floats = (size_t)s->taps * s->depth * panel;
    share_out(s);
    g->band = s->band;
    s->window = seg_grid_window_floats(g);
    s->strip = round_floats((size_t)s->band * cv->ow * panel);
}

/* strip[pixel][panel] = columns of panel p of n pixels of dy, from at on. */
static void
pack_strip(
    float *strip, const float *dy, long at, const struct parts *s, int p, int n)
{
    int panel = mm_of(&s->cv)->panel, pitch = s->g.out_pitch;
    int cols = min_int(panel, s->g.c - p * panel);
    const float *from = dy + at + p * panel;
    if (!s->affine) {
        panel_kernels()->pack(strip, &(struct matrix){from, pitch, n, cols});
        return;
    }
    struct seg_affine l = seg_affine_at(*s->affine, at, p * panel);
    fused_kernels()->transform(strip, panel, from, pitch, &l, n, cols);
    for (int i = 0; i < n; i++, strip += panel)
        memset(strip + cols, 0, (panel - cols) * sizeof *strip);
}

/* The rectangle of a band that tap (y,x) sees; rows count from top. */
static int
see(struct rank_k *o, const struct grid *g, int top, int rows, int y, int x)
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
 * What to ask for while computing, a line with each pixel of as many calls as
 * are left: memory from one end to the other, or, where only some columns are
 * wanted, a line of each row in turn.
 */
struct ahead {
    const float *at;
    long step, hop;
    int calls;
};

static struct ahead
ask_for(const float *from, int rows, int cols, long pitch)
{
    int lines = ceil_div(cols, CACHE_LINE_FLOATS);
    if (cols == pitch)
        return (struct ahead){
            from, CACHE_LINE_FLOATS, (long)rows * CACHE_LINE_FLOATS, lines};
    return (struct ahead){from, pitch, CACHE_LINE_FLOATS, lines};
}

/* Lets o ask for its share. */
static void
share(struct rank_k *o, struct ahead *ahead)
{
    if (ahead->calls > 0) {
        o->next = ahead->at;
        o->next_step = ahead->step;
        ahead->at += ahead->hop;
        ahead->calls--;
    }
}

/* Adds one band to one panel of a part, or begins it. */
static void
add_band(float *part, const struct parts *s, const float *image,
    const float *strip, const float *window, int top, int rows, int add,
    struct ahead *ahead)
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
                .b = strip,
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
            share(&o, ahead->calls > 0 ? ahead : ahead + 1);
            if (g->padded || see(&o, g, top, rows, t / g->kw, t % g->kw))
                mm->rank_k[hi - lo](&o);
            else if (!add)
                memset(o.c, 0, (hi - lo) * mm->panel * sizeof *o.c);
        }
    }
}

/* Asks for x of the band after this, where the window does not read it all
   anyway. */
static struct ahead
next_band(const struct parts *s, const float *image, int top, int rows)
{
    const struct grid *g = &s->g;
    long row = (long)g->step * g->iw * g->in_pitch;
    int dense = g->step <= g->kh && !g->padded ? (int)(row / g->ow) : 0;
    return ask_for(image + (top + rows) * row, rows * g->ow, dense, dense);
}

/* Some panels over the bands of one chunk; scratch is this thread's own. */
static void
make_part(float *part, const struct parts *s, const float *x, const float *dy,
    int chunk, int split, float *scratch)
{
    const struct grid *g = &s->g;
    int p0 = s->panels * split / s->splits, per = ceil_div(g->oh, s->band);
    int p1 = s->panels * (split + 1) / s->splits;
    int b0 = (int)((long)s->bands * chunk / s->chunks);
    int b1 = (int)((long)s->bands * (chunk + 1) / s->chunks);
    float *window = scratch + s->strip;
    for (int b = b0; b < b1; b++) {
        int n = b / per, top = b % per * s->band;
        int rows = min_int(s->band, g->oh - top);
        long at = ((long)n * g->oh + top) * g->ow * g->out_pitch;
        const float *image = x + (long)n * g->ih * g->iw * g->in_pitch;
        struct ahead ahead[2] = {[1] = next_band(s, image, top, rows)};
        int count = rows * g->ow, panel = mm_of(&s->cv)->panel;
        if (g->padded)
            seg_grid_window(window, x, n, g, top, rows);
        for (int p = p0; p < p1; p++) {
            /* what is packed next, of this band or of that after it */
            long next = p + 1 < p1 ? (p + 1L) * panel
                                   : (long)count * g->out_pitch + p0 * panel;
            ahead[0] = ask_for(
                dy + at + next, count, min_int(panel, g->c), g->out_pitch);
            pack_strip(scratch, dy, at, s, p, count);
            add_band(part + p * s->floats, s, image, scratch, window, top, rows,
                b > b0, ahead);
        }
    }
}

/* All taps of a line of channels and panel p: parts in order of chunk, to
   dw. */
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
    size_t each = s.strip + s.window, part = s.floats * s.panels;
    float *parts = scratch + each * cv->threads;
    int ic = s.g.ic, lines = ceil_div(ic, CACHE_LINE_FLOATS);
#pragma omp parallel num_threads(cv->threads)
    for (int g = 0; g < cv->groups; g++) {
        float *own = scratch + each * omp_get_thread_num();
        const float *x_g = in + (long)g * ic, *dy_g = out + (long)g * s.g.c;
#pragma omp for schedule(dynamic)
        for (int t = 0; t < s.chunks * s.splits; t++)
            make_part(parts + t / s.splits * part, &s, x_g, dy_g, t / s.splits,
                t % s.splits, own);
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
    return ((s.strip + s.window) * cv->threads +
               s.floats * s.panels * s.chunks) *
           sizeof(float);
}
