/*
 * Depthwise convolution: one channel for each group.
 *
 * A task computes a stripe of rows of one image.  It copies each row that it
 * reads once into a ring of padded rows, applying the fused input transform,
 * and then computes a row of outputs with its epilogue and its channel sums.
 * Backward-weights has sums [tap][c] for each chunk of stripes; the chunks are
 * added in their order.
 */
#include <string.h>

#include "lib/kernel/conv/conv_common.h"
#include "lib/kernel/conv/conv_grid.h"

enum {
    STRIPE_ROWS = 16, /* rows of a stripe, or 8 */
    MANY_STRIPES = 32,
    CHUNKS = 64,
    RING_FLOATS = 2 << 20, /* with a larger ring, rows are copied again */
    PITCH = 16             /* pixels are a multiple of it apart */
};

/* A padded row holds columns -left to cols - left - 1 of the image. */
struct ring {
    float *row;
    int slots, left, cols;
    long pitch;
    int turns; /* row y is in slot y % slots; otherwise tap row r in slot r */
    int next;  /* rows of the image before it were copied */
};

/* The image that a pass reads. */
struct source {
    const float *x;
    int h, w, c;
    const struct seg_affine *affine;
};

static long
pitch_of(const struct seg_conv *cv)
{
    return (cv->c + PITCH - 1) / PITCH * PITCH;
}

/* Columns computed for n outputs. */
static int
whole_blocks(int n)
{
    return ceil_div(n, DEPTHWISE_BLOCK) * DEPTHWISE_BLOCK;
}

static struct ring
plan_ring(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int s = cv->stride, high = (cv->kh - 1) * cv->dilation,
        wide = (cv->kw - 1) * cv->dilation;
    struct ring g = {.slots = high + 1,
        .left = cv->pad_x,
        .cols = (whole_blocks(cv->ow) - 1) * s + wide + 1,
        .pitch = pitch_of(cv)};
    if (pass == SEG_CONV_DATA) {
        g.slots = high / s + 2;
        g.left = max_int(0, wide - cv->pad_x) / s + 1;
        g.cols = g.left + whole_blocks(ceil_div(cv->w, s)) + cv->pad_x / s + 2;
    }
    g.slots = min_int(g.slots, pass == SEG_CONV_DATA ? cv->oh : cv->h);
    g.turns = (double)g.slots * g.cols * (double)g.pitch <= RING_FLOATS;
    g.slots = g.turns ? g.slots : cv->kh;
    return g;
}

static size_t
ring_floats(const struct ring *g)
{
    return (size_t)g->slots * (size_t)g->cols * (size_t)g->pitch;
}

static float *
slot(const struct ring *g, int i)
{
    return g->row + (long)i * g->cols * g->pitch;
}

static void
copy_row(float *to, const struct ring *g, const struct source *from, int image,
    int y, const struct seg_conv *cv)
{
    long at = ((long)image * from->h + y) * from->w * from->c;
    int count = min_int(from->w, g->cols - g->left);
    struct seg_affine affine = {0};
    if (from->affine)
        affine = seg_affine_at(*from->affine, at, 0);
    memset(to, 0, (size_t)g->left * (size_t)g->pitch * sizeof *to);
    to += g->left * g->pitch;
    kernels_of(cv)->depthwise->copy(to, g->pitch, from->x + at,
        from->affine ? &affine : NULL, count, from->c);
    memset(to + count * g->pitch, 0,
        (size_t)(g->cols - g->left - count) * (size_t)g->pitch * sizeof *to);
}

/* Copies the rows of the image up to `last` that are not in the ring yet; rows
   before `first` are not needed. */
static void
fill_ring(struct ring *ring, const struct source *from, int image, int first,
    int last, const struct seg_conv *cv)
{
    int y = max_int(ring->next, first), end = min_int(last + 1, from->h);
    for (; y < end; y++)
        copy_row(slot(ring, y % ring->slots), ring, from, image, y, cv);
    ring->next = max_int(ring->next, y);
}

