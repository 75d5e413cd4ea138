/*
 * Direct convolution with the brgemm micro-kernel, over the grids of
 * conv_grid.h.  A task is a band of about eight rows of one image.  If each
 * output pixel depends on one input pixel only (1x1, stride 1), a task is a
 * span of pixels, which may cross rows and images.
 */
#include <limits.h>
#include <string.h>

#include "lib/kernel/conv/conv_common.h"
#include "lib/kernel/conv/conv_grid.h"
#include "lib/simd/rows.h"

enum {
    WEIGHT_FLOATS =
        160 << 10,           /* weights that stay in the second-level cache, */
    GROUP_FLOATS = 64 << 10, /* or as many at a time: there is output too */
    SPAN_FLOATS = 48 << 10,  /* input of a span, 192 KiB, likewise */
    SPAN_GROUPS = 8,         /* most micro-kernel calls of a span */
    ALIASED_FLOATS = 512     /* 2 KiB */
};

struct job {
    const struct seg_conv *cv;
    float *out;
    const float *in, *packed;
    struct seg_conv_epilogue epilogue;
    float *parts; /* channel sums, one part for each row or span; NULL: none */
};

/* Sets the operands of r that depend on the panel p and the position (i,
   j0). */
static void
set_operands(struct brgemm *r, const struct grid *g, const struct job *job,
    int image, int p, int i, long j0)
{
    int panel = mm_of(job->cv)->panel;
    long pixel = ((long)image * g->h + g->y0 + i * g->out_step) * g->w + g->x0 +
                 j0 * g->out_step;
    long at = pixel * g->out_pitch + p * panel;
    r->b = job->packed + (long)p * g->kh * g->kw * g->tap_floats;
    r->c = job->out + at;
    r->ldc = (long)g->out_step * g->out_pitch;
    r->cols = min_int(panel, g->c - p * panel);
    const struct seg_conv_epilogue *e = &job->epilogue;
    r->bias = e->bias ? e->bias + p * panel : NULL;
    r->residual = e->residual ? e->residual + at : NULL;
    r->most = seg_act_most(e->act);
    r->slope = seg_act_slope(e->act);
}

/* Panels p0 to p1 - 1 of count positions of row i from column j on, in groups
   of nearly equal size.  r describes the input of the first position. */
static void
compute_pixels(struct brgemm r, const struct grid *g, const struct job *job,
    int image, int p0, int p1, int i, long j, int count)
{
    const struct brgemm_kernels *mm = mm_of(job->cv);
    const float *a = r.a;
    int groups = ceil_div(count, mm->rows), dense = p1 - p0 > 1;
    for (int t = 0; t < groups; t++) {
        int lo = count * t / groups, hi = count * (t + 1) / groups, n = hi - lo;
        r.a = a + lo * r.lda;
        r.next_a = a + hi * r.lda + (r.nterms ? r.terms[0].a : 0);
        for (int p = p0; p < p1; p++) {
            set_operands(&r, g, job, image, p, i, j + lo);
            if (p == p0)
                r.next_c = r.c + n * r.ldc;
            r.next_step = dense ? mm->panel : r.ldc;
            mm->brgemm[n](&r);
            r.next_c += n * r.next_step;
        }
    }
}

/* Number of panels to compute for a group of positions before the next group:
   all if their weights fit in the cache, so that each position is read and
   written once; otherwise as many as do fit. */
static int
panels_at_once(const struct grid *g, int panels)
{
    long floats = (long)panels * g->ny * g->nx * g->tap_floats;
    if (floats <= WEIGHT_FLOATS)
        return panels;
    int groups = (int)((floats + GROUP_FLOATS - 1) / GROUP_FLOATS);
    return ceil_div(panels, min_int(groups, panels));
}

/* Accumulates the channel sums of panels p0 to p1 - 1 of one part: count pixels
   from first on. */
static void
accumulate_sums(const struct grid *g, const struct job *job, int number,
    long first, int count, int p0, int p1)
{
    int panel = mm_of(job->cv)->panel, c = p0 * panel;
    long at = first * g->out_pitch;
    size_t part_stride = seg_part_stride(g->c);
    float *part = job->parts + number * seg_part_floats(g->c);
    struct pixel_run s = {
        job->out + at + c, g->out_pitch, count, min_int(p1 * panel, g->c) - c};
    part[3 * part_stride] = (float)count;
    if (job->epilogue.relu) {
        struct seg_fused_relu relu =
            seg_fused_relu_at(*job->epilogue.relu, at, c);
        fused_kernels()->relu_backward(part + c, (long)part_stride, &s, &relu);
    } else {
        fused_kernels()->stats(part + c, (long)part_stride, &s);
    }
}

