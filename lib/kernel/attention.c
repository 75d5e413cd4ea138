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
#include "lib/kernel/rows.h"

enum { QUERIES = 56, KEYS = 512 };

struct work {
    const struct seg_attention *q;
    const struct conv_kernels *mm;
    const struct attention_kernels *kn;
    int keys;                       /* of a block at most, whole panels */
    int width;                      /* of a token: heads d */
    float scale;                    /* 1 / sqrt d */
    size_t across, along;           /* floats of one head's t tokens */
    size_t block, rows, part, room; /* of scores, of queries; of a thread */
    float *shared, *own;
};

static const struct tap whole = {0, 0};

static void
start(struct work *w, const struct seg_attention *q)
{
    const struct conv_kernels *mm = SEG_CPU_PICK(seg_conv_kernels);

    *w = (struct work){.q = q,
        .mm = mm,
        .kn = SEG_CPU_PICK(seg_attention_kernels),
        .keys = ceil_div(min_int(q->t, KEYS), MAX_PANEL) * MAX_PANEL,
        .width = q->heads * q->d,
        .scale = 1 / sqrtf((float)q->d)};
    size_t tokens = (size_t)ceil_div(q->t, MAX_PANEL) * MAX_PANEL;
    size_t wide = (size_t)ceil_div(q->d, MAX_PANEL) * MAX_PANEL;
    w->across = tokens * (size_t)ceil_div(q->d, LINE) * LINE;
    w->along = tokens * wide;
    w->block = QUERIES * (size_t)w->keys;
    w->rows = round_floats(QUERIES);
    w->part = QUERIES * wide;
}

/* Forward: all keys and values; of each thread scores, sums, and three numbers
   a query.  Backward all of it is a thread's. */
static size_t
lay_out(struct work *w, int backward)
{
    size_t heads = (size_t)w->q->n * (size_t)w->q->heads;
    size_t shared = backward ? 0 : heads * (w->across + w->along);

    w->room = backward ? 2 * w->across + 5 * w->along + 2 * w->block + w->across
                       : w->block + w->part + 3 * w->rows;
    return (shared + w->room * (size_t)w->q->threads) * sizeof(float);
}

size_t
seg_attention_scratch(const struct seg_attention *q, int backward)
{
    struct work w;

    start(&w, q);
    return lay_out(&w, backward);
}

/* The tokens of picture and head in a matrix whose rows are ld apart. */
static struct token_rows
tokens(const struct work *w, const float *x, long ld, int unit)
{
    int n = unit / w->q->heads, head = unit % w->q->heads;

    return (struct token_rows){
        x + (long)n * w->q->t * ld + head * w->q->d, ld, w->q->t, w->q->d};
}

/* part 0: queries, 1: keys, 2: values */
static struct token_rows
third(const struct work *w, const float *qkv, int part, int unit)
{
    return tokens(w, qkv + part * w->width, 3L * w->width, unit);
}

/* s[i][j] = a_i . b_j for rows i0.. of a and panels of b (across) from j0 on */
static void
meet(const struct work *w, float *s, const struct token_rows *a, int i0,
    int rows, const float *b, int j0, int keys)
{
    struct reduce r = {.taps = &whole,
        .ntaps = 1,
        .cols = w->mm->panel,
        .depth = a->d,
        .a = a->x + i0 * a->ld,
        .lda = a->ld,
        .ldc = w->keys};

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
        .lda = w->keys,
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
                .xa = w->keys,
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
    float *sum = top + w->rows, *fall = sum + w->rows;
    const float *k = w->shared + (size_t)unit * (w->across + w->along);
    struct token_rows from = third(w, qkv, 0, unit);
    struct token_rows to = tokens(w, y, w->width, unit);
    int rows = min_int(QUERIES, q->t - i0), d = q->d;

    for (int i = 0; i < rows; i++) {
        top[i] = -FLT_MAX;
        sum[i] = 0;
    }
    for (int j0 = 0; j0 < q->t; j0 += KEYS) {
        int keys = min_int(KEYS, q->t - j0);
        meet(w, s, &from, i0, rows, k, j0, keys);
        w->kn->soften(s, w->keys, rows, keys, w->scale, top, sum, fall);
        for (int i = 0; j0 && i < rows; i++)
            row_kernels()->scale(part + i * d, part + i * d, fall[i], d);
        gather(w, part, d, j0 > 0, s, rows, k + w->across, j0, keys);
    }
    for (int i = 0; i < rows; i++) {
        row_kernels()->scale(
            (float *)to.x + (i0 + i) * to.ld, part + i * d, 1 / sum[i], d);
        level[(long)unit * q->t + i0 + i] = top[i] * w->scale + logf(sum[i]);
    }
}