/* The first row of dy that backward-data needs for row y, or after it. */
static int
first_of_dy(const struct seg_conv *cv, int y)
{
    return max_int(0, y + cv->pad_y - (cv->kh - 1) * cv->dilation) / cv->stride;
}

/* Lists the taps of row i of a grid that lie in the image.  No row before
   `first` is needed now or later. */
static void
list_taps(struct depthwise_taps *t, struct ring *ring,
    const struct source *from, const struct grid *g, int image, int i,
    int first, const struct seg_conv *cv)
{
    *t = (struct depthwise_taps){.cols = g->nx,
        .pitch = ring->pitch,
        .gap = g->nx > 1 ? g->tx[1] - g->tx[0] : 1,
        .step = g->step,
        .weight_gap = g->nx > 1 ? g->sx[1] - g->sx[0] : 1};
    if (g->ny && ring->turns)
        fill_ring(ring, from, image, first, i * g->step + g->ty[g->ny - 1], cv);
    for (int r = 0; r < g->ny; r++) {
        int y = i * g->step + g->ty[r];
        if (y < 0 || y >= from->h)
            continue;
        float *row = slot(ring, ring->turns ? y % ring->slots : r);
        if (!ring->turns)
            copy_row(row, ring, from, image, y, cv);
        t->in[t->rows] = row + (g->tx[0] + ring->left) * ring->pitch;
        t->weight[t->rows++] =
            ((long)g->sy[r] * g->kw + g->sx[0]) * ring->pitch;
    }
}

/* Prefetches row y, if there is one, while a row is computed. */
static void
prefetch_row(struct depthwise_taps *t, const struct source *from, int image,
    int y, int step)
{
    long at = ((long)image * from->h + y) * from->w * from->c;
    if (y >= from->h)
        return;
    t->next[t->nnext++] = (struct depthwise_next){from->x + at, from->c, step};
    if (from->affine && from->affine->other)
        t->next[t->nnext++] =
            (struct depthwise_next){from->affine->other + at, from->c, step};
}

/* ---- stripes ---- */

/* Rows of an image are divided into stripes, in a way that depends on the shape
   only. */
static int
stripe_rows(int n, int h)
{
    return n * ceil_div(h, STRIPE_ROWS) < MANY_STRIPES && h < 4 * STRIPE_ROWS
               ? STRIPE_ROWS / 2
               : STRIPE_ROWS;
}

struct job {
    const struct seg_conv *cv;
    enum seg_conv_pass pass;
    struct source from;
    float *out;
    int h, w; /* of the image written */
    const float *packed;
    struct seg_conv_epilogue epilogue;
    float *parts; /* channel sums, one part for each row written; NULL: none */
};

/* Row y of the image written, with its epilogue; forward has one grid of
   outputs, backward-data one for each remainder of the column. */
static void
compute_row(const struct job *job, struct ring *ring, int image, int y)
{
    const struct seg_conv *cv = job->cv;
    const struct seg_conv_epilogue *e = &job->epilogue;
    int data = job->pass == SEG_CONV_DATA, s = data ? cv->stride : 1;
    int row = image * job->h + y;
    float *part = job->parts ? job->parts + row * seg_part_floats(cv->c) : NULL;
    if (part)
        seg_part_start(part, NULL, (float)job->w, cv->c);
    for (int x0 = 0; x0 < s && x0 < job->w; x0++) {
        struct grid g;
        struct depthwise_taps taps;
        if (data)
            seg_grid_backward(&g, cv, y % s, x0);
        else
            seg_grid_forward(&g, cv);
        long at = ((long)row * job->w + x0) * cv->c;
        struct seg_fused_relu relu = {0};
        if (e->relu)
            relu = seg_fused_relu_at(*e->relu, at, 0);
        list_taps(&taps, ring, &job->from, &g, image, y / s,
            data ? first_of_dy(cv, y) : y * g.step + g.ty[0], cv);
        if (ring->turns && !x0)
            prefetch_row(&taps, &job->from, image, ring->next, g.step);
        struct depthwise_output o = {.y = job->out + at,
            .pitch = (long)s * cv->c,
            .row_pitch = (long)job->w * cv->c,
            .count = g.ow,
            .c = cv->c,
            .bias = e->bias,
            .residual = e->residual ? e->residual + at : NULL,
            .act = e->act,
            .relu = e->relu ? &relu : NULL,
            .part = part,
            .part_stride = (long)seg_part_stride(cv->c),
            .begin = 1};
        kernels_of(cv)->depthwise->forward(&o, job->packed, &taps);
    }
}

