/*
 * Direct convolution around the batch-reduce kernel; conv_grid.h says how the
 * work is laid out.  A task is a band of about eight rows of one image.
 */
#include <limits.h>
#include <string.h>

#include "lib/kernel/conv_grid.h"
#include "lib/kernel/panel.h"

enum { WEIGHT_FLOATS = 128 << 10 };

struct job {
    const struct seg_conv *cv;
    float *out;
    const float *in, *packed;
    struct seg_conv_epilogue epilogue;
    float *parts; /* of its tally, one a row; NULL: none */
};

/* Fills in what depends on the panel and the row of r, column j0 on. */
static void
aim(struct reduce *r, const struct grid *g, const struct job *job, int image,
    int p, int i, int j0)
{
    int panel = kernels_of(job->cv)->panel;
    long pixel = ((long)image * g->h + g->y0 + i * g->place) * g->w + g->x0 +
                 (long)j0 * g->place;
    long at = pixel * g->out_pitch + p * panel;
    r->b = job->packed + (long)p * g->kh * g->kw * g->tap_floats;
    r->c = job->out + at;
    r->ldc = (long)g->place * g->out_pitch;
    r->cols = min_int(panel, g->c - p * panel);
    r->epilogue = job->epilogue;
    if (r->epilogue.bias)
        r->epilogue.bias += p * panel;
    if (r->epilogue.residual)
        r->epilogue.residual += at;
}

/* Panels p0 to p1 - 1 of count positions of row i from column j on, whose first
   r describes: a few positions at a time, in groups as even as they go. */
static void
fill_span(struct reduce r, const struct grid *g, const struct job *job,
    int image, int p0, int p1, int i, int j, int count)
{
    const struct conv_kernels *kn = kernels_of(job->cv);
    const float *a = r.a;
    int groups = ceil_div(count, kn->rows), dense = p1 - p0 > 1;
    for (int t = 0; t < groups; t++) {
        int lo = count * t / groups, hi = count * (t + 1) / groups, n = hi - lo;
        r.a = a + lo * r.lda;
        r.next_a = a + hi * r.lda + (r.ntaps ? r.taps[0].in : 0);
        for (int p = p0; p < p1; p++) {
            aim(&r, g, job, image, p, i, j + lo);
            if (p == p0)
                r.next_c = r.c + n * r.ldc;
            r.next_step = dense ? kn->panel : r.ldc;
            kn->reduce[n](&r);
            r.next_c += n * r.next_step;
        }
    }
}

/* How many panels take turns at the same positions: all if the cache holds
   their weights, for then each position is read and written in one go. */
static int
panels_at_once(const struct grid *g, int panels)
{
    long floats = (long)panels * g->ny * g->nx * g->tap_floats;
    return floats <= WEIGHT_FLOATS ? panels : 1;
}

/* Panels p0 to p1 - 1 of row i are done. */
static void
tally_row(const struct grid *g, const struct job *job, int image, int p0,
    int p1, int i)
{
    int panel = kernels_of(job->cv)->panel, c = p0 * panel;
    long row = (long)image * g->oh + i, at = row * g->ow * g->out_pitch;
    size_t apart = seg_part_apart(g->c);
    float *part = job->parts + row * seg_part_floats(g->c);
    struct strip s = {
        job->out + at + c, g->out_pitch, g->ow, min_int(p1 * panel, g->c) - c};
    part[3 * apart] = (float)g->ow;
    if (job->epilogue.gate) {
        struct seg_gate gate = seg_gate_at(*job->epilogue.gate, at, c);
        lens_kernels()->gate(part + c, (long)apart, &s, &gate);
    } else {
        lens_kernels()->measure(part + c, (long)apart, &s);
    }
}

static void
padded_band(const struct grid *g, const struct job *job, int image, int top,
    int rows, float *window)
{
    const struct conv_kernels *kn = kernels_of(job->cv);
    struct tap taps[MAX_TAPS];
    struct reduce r = {.taps = taps};
    int cols = seg_grid_window_cols(g);
    seg_grid_window(window, job->in, image, g, top, rows);
    for (int y = 0; y < g->ny; y++)
        for (int x = 0; x < (g->merged ? 1 : g->nx); x++)
            taps[r.ntaps++] = (struct tap){
                ((long)(g->ty[y] - g->ty[0]) * cols + g->tx[x] - g->tx[0]) *
                    g->ic,
                ((long)g->sy[y] * g->kw + g->sx[x]) * g->tap_floats,
            };
    r.depth = (long)(g->merged ? g->nx : 1) * g->ic;
    r.lda = (long)g->step * g->ic;
    int panels = ceil_div(g->c, kn->panel), some = panels_at_once(g, panels);
    for (int p = 0; p < panels; p += some)
        for (int i = 0; i < rows; i++) {
            r.a = window + (long)i * g->step * cols * g->ic;
            fill_span(r, g, job, image, p, p + some, top + i, 0, g->ow);
            if (job->parts)
                tally_row(g, job, image, p, p + some, top + i);
        }
}