void
seg_attention_forward(float *y, float *level, const float *qkv,
    const struct seg_attention *q, void *scratch)
{
    struct work w;

    start(&w, q);
    lay_out(&w, 0);
    int units = q->n * q->heads, blocks = ceil_div(q->t, QUERIES);
    w.shared = scratch;
    w.own = w.shared + (size_t)units * (w.across + w.along);
#pragma omp parallel num_threads(q->threads)
    {
        float *own = w.own + (size_t)omp_get_thread_num() * w.room;
#pragma omp for schedule(dynamic)
        for (int u = 0; u < units; u++) {
            float *k = w.shared + (size_t)u * (w.across + w.along);
            struct token_rows keys = third(&w, qkv, 1, u);
            struct token_rows values = third(&w, qkv, 2, u);
            w.kn->across(k, &keys);
            w.kn->along(k + w.across, &values);
        }
#pragma omp for schedule(dynamic)
        for (int b = 0; b < units * blocks; b++)
            attend(&w, y, level, qkv, b / blocks, b % blocks * QUERIES, own);
    }
}

/* ---- backward ---- */

/* The gradient of keys or values, gathered along, to its columns of dqkv. */
static void
give(const struct work *w, const struct token_rows *to, const float *from,
    int add)
{
    int panel = w->mm->panel, d = w->q->d;

    for (int c = 0; c < d; c += panel)
        for (int i = 0; i < w->q->t; i++, from += panel) {
            float *x = (float *)to->x + i * to->ld + c;
            int n = min_int(panel, d - c);
            if (add)
                row_kernels()->sum(x, x, from, n);
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
    float *k = v_across + w->across, *v = k + w->along, *u = v + w->along;
    float *dk = u + w->along, *dv = dk + w->along;
    float *p = dv + w->along, *dp = p + w->block, *dot = dp + w->block;
    struct token_rows queries = third(w, qkv, 0, unit);
    struct token_rows keys = third(w, qkv, 1, unit);
    struct token_rows values = third(w, qkv, 2, unit);
    struct token_rows out = tokens(w, y, w->width, unit);
    struct token_rows dout = tokens(w, dy, w->width, unit);
    struct token_rows dq = third(w, dqkv, 0, unit);
    struct token_rows to_k = third(w, dqkv, 1, unit);
    struct token_rows to_v = third(w, dqkv, 2, unit);

    w->kn->across(k_across, &keys);
    w->kn->across(v_across, &values);
    w->kn->along(k, &keys);
    w->kn->along(v, &queries);
    w->kn->along(u, &dout);
    memset(dk, 0, 2 * w->along * sizeof *dk);
    for (int i = 0; i < q->t; i++)
        dot[i] =
            row_kernels()->dot(dout.x + i * dout.ld, out.x + i * out.ld, q->d);
    level += (long)unit * q->t;
    for (int j0 = 0; j0 < q->t; j0 += KEYS)
        for (int i0 = 0; i0 < q->t; i0 += QUERIES) {
            int rows = min_int(QUERIES, q->t - i0);
            int n = min_int(KEYS, q->t - j0);
            meet(w, p, &queries, i0, rows, k_across, j0, n);
            w->kn->recall(p, w->keys, rows, n, w->scale, level + i0);
            scatter(w, dv, j0, n, p, rows, u, i0);
            meet(w, dp, &dout, i0, rows, v_across, j0, n);
            w->kn->slope(dp, p, w->keys, rows, n, w->scale, dot + i0);
            gather(w, (float *)dq.x + i0 * dq.ld, dq.ld, add || j0, dp, rows, k,
                j0, n);
            scatter(w, dk, j0, n, dp, rows, v, i0);
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

    start(&w, q);
    lay_out(&w, 1);
    w.own = scratch;
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int u = 0; u < q->n * q->heads; u++)
        return_head(&w, dqkv, dy, y, level, qkv, add, u,
            w.own + (size_t)omp_get_thread_num() * w.room);
}
