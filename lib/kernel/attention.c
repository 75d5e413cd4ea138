/*
 * Products are those of convolution (batch-reduce and outer), on panels.  Going
 * forward a task is a block of queries; going back it is a head, whose blocks
 * of keys each meet all blocks of queries:
 *
 *   dv_j += sum_i p_ij dy_i,    ds_ij = p_ij (dy_i . v_j - dy_i . y_i) / sqrt d
 *   dq_i += sum_j ds_ij k_j,    dk_j += sum_i ds_ij q_i
 */
#include "lib/kernel/attention.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "lib/kernel/attention_kernel.h"
#include "lib/kernel/conv_kernel.h"
#include "lib/kernel/cpu.h"
#include "lib/kernel/panel.h"
#include "lib/kernel/rows.h"

/* Of a block; going back a larger one meets its sums less often. */
enum { QUERIES = 56, QUERIES_BACK = 112, KEYS = 512 };

struct work {
    const struct seg_attention *q;
    const struct conv_kernels *mm;
    const struct attention_kernels *kn;
    const struct panel_kernels *panels;
    const struct row_kernels *runs;
    int queries;                   /* of a block */
    long ld;                       /* from one row of scores to the next */
    int width;                     /* of a token: heads d */
    float scale;                   /* 1 / sqrt d */
    size_t across, along;          /* floats of one head's t tokens */
    size_t tokens;                 /* one of each */
    size_t block, part, per_query; /* of scores, of queries; one of each */
    size_t room;                   /* of a thread */
    float *shared, *own;
};

static const struct tap whole = {0, 0};

static void
start(struct work *w, const struct seg_attention *q, int backward)
{
    const struct conv_kernels *mm = SEG_CPU_PICK(seg_conv_kernels);

    *w = (struct work){.q = q,
        .mm = mm,
        .kn = SEG_CPU_PICK(seg_attention_kernels),
        .panels = panel_kernels(),
        .runs = row_kernels(),
        .queries = backward ? QUERIES_BACK : QUERIES,
        .width = q->heads * q->d,
        .scale = 1 / sqrtf((float)q->d)};
    size_t wide = (size_t)ceil_div(q->d, MAX_PANEL) * MAX_PANEL;
    size_t queries = (size_t)w->queries;
    w->tokens = (size_t)ceil_div(q->t, MAX_PANEL) * MAX_PANEL;
    w->across = w->tokens * round_floats((size_t)q->d);
    w->along = w->tokens * wide;
    /* Whole panels, and a line: rows at a power of two would meet in a few
       places of the cache. */
    w->ld = ceil_div(min_int(q->t, KEYS), MAX_PANEL) * MAX_PANEL + LINE;
    w->block = queries * (size_t)w->ld;
    w->per_query = round_floats(queries);
    w->part = queries * wide;
}

/* Forward: all keys and values; of each thread scores, sums, and three numbers
   a query.  Backward all of it is a thread's. */
static size_t
lay_out(struct work *w, int backward)
{
    size_t heads = (size_t)w->q->n * (size_t)w->q->heads;
    size_t shared = backward ? 0 : heads * (w->across + w->along);

    w->room = backward ? 2 * w->across + 5 * w->along + 2 * w->block + w->tokens
                       : w->block + w->part + 3 * w->per_query;
    return (shared + w->room * (size_t)w->q->threads) * sizeof(float);
}

size_t
seg_attention_scratch(const struct seg_attention *q, int backward)
{
    struct work w;

    start(&w, q, backward);
    return lay_out(&w, backward);
}

/* The tokens of picture and head in a matrix whose rows are ld apart. */
static struct matrix
tokens(const struct work *w, const float *x, long ld, int unit)
{
    int n = unit / w->q->heads, head = unit % w->q->heads;

    return (struct matrix){
        x + (long)n * w->q->t * ld + head * w->q->d, ld, w->q->t, w->q->d};
}

/* part 0: queries, 1: keys, 2: values */
static struct matrix
third(const struct work *w, const float *qkv, int part, int unit)
{
    return tokens(w, qkv + part * w->width, 3L * w->width, unit);
}

