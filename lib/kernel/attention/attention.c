/*
 * Products are those of convolution (batch-reduce and outer), on panels.  Going
 * forward a task is a block of queries; going back it is a head, whose blocks
 * of keys each meet all blocks of queries:
 *
 *   dv_j += sum_i p_ij dy_i,    ds_ij = p_ij (dy_i . v_j - dy_i . y_i) / sqrt d
 *   dq_i += sum_j ds_ij k_j,    dk_j += sum_i ds_ij q_i
 */
#include "lib/kernel/attention/attention.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "lib/kernel/attention/attention_kernel.h"
#include "lib/simd/brgemm.h"
#include "lib/simd/cpu.h"
#include "lib/simd/panel.h"
#include "lib/simd/rows.h"

/* Of a block; going back a larger one meets its sums less often.  As many keys
   beyond the last whole panel as LONE are not worth another one: one is what a
   class token adds to a power of two. */
enum { QUERIES = 56, QUERIES_BACK = 112, KEYS = 512, LONE = 2 };

struct work {
    const struct seg_attention *q;
    const struct brgemm_kernels *mm;
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
};

static void
start(struct work *w, const struct seg_attention *q, int backward)
{
    const struct brgemm_kernels *mm = brgemm_kernels();

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
    w->ld = ceil_div(min_int(q->t, KEYS), MAX_PANEL) * MAX_PANEL +
            CACHE_LINE_FLOATS;
    w->block = (size_t)(backward ? w->queries : mm->rows) * (size_t)w->ld;
    w->per_query = round_floats(queries);
    w->part = queries * wide;
    w->room =
        backward ? 2 * w->across + 5 * w->along + 2 * w->block + w->tokens
                 : w->across + w->along + w->block + w->part + 3 * w->per_query;
}

size_t
seg_attention_scratch(const struct seg_attention *q, int backward)
{
    struct work w;

    start(&w, q, backward);
    return w.room * (size_t)q->threads * sizeof(float);
}

/* The tokens of image and head in a matrix whose rows are ld apart. */
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

/*
 * s[i][j] = a_i . b_j for as many rows of a as a kernel takes and keys b from
 * j0 on, which are given in panels (across) and as they are.
 */
static void
meet(const struct work *w, float *s, const float *a, long lda, int rows,
    const float *panels, const struct matrix *b, int j0, int keys)
{
    int panel = w->mm->panel, d = b->d, last = keys % panel;
    int lone = last <= LONE ? last : 0;
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .cols = panel,
        .depth = d,
        .a = a,
        .lda = lda,
        .ldc = w->ld};

    for (int j = 0; j < keys - lone; j += panel) {
        r.b = panels + (long)(j0 + j) * d;
        r.c = s + j;
        r.next_a = r.b;
        r.next_c = r.c;
        w->mm->brgemm[rows](&r);
    }
    for (int j = keys - lone; j < keys; j++)
        for (int i = 0; i < rows; i++)
            s[i * w->ld + j] =
                w->runs->dot(a + i * lda, b->x + (j0 + j) * b->ld, d);
}

/* y_i (+)= sum_j s[i][j] b_j for as many rows, columns of b (along) from row j0
   on */
static void
gather(const struct work *w, float *y, long ldy, int add, const float *s,
    int rows, const float *b, int j0, int keys)
{
    int panel = w->mm->panel, d = w->q->d;
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .depth = keys,
        .a = s,
        .lda = w->ld,
        .ldc = ldy};

    for (int c = 0; c < d; c += panel) {
        r.b = b + (long)c * w->q->t + (long)j0 * panel;
        r.c = y + c;
        r.next_a = r.b;
        r.next_c = r.c;
        r.cols = min_int(panel, d - c);
        r.residual = add ? r.c : NULL;
        w->mm->brgemm[rows](&r);
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
            struct rank_k o = {.ny = 1,
                .nx = rows,
                .a = s + lo,
                .xa = w->ld,
                .b = b + column + (long)i0 * panel,
                .xb = panel,
                .c = to + column + (long)(j0 + lo) * panel,
                .add = 1};
            w->mm->rank_k[hi - lo](&o);
        }
}

/* ---- forward ---- */