static struct source
source_of(const struct seg_conv *cv, enum seg_conv_pass pass, const float *in)
{
    int data = pass == SEG_CONV_DATA;
    return (struct source){in, data ? cv->oh : cv->h, data ? cv->ow : cv->w,
        cv->c, affine_of(cv, pass)};
}

void
seg_conv_depthwise(float *out, const float *in, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    enum seg_conv_pass pass, float *scratch)
{
    int data = pass == SEG_CONV_DATA;
    struct job job = {.cv = cv,
        .pass = pass,
        .from = source_of(cv, pass, in),
        .out = out,
        .h = data ? cv->h : cv->oh,
        .w = data ? cv->w : cv->ow,
        .packed = packed};
    struct ring plan = plan_ring(cv, pass);
    size_t each = round_floats(ring_floats(&plan));
    if (epilogue)
        job.epilogue = *epilogue;
    if (job.epilogue.stats || job.epilogue.relu)
        job.parts = scratch + each * cv->threads;
    int rows = stripe_rows(cv->n, job.h), stripes = ceil_div(job.h, rows);
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
    for (int i = 0; i < cv->n * stripes; i++) {
        struct ring ring = plan;
        int top = i % stripes * rows, end = min_int(top + rows, job.h);
        ring.row = scratch + each * omp_get_thread_num();
        for (int y = top; y < end; y++)
            compute_row(&job, &ring, i / stripes, y);
    }
    seg_conv_reduce_sums(
        &job.epilogue, job.parts, cv->n * job.h, cv->c, cv->threads);
}

size_t
seg_conv_depthwise_scratch(const struct seg_conv *cv, enum seg_conv_pass pass)
{
    struct ring ring = plan_ring(cv, pass);
    size_t parts = (size_t)cv->n * (pass == SEG_CONV_DATA ? cv->h : cv->oh);
    return (round_floats(ring_floats(&ring)) * (size_t)cv->threads +
               parts * seg_part_floats(cv->c)) *
           sizeof(float);
}

/* ---- weights ---- */

size_t
seg_conv_depthwise_packed(const struct seg_conv *cv)
{
    return (size_t)cv->kh * cv->kw * (size_t)pitch_of(cv);
}

/* packed[tap][c]; SEG_CONV_DATA reverses the order of the taps. */
void
seg_conv_depthwise_pack(float *packed, const float *w, const float *scale,
    const struct seg_conv *cv, enum seg_conv_pass pass)
{
    int taps = cv->kh * cv->kw;
    long pitch = pitch_of(cv);
    memset(packed, 0, (size_t)taps * (size_t)pitch * sizeof *packed);
    for (int c = 0; c < cv->c; c++)
        for (int t = 0; t < taps; t++)
            packed[t * pitch + c] =
                w[(long)c * taps + (pass == SEG_CONV_DATA ? taps - 1 - t : t)] *
                (scale ? scale[c] : 1);
}

/* ---- backward-weights ---- */

/* The scratch: sums of chunks, then a ring and a padded row of dy for each
   thread. */
struct sums {
    const struct seg_conv *cv;
    struct source x, dy;
    struct ring ring, line; /* of x; of dy: one slot */
    int rows, stripes;      /* of a stripe; of all images */
    int chunks;
    size_t each; /* floats of a chunk */
};