static void
accumulate_row_sums(const struct grid *g, const struct job *job, int image,
    int i, int p0, int p1)
{
    int row = image * g->oh + i;
    accumulate_sums(g, job, row, (long)row * g->ow, g->ow, p0, p1);
}

static void
padded_band(const struct grid *g, const struct job *job, int image, int top,
    int rows, float *window)
{
    struct brgemm_term taps[MAX_TAPS];
    struct brgemm r = {.terms = taps};
    int cols = seg_grid_window_cols(g);
    seg_grid_window(window, job->in, image, g, top, rows);
    for (int y = 0; y < g->ny; y++)
        for (int x = 0; x < (g->merged ? 1 : g->nx); x++)
            taps[r.nterms++] = (struct brgemm_term){
                ((long)(g->ty[y] - g->ty[0]) * cols + g->tx[x] - g->tx[0]) *
                    g->ic,
                ((long)g->sy[y] * g->kw + g->sx[x]) * g->tap_floats,
            };
    r.depth = (long)(g->merged ? g->nx : 1) * g->ic;
    r.lda = (long)g->step * g->ic;
    int panels = ceil_div(g->c, mm_of(job->cv)->panel),
        some = panels_at_once(g, panels);
    for (int p = 0, end; p < panels; p = end) {
        end = min_int(p + some, panels);
        for (int i = 0; i < rows; i++) {
            r.a = window + (long)i * g->step * cols * g->ic;
            compute_pixels(r, g, job, image, p, end, top + i, 0, g->ow);
            if (job->parts)
                accumulate_row_sums(g, job, image, top + i, p, end);
        }
    }
}

static void
in_place_band(const struct grid *g, const struct job *job, int image, int top,
    int rows, const int *breaks, int nbreaks)
{
    int panels = ceil_div(g->c, mm_of(job->cv)->panel);
    int some = panels_at_once(g, panels);
    struct brgemm_term taps[MAX_TAPS];
    for (int p = 0, end; p < panels; p = end) {
        end = min_int(p + some, panels);
        for (int i = top; i < top + rows; i++) {
            for (int s = 0; s + 1 < nbreaks; s++) {
                struct brgemm r = {.terms = taps,
                    .depth = g->ic,
                    .lda = (long)g->step * g->in_pitch};
                if (breaks[s] == breaks[s + 1])
                    continue;
                r.nterms = seg_grid_taps(taps, g, i, breaks[s]);
                r.a = job->in + (long)image * g->ih * g->iw * g->in_pitch;
                compute_pixels(r, g, job, image, p, end, i, breaks[s],
                    breaks[s + 1] - breaks[s]);
            }
            if (job->parts)
                accumulate_row_sums(g, job, image, i, p, end);
        }
    }
}

/* Sets a band that no tap reaches to zero. */
static void
clear_band(
    const struct grid *g, const struct job *job, int image, int top, int rows)
{
    for (int i = top; i < top + rows; i++) {
        long pixel =
            ((long)image * g->h + g->y0 + (long)i * g->out_step) * g->w + g->x0;
        for (int j = 0; j < g->ow; j++)
            memset(job->out + (pixel + (long)j * g->out_step) * g->out_pitch, 0,
                (size_t)g->c * sizeof(float));
    }
}

/* One band of one grid; window is the scratch of this thread. */
static void
run_band(const struct grid *g, const struct job *job, int image, int top,
    float *window)
{
    const struct seg_conv_epilogue *e = &job->epilogue;
    int bare = !g->ny && !e->bias && e->act == SEG_ACT_NONE;
    int rows = min_int(g->band, g->oh - top);
    int breaks[MAX_BREAKS], nbreaks = seg_grid_breaks(breaks, g);
    if (rows < 1 || g->ow < 1 || (bare && e->residual == job->out))
        return;
    if (bare && !e->residual)
        clear_band(g, job, image, top, rows);
    else if (g->padded)
        padded_band(g, job, image, top, rows, window);
    else
        in_place_band(g, job, image, top, rows, breaks, nbreaks);
}

static int
is_pointwise(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return cv->kh * cv->kw * cv->stride == 1 && cv->pad_y + cv->pad_x == 0 &&
           !affine_of(cv, pass);
}

/* Channels of the map that a pass reads. */
static int
read_channels(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_FORWARD ? cv->c : cv->k;
}

/* Pixels of a span: a few micro-kernel calls, whose input fits in the cache. */
static int
span_pixels(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int rows = mm_of(cv)->rows;
    int groups = SPAN_FLOATS / rows / read_channels(cv, pass);
    return rows * max_int(2, min_int(SPAN_GROUPS, groups));
}