/* Whether rows follow each other in what is read and written, so that several
   are as good as one long row: short rows make poor groups. */
static int
seamless(const struct grid *g)
{
    return g->ny * g->nx == 1 && g->step * g->place == 1 && !g->ty[0] &&
           !g->tx[0] && g->oh == g->ih && g->ow == g->iw;
}

static void
cut_band(const struct grid *g, const struct job *job, int image, int top,
    int rows, const int *cuts, int ncuts)
{
    const struct conv_kernels *kn = kernels_of(job->cv);
    int depthwise = job->cv->method[SEG_CONV_FORWARD] == DEPTHWISE;
    int panels = depthwise ? 1 : ceil_div(g->c, kn->panel);
    int some = panels_at_once(g, panels), joined = seamless(g) ? rows : 1;
    struct tap taps[MAX_TAPS];
    for (int p = 0; p < panels; p += some)
        for (int i = top; i < top + rows; i += joined) {
            for (int s = 0; s + 1 < ncuts; s++) {
                struct reduce r = {.taps = taps,
                    .depth = g->ic,
                    .lda = (long)g->step * g->in_pitch};
                if (cuts[s] == cuts[s + 1])
                    continue;
                r.ntaps = seg_grid_live(taps, g, i, cuts[s]);
                r.a = job->in + (long)image * g->ih * g->iw * g->in_pitch;
                if (depthwise) {
                    aim(&r, g, job, image, p, i, cuts[s]);
                    r.cols = g->c;
                    kn->depthwise(&r, joined * (cuts[s + 1] - cuts[s]));
                } else {
                    fill_span(r, g, job, image, p, p + some, i, cuts[s],
                        joined * (cuts[s + 1] - cuts[s]));
                }
            }
            for (int t = i; t < i + joined && job->parts; t++)
                tally_row(g, job, image, p, p + some, t);
        }
}

/* Zeros in a band that no tap reaches. */
static void
clear_band(
    const struct grid *g, const struct job *job, int image, int top, int rows)
{
    for (int i = top; i < top + rows; i++) {
        long pixel =
            ((long)image * g->h + g->y0 + (long)i * g->place) * g->w + g->x0;
        for (int j = 0; j < g->ow; j++)
            memset(job->out + (pixel + (long)j * g->place) * g->out_pitch, 0,
                (size_t)g->c * sizeof(float));
    }
}

/* A band of one grid, if it has one there; window is this thread's own. */
static void
run_band(const struct grid *g, const struct job *job, int image, int top,
    float *window)
{
    const struct seg_conv_epilogue *e = &job->epilogue;
    int bare = !g->ny && !e->bias && e->act == SEG_ACT_NONE;
    int rows = min_int(g->band, g->oh - top);
    int cuts[MAX_CUTS], ncuts = seg_grid_cuts(cuts, g);
    if (rows < 1 || g->ow < 1 || (bare && e->residual == job->out))
        return;
    if (bare && !e->residual)
        clear_band(g, job, image, top, rows);
    else if (g->padded)
        padded_band(g, job, image, top, rows, window);
    else
        cut_band(g, job, image, top, rows, cuts, ncuts);
}

/* The s*s grids of backward-data, or the one of forward. */
static int
count_grids(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_FORWARD ? 1 : cv->stride * cv->stride;
}

static void
make_grid(
    struct grid *g, const struct seg_conv *cv, enum seg_conv_pass pass, int t)
{
    if (pass == SEG_CONV_FORWARD)
        seg_grid_forward(g, cv);
    else
        seg_grid_backward(g, cv, t / cv->stride, t % cv->stride);
}

/* The rows of a band that suit all grids, which take turns at each band so that
   its input is read and its output written while in the cache; their number. */
static int
common_band(int *bands, const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int band = INT_MAX, high = 0;
    for (int t = 0; t < count_grids(cv, pass); t++) {
        struct grid g;
        make_grid(&g, cv, pass, t);
        band = min_int(band, g.band);
        high = max_int(high, g.oh);
    }
    *bands = ceil_div(high, band);
    return band;
}

/* The largest window of any grid. */
static size_t
window_floats(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    size_t most = 0;
    for (int t = 0; t < count_grids(cv, pass); t++) {
        struct grid g;
        make_grid(&g, cv, pass, t);
        size_t floats = seg_grid_window_floats(&g);
        most = floats > most ? floats : most;
    }
    return most;
}

/* Rows of what a pass writes, its channels. */
static int
rows_of(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return cv->n * (pass == SEG_CONV_FORWARD ? cv->oh : cv->h);
}

static int
channels_of(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_FORWARD ? cv->k : cv->c;
}

static size_t
parts_floats(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (!seg_conv_tallies(cv, pass))
        return 0;
    return rows_of(cv, pass) * seg_part_floats(channels_of(cv, pass));
}