/* s[i][j] = a_i . b_j for rows i0.. of a and panels of b (across) from j0 on */
static void
meet(const struct work *w, float *s, const struct matrix *a, int i0, int rows,
    const float *b, int j0, int keys)
{
    struct reduce r = {.taps = &whole,
        .ntaps = 1,
        .cols = w->mm->panel,
        .depth = a->d,
        .a = a->x + i0 * a->ld,
        .lda = a->ld,
        .ldc = w->ld};

    for (int j = 0; j < keys; j += w->mm->panel) {
        r.b = b + (long)(j0 + j) * a->d;
        r.c = s + j;
        seg_conv_reduce_span(w->mm, r, rows);
    }
}

/* y_i (+)= sum_j s[i][j] b_j, columns of b (along) from row j0 on */
static void
gather(const struct work *w, float *y, long ldy, int add, const float *s,
    int rows, const float *b, int j0, int keys)
{
    int panel = w->mm->panel, d = w->q->d;
    struct reduce r = {.taps = &whole,
        .ntaps = 1,
        .depth = keys,
        .a = s,
        .lda = w->ld,
        .ldc = ldy};

    for (int c = 0; c < d; c += panel) {
        r.b = b + (long)c * w->q->t + (long)j0 * panel;
        r.c = y + c;
        r.cols = min_int(panel, d - c);
        r.epilogue.residual = add ? r.c : NULL;
        seg_conv_reduce_span(w->mm, r, rows);
    }
}

/* to_j += sum_i s[i][j] b_i, both along: to from row j0, b from row i0 on */
static void
scatter(const struct work *w, float *to, int j0, int keys, const float *s,
    int rows, const float *b, int i0)
{
    int panel = w->mm->panel, parts = ceil_div(keys, w->mm->rows);

    for (int c = 0; c < w->q->d; c += panel)
        for (int t = 0; t < parts; t++) {
            int lo = (int)((long)keys * t / parts);
            int hi = (int)((long)keys * (t + 1) / parts);
            long column = (long)c * w->q->t;
            struct outer o = {.ny = 1,
                .nx = rows,
                .a = s + lo,
                .xa = w->ld,
                .b = b + column + (long)i0 * panel,
                .xb = panel,
                .c = to + column + (long)(j0 + lo) * panel,
                .add = 1};
            w->mm->outer[hi - lo](&o);
        }
}

/* ---- forward ---- */

static void
attend(const struct work *w, float *y, float *level, const float *qkv, int unit,
    int i0, float *own)
{
    const struct seg_attention *q = w->q;
    float *s = own, *part = s + w->block, *top = part + w->part;
    float *sum = top + w->per_query, *fall = sum + w->per_query;
    const float *k = w->shared + (size_t)unit * (w->across + w->along);
    struct matrix from = third(w, qkv, 0, unit);
    struct matrix to = tokens(w, y, w->width, unit);
    int rows = min_int(w->queries, q->t - i0), d = q->d;

    for (int i = 0; i < rows; i++) {
        top[i] = -FLT_MAX;
        sum[i] = 0;
    }
    for (int j0 = 0; j0 < q->t; j0 += KEYS) {
        int keys = min_int(KEYS, q->t - j0);
        meet(w, s, &from, i0, rows, k, j0, keys);
        w->kn->soften(s, w->ld, rows, keys, w->scale, top, sum, fall);
        for (int i = 0; j0 && i < rows; i++)
            w->runs->scale(part + i * d, part + i * d, fall[i], d);
        gather(w, part, d, j0 > 0, s, rows, k + w->across, j0, keys);
    }
    for (int i = 0; i < rows; i++) {
        w->runs->scale(
            (float *)to.x + (i0 + i) * to.ld, part + i * d, 1 / sum[i], d);
        level[(long)unit * q->t + i0 + i] = top[i] * w->scale + logf(sum[i]);
    }
}