static int
count_spans(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    long pixels = (long)cv->n * cv->h * cv->w, span = span_pixels(cv, pass);
    return (int)((pixels + span - 1) / span);
}

/*
 * True if pixels are a multiple of 2 KiB apart, so that those of one call
 * compete for a few sets of the first-level cache.  A span is then copied, with
 * a cache line between pixels.
 */
static int
is_cache_aliased(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return read_channels(cv, pass) % ALIASED_FLOATS == 0;
}

static void
run_span(const struct grid *g, const struct job *job, enum seg_conv_pass pass,
    int number, float *window)
{
    const struct seg_conv *cv = job->cv;
    struct brgemm_term tap = {0, 0};
    int span = span_pixels(cv, pass);
    long first = (long)number * span, all = (long)cv->n * cv->h * cv->w;
    int count = all - first < span ? (int)(all - first) : span;
    int panels = ceil_div(g->c, mm_of(cv)->panel);
    int some = panels_at_once(g, panels);
    struct brgemm r = {.terms = &tap,
        .nterms = 1,
        .depth = g->ic,
        .a = job->in + first * g->in_pitch,
        .lda = g->in_pitch};
    if (is_cache_aliased(cv, pass)) {
        row_kernels()->copy(window, g->ic + CACHE_LINE_FLOATS, r.a, g->in_pitch,
            g->ic, count, 0);
        r.a = window;
        r.lda = g->ic + CACHE_LINE_FLOATS;
    }
    for (int p = 0, end; p < panels; p = end) {
        end = min_int(p + some, panels);
        compute_pixels(r, g, job, 0, p, end, 0, first, count);
        if (job->parts)
            accumulate_sums(g, job, number, first, count, p, end);
    }
}

/* Backward-data has stride^2 grids, forward one. */
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

/* Rows of a band that suit all grids.  The grids take turns at each band, so
   its input and output stay in the cache.  *bands is the number of bands. */
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
    if (is_pointwise(cv, pass)) {
        int ic = read_channels(cv, pass) / cv->groups;
        most = (size_t)span_pixels(cv, pass) * (size_t)(ic + CACHE_LINE_FLOATS);
        return is_cache_aliased(cv, pass) ? round_floats(most) : 0;
    }
    for (int t = 0; t < count_grids(cv, pass); t++) {
        struct grid g;
        make_grid(&g, cv, pass, t);
        size_t floats = seg_grid_window_floats(&g);
        most = floats > most ? floats : most;
    }
    return most;
}

/* Parts of the channel sums: one for each span, or each row written. */
static int
count_parts(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (is_pointwise(cv, pass))
        return count_spans(cv, pass);
    return cv->n * (pass == SEG_CONV_FORWARD ? cv->oh : cv->h);
}

static int
written_channels(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return pass == SEG_CONV_FORWARD ? cv->k : cv->c;
}

int
seg_conv_direct_fuses_sums(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return cv->groups == 1 && (pass == SEG_CONV_FORWARD || cv->stride == 1);
}

static size_t
parts_floats(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    if (!seg_conv_direct_fuses_sums(cv, pass))
        return 0;
    return count_parts(cv, pass) * seg_part_floats(written_channels(cv, pass));
}

size_t
seg_conv_direct_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    return (window_floats(cv, pass) * cv->threads + parts_floats(cv, pass)) *
           sizeof(float);
}

/* The job of one group: its channels of every pixel and its weights. */
static struct job
group_job(struct job job, const struct grid *g, int group)
{
    int panel = mm_of(job.cv)->panel;
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
    if (epilogue)
        job.epilogue = *epilogue;
    if (job.epilogue.stats || job.epilogue.relu)
        job.parts = scratch + each * cv->threads;
    int spans = is_pointwise(cv, pass) ? count_spans(cv, pass) : 0;
    int bands, band = common_band(&bands, cv, pass);
#pragma omp parallel num_threads(cv->threads)
    for (int i = 0; i < cv->groups; i++) {
        float *window = scratch + each * omp_get_thread_num();
#pragma omp for schedule(dynamic) nowait
        for (int t = 0; t < (spans ? spans : cv->n * bands); t++)
            for (int s = 0; s < count_grids(cv, pass); s++) {
                struct grid g;
                make_grid(&g, cv, pass, s);
                g.band = band;
                struct job one = group_job(job, &g, i);
                if (spans)
                    run_span(&g, &one, pass, t, window);
                else
                    run_band(&g, &one, t / bands, t % bands * band, window);
            }
    }
    seg_conv_reduce_sums(&job.epilogue, job.parts, count_parts(cv, pass),
        written_channels(cv, pass), cv->threads);
}