size_t
seg_conv_direct_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return (window_floats(cv, pass) * cv->threads + parts_floats(cv, pass)) *
           sizeof(float);
}

/* The job of one group: its channels of every pixel, its weights. */
static struct job
group_job(struct job job, const struct grid *g, int group)
{
    int panel = kernels_of(job.cv)->panel;
    job.in += (long)group * g->ic;
    job.out += (long)group * g->c;
    job.packed +=
        (long)group * ceil_div(g->c, panel) * g->kh * g->kw * g->tap_floats;
    if (job.epilogue.bias)
        job.epilogue.bias += (long)group * g->c;
    if (job.epilogue.residual)
        job.epilogue.residual += (long)group * g->c;
    return job;
}

void
seg_conv_direct(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch)
{
    struct job job = {.cv = cv, .out = out, .in = in, .packed = packed};
    size_t each = window_floats(cv, pass);
    int groups = cv->method[pass] == DEPTHWISE ? 1 : cv->groups;
    if (epilogue)
        job.epilogue = *epilogue;
    if (job.epilogue.moments || job.epilogue.gate)
        job.parts = scratch + each * cv->threads;
    int bands, band = common_band(&bands, cv, pass);
#pragma omp parallel num_threads(cv->threads)
    for (int i = 0; i < groups; i++) {
        float *window = scratch + each * omp_get_thread_num();
#pragma omp for schedule(dynamic) nowait
        for (int t = 0; t < cv->n * bands; t++)
            for (int s = 0; s < count_grids(cv, pass); s++) {
                struct grid g;
                make_grid(&g, cv, pass, s);
                g.band = band;
                struct job one = group_job(job, &g, i);
                run_band(&g, &one, t / bands, t % bands * band, window);
            }
    }
    seg_conv_join(&job.epilogue, job.parts, rows_of(cv, pass),
        channels_of(cv, pass), cv->threads);
}

/* Panels, taps and channels read of one group's packed weights. */
static int
packed_panels(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int outs = (pass == SEG_CONV_DATA ? cv->c : cv->k) / cv->groups;
    return ceil_div(outs, kernels_of(cv)->panel);
}

size_t
seg_conv_direct_packed(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    size_t ins = pass == SEG_CONV_DATA ? cv->k : cv->c; /* of all groups */
    if (cv->method[pass] == DEPTHWISE)
        return (size_t)cv->c * cv->kh * cv->kw;
    return packed_panels(cv, pass) * ins * cv->kh * cv->kw *
           kernels_of(cv)->panel;
}

/* packed[tap][c] */
static void
pack_depthwise(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int taps = cv->kh * cv->kw;
    for (int c = 0; c < cv->c; c++)
        for (int t = 0; t < taps; t++) {
            int from = pass == SEG_CONV_DATA ? taps - 1 - t : t;
            packed[(long)t * cv->c + c] =
                w[(long)c * taps + from] * (scale ? scale[c] : 1);
        }
}

/* One panel of one group of a 1x1 kernel, unscaled: rows k, columns c. */
static void
pack_matrix_panel(float *packed, const float *w, const struct seg_conv *cv,
    enum seg_conv_pass pass, int p)
{
    int k = cv->k / cv->groups, c = cv->c / cv->groups;
    int at = p * kernels_of(cv)->panel;

    if (pass == SEG_CONV_FORWARD)
        panel_kernels()->across(
            packed, &(struct matrix){w + (long)at * c, c,
                        min_int(kernels_of(cv)->panel, k - at), c});
    else
        panel_kernels()->along(
            packed, &(struct matrix){
                        w + at, c, k, min_int(kernels_of(cv)->panel, c - at)});
}

/* packed[group][panel][tap][in][.] */
void
seg_conv_direct_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int panel = kernels_of(cv)->panel, panels = packed_panels(cv, pass);
    int taps = cv->kh * cv->kw;
    int ins = (pass == SEG_CONV_DATA ? cv->k : cv->c) / cv->groups;
    if (cv->method[pass] == DEPTHWISE) {
        pack_depthwise(packed, w, scale, cv, pass);
        return;
    }
    if (taps == 1 && !scale) {
        long floats = (long)ins * panel;
        long each = (long)(cv->k / cv->groups) * (cv->c / cv->groups);
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
        for (int t = 0; t < cv->groups * panels; t++)
            pack_matrix_panel(packed + t * floats, w + t / panels * each, cv,
                pass, t % panels);
        return;
    }
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic, 16)
    for (int t = 0; t < cv->groups * panels * ins; t++) {
        int in = t % ins, p = t / ins % panels, group = t / ins / panels;
        int k = cv->k / cv->groups;
        seg_conv_gather(packed + (((long)t / ins * taps) * ins + in) * panel,
            (long)ins * panel,
            w + (long)group * k * (cv->c / cv->groups) * taps,
            scale ? scale + (long)group * k : NULL, cv, pass, p, in);
    }
}