void
seg_attention_forward(float *y, float *level, const float *qkv,
    const struct seg_attention *q, void *scratch)
{
    struct work w;

    start(&w, q, 0);
    lay_out(&w, 0);
    int units = q->n * q->heads, blocks = ceil_div(q->t, w.queries);
    w.shared = scratch;
    w.own = w.shared + (size_t)units * (w.across + w.along);
#pragma omp parallel num_threads(q->threads)
    {
        float *own = w.own + (size_t)omp_get_thread_num() * w.room;
#pragma omp for schedule(dynamic)
        for (int u = 0; u < units; u++) {
            float *k = w.shared + (size_t)u * (w.across + w.along);
            struct matrix keys = third(&w, qkv, 1, u);
            struct matrix values = third(&w, qkv, 2, u);
            w.panels->across(k, &keys);
            w.panels->along(k + w.across, &values);
        }
#pragma omp for schedule(dynamic)
        for (int b = 0; b < units * blocks; b++)
            attend(&w, y, level, qkv, b / blocks, b % blocks * w.queries, own);
    }
}

/* ---- backward ---- */

/* The gradient of keys or values, gathered along, to its columns of dqkv. */
static void
give(const struct work *w, const struct matrix *to, const float *from, int add)
{
    int panel = w->mm->panel, d = w->q->d;

    for (int c = 0; c < d; c += panel)
        for (int i = 0; i < w->q->t; i++, from += panel) {
            float *x = (float *)to->x + i * to->ld + c;
            int n = min_int(panel, d - c);
            if (add)
                w->runs->sum(x, x, from, n);
            else
                memcpy(x, from, (size_t)n * sizeof *x);
        }
}

static void
return_head(const struct work *w, float *dqkv, const float *dy, const float *y,
    const float *level, const float *qkv, int add, int unit, float *own)
{
    const struct seg_attention *q = w->q;
    float *k_across = own, *v_across = k_across + w->across;
    float *q_along = v_across + w->across, *k_along = q_along + w->along;
    float *dy_along = k_along + w->along;
    float *dk = dy_along + w->along, *dv = dk + w->along;
    float *p = dv + w->along, *dp = p + w->block, *dot = dp + w->block;
    struct matrix queries = third(w, qkv, 0, unit);
    struct matrix keys = third(w, qkv, 1, unit);
    struct matrix values = third(w, qkv, 2, unit);
    struct matrix out = tokens(w, y, w->width, unit);
    struct matrix dout = tokens(w, dy, w->width, unit);
    struct matrix dq = third(w, dqkv, 0, unit);
    struct matrix to_k = third(w, dqkv, 1, unit);
    struct matrix to_v = third(w, dqkv, 2, unit);

    w->panels->across(k_across, &keys);
    w->panels->across(v_across, &values);
    w->panels->along(q_along, &queries);
    w->panels->along(k_along, &keys);
    w->panels->along(dy_along, &dout);
    memset(dk, 0, 2 * w->along * sizeof *dk);
    for (int i = 0; i < q->t; i++)
        dot[i] = w->runs->dot(dout.x + i * dout.ld, out.x + i * out.ld, q->d);
    level += (long)unit * q->t;
    for (int j0 = 0; j0 < q->t; j0 += KEYS)
        for (int i0 = 0; i0 < q->t; i0 += w->queries) {
            int rows = min_int(w->queries, q->t - i0);
            int n = min_int(KEYS, q->t - j0);
            meet(w, p, &queries, i0, rows, k_across, j0, n);
            w->kn->recall(p, w->ld, rows, n, w->scale, level + i0);
            scatter(w, dv, j0, n, p, rows, dy_along, i0);
            meet(w, dp, &dout, i0, rows, v_across, j0, n);
            w->kn->slope(dp, p, w->ld, rows, n, w->scale, dot + i0);
            gather(w, (float *)dq.x + i0 * dq.ld, dq.ld, add || j0, dp, rows,
                k_along, j0, n);
            scatter(w, dk, j0, n, dp, rows, q_along, i0);
        }
    give(w, &to_k, dk, add);
    give(w, &to_v, dv, add);
}

void
seg_attention_backward(float *dqkv, const float *dy, const float *y,
    const float *level, const float *qkv, int add,
    const struct seg_attention *q, void *scratch)
{
    struct work w;

    start(&w, q, 1);
    lay_out(&w, 1);
    w.own = scratch;
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int u = 0; u < q->n * q->heads; u++)
        return_head(&w, dqkv, dy, y, level, qkv, add, u,
            w.own + (size_t)omp_get_thread_num() * w.room);
}