/* Asks the cache for rows that will be read or, in the end, written. */
static void
ask_for(const float *x, long ld, int rows, int d)
{
    for (int i = 0; i < rows; i++)
        for (int c = 0; c < d; c += CACHE_LINE_FLOATS)
            __builtin_prefetch(x + i * ld + c);
}

/* Lays out the keys and values of a head, at own. */
static void
hold(const struct work *w, float *own, const float *qkv, int unit)
{
    struct matrix keys = third(w, qkv, 1, unit);
    struct matrix values = third(w, qkv, 2, unit);

    w->panels->across(own, &keys);
    w->panels->along(own + w->across, &values);
}

/* Queries i0 to i1 - 1 of the head whose keys and values own holds. */
static void
attend(const struct work *w, float *y, float *level, const float *qkv, int unit,
    int i0, int i1, float *own)
{
    const struct seg_attention *q = w->q;
    const float *k = own, *v = k + w->across;
    float *s = own + w->across + w->along, *part = s + w->block;
    float *top = part + w->part, *sum = top + w->per_query;
    float *fall = sum + w->per_query;
    struct matrix from = third(w, qkv, 0, unit), keys = third(w, qkv, 1, unit);
    struct matrix to = tokens(w, y, w->width, unit);
    int rows = i1 - i0, d = q->d, groups = ceil_div(rows, w->mm->rows);

    for (int i = 0; i < rows; i++) {
        top[i] = -FLT_MAX;
        sum[i] = 0;
    }
    for (int j0 = 0; j0 < q->t; j0 += KEYS)
        for (int g = 0; g < groups; g++) {
            int lo = rows * g / groups, n = rows * (g + 1) / groups - lo;
            int many = min_int(KEYS, q->t - j0);
            const float *a = from.x + (i0 + lo) * from.ld;
            ask_for(a + n * from.ld, from.ld, n, d);
            if (!j0)
                ask_for(to.x + (i0 + lo) * to.ld, to.ld, n, d);
            meet(w, s, a, from.ld, n, k, &keys, j0, many);
            w->kn->soften(
                s, w->ld, n, many, w->scale, top + lo, sum + lo, fall);
            for (int i = lo; j0 && i < lo + n; i++)
                w->runs->scale(part + i * d, part + i * d, fall[i - lo], d);
            gather(w, part + lo * d, d, j0 > 0, s, n, v, j0, many);
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
    int blocks = ceil_div(q->t, w.queries), all = q->n * q->heads * blocks;
    /* In one go, so that few threads lay out the same head. */
    int turn = max_int(1, min_int(blocks, all / (4 * q->threads)));
#pragma omp parallel num_threads(q->threads)
    {
        float *own = (float *)scratch + omp_get_thread_num() * w.room;
        int held = -1;
#pragma omp for schedule(dynamic, turn)
        for (int t = 0; t < all; t++) {
            int unit = t / blocks, b = t % blocks;
            if (held != unit)
                hold(&w, own, qkv, unit);
            held = unit;
            attend(&w, y, level, qkv, unit, (int)((long)q->t * b / blocks),
                (int)((long)q->t * (b + 1) / blocks), own);
        }
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
            int groups = ceil_div(rows, w->mm->rows);
            for (int g = 0; g < groups; g++) {
                int lo = rows * g / groups, m = rows * (g + 1) / groups - lo;
                long at = lo * w->ld, i = i0 + lo;
                meet(w, p + at, queries.x + i * queries.ld, queries.ld, m,
                    k_across, &keys, j0, n);
                w->kn->recall(p + at, w->ld, m, n, w->scale, level + i);
                meet(w, dp + at, dout.x + i * dout.ld, dout.ld, m, v_across,
                    &values, j0, n);
                w->kn->slope(dp + at, p + at, w->ld, m, n, w->scale, dot + i);
                gather(w, (float *)dq.x + i * dq.ld, dq.ld, add || j0, dp + at,
                    m, k_along, j0, n);
            }
            scatter(w, dv, j0, n, p, rows, dy_along, i0);
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
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int u = 0; u < q->n * q->heads; u++)
        return_head(&w, dqkv, dy, y, level, qkv, add, u,
            (float *)scratch + omp_get_thread_num() * w.room);
}