static struct sums
plan_sums(const struct seg_conv *cv)
{
    struct sums s = {.cv = cv, .ring = plan_ring(cv, SEG_CONV_WEIGHTS)};
    s.line = (struct ring){
        .slots = 1, .cols = whole_blocks(cv->ow), .pitch = pitch_of(cv)};
    s.rows = stripe_rows(cv->n, cv->oh);
    s.stripes = cv->n * ceil_div(cv->oh, s.rows);
    s.chunks = min_int(CHUNKS, s.stripes);
    s.each = seg_conv_depthwise_packed(cv);
    return s;
}

static void
sum_stripe(float *sum, const struct sums *s, struct ring ring, struct ring line,
    const struct grid *g, int stripe)
{
    int of_image = s->stripes / s->cv->n, image = stripe / of_image;
    int top = stripe % of_image * s->rows;
    int end = min_int(top + s->rows, s->cv->oh);
    for (int i = top; i < end; i++) {
        struct depthwise_taps taps;
        list_taps(
            &taps, &ring, &s->x, g, image, i, i * g->step + g->ty[0], s->cv);
        if (ring.turns)
            prefetch_row(&taps, &s->x, image, ring.next, g->step);
        prefetch_row(&taps, &s->dy, image, i + 1, 1);
        copy_row(line.row, &line, &s->dy, image, i, s->cv);
        kernels_of(s->cv)->depthwise->weights(sum, line.row, s->cv->ow, &taps);
    }
}

static void
sum_chunk(float *sum, const struct sums *s, float *workspace, int chunk)
{
    int lo = (int)((long)s->stripes * chunk / s->chunks);
    int end = (int)((long)s->stripes * (chunk + 1) / s->chunks);
    struct ring ring = s->ring, line = s->line;
    struct grid g;
    seg_grid_forward(&g, s->cv);
    ring.row = workspace;
    line.row = workspace + ring_floats(&ring);
    memset(sum, 0, s->each * sizeof *sum);
    for (int i = lo; i < end; i++)
        sum_stripe(sum, s, ring, line, &g, i);
}

/* Adds the chunks of one tap into the first. */
static void
add_chunks(float *sum, const struct sums *s)
{
    for (int i = 1; i < s->chunks; i++)
        for (int c = 0; c < s->cv->c; c++)
            sum[c] += sum[(size_t)i * s->each + (size_t)c];
}

static size_t
workspace_floats(const struct sums *s)
{
    return round_floats(ring_floats(&s->ring) + ring_floats(&s->line));
}

void
seg_conv_depthwise_weights(float *dw, const float *x, const float *dy, int add,
    const struct seg_conv *cv, float *scratch)
{
    struct sums s = plan_sums(cv);
    int taps = cv->kh * cv->kw;
    long pitch = pitch_of(cv);
    float *workspace = scratch + (size_t)s.chunks * s.each;
    s.x = source_of(cv, SEG_CONV_FORWARD, x);
    s.dy = source_of(cv, SEG_CONV_DATA, dy);
#pragma omp parallel num_threads(cv->threads)
    {
#pragma omp for schedule(dynamic)
        for (int i = 0; i < s.chunks; i++)
            sum_chunk(scratch + (size_t)i * s.each, &s,
                workspace + workspace_floats(&s) * omp_get_thread_num(), i);
#pragma omp for
        for (int t = 0; t < taps; t++)
            add_chunks(scratch + t * pitch, &s);
    }
    for (int c = 0; c < cv->c; c++)
        for (int t = 0; t < taps; t++) {
            float *to = dw + (long)c * taps + t, sum = scratch[t * pitch + c];
            *to = add ? *to + sum : sum;
        }
}

size_t
seg_conv_depthwise_weights_scratch(const struct seg_conv *cv)
{
    struct sums s = plan_sums(cv);
    return ((size_t)s.chunks * s.each +
               workspace_floats(&s) * (size_t)cv->threads) *
           sizeof(float);
}
