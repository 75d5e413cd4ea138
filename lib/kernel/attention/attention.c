/*
 * A forward task is a block of queries.  A backward task is one head: it loops
 * over blocks of keys and, inside, over blocks of queries.  With
 * delta_i = dy_i . y_i:
 *
 *   dv_j += sum_i p_ij dy_i,    ds_ij = p_ij (dy_i . v_j - delta_i) / sqrt d
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

/*
 * Block sizes, in tokens.  56 queries are 4 full micro-kernel calls of 14 rows
 * with AVX-512; backward takes twice as many, to update the sums of a block of
 * keys less often.  512 keys keep a block of scores in the second-level cache.
 * At most SINGLE_KEYS keys after the last full panel are computed by dot
 * products instead of padding a panel: for example, a class token adds one key
 * to a power of two.
 */
enum { QUERIES = 56, QUERIES_BACKWARD = 112, KEYS = 512, SINGLE_KEYS = 2 };

struct work {
    const struct seg_attention *q;
    const struct brgemm_kernels *mm;
    const struct attention_kernels *kn;
    const struct panel_kernels *panels;
    const struct row_kernels *row;
    int queries; /* of a block */
    long ld;     /* floats from one row of scores to the next */
    int width;   /* channels of a token: heads d */
    float scale; /* 1 / sqrt d */
    /* floats of scratch */
    size_t packed, packed_transposed; /* the t tokens of one head */
    size_t per_token;                 /* one float for each token */
    size_t block;                     /* a block of scores */
    size_t output;                    /* a block of unnormalized outputs */
    size_t per_query;                 /* one float for each query of a block */
    size_t per_thread;                /* all of the above that a thread needs */
};

static void
start(struct work *w, const struct seg_attention *q, int backward)
{
    const struct brgemm_kernels *mm = brgemm_kernels();

    *w = (struct work){.q = q,
        .mm = mm,
        .kn = SEG_CPU_PICK(seg_attention_kernels),
        .panels = panel_kernels(),
        .row = row_kernels(),
        .queries = backward ? QUERIES_BACKWARD : QUERIES,
        .width = q->heads * q->d,
        .scale = 1 / sqrtf((float)q->d)};
    size_t channels = (size_t)round_up(q->d, MAX_PANEL);
    size_t queries = (size_t)w->queries;
    w->per_token = (size_t)round_up(q->t, MAX_PANEL);
    w->packed_transposed = w->per_token * round_floats((size_t)q->d);
    w->packed = w->per_token * channels;
    /* One cache line more than whole panels: rows at a power of two would
       compete for a few sets of the cache. */
    w->ld = round_up(min_int(q->t, KEYS), MAX_PANEL) + CACHE_LINE_FLOATS;
    w->block = (size_t)(backward ? w->queries : mm->rows) * (size_t)w->ld;
    w->per_query = round_floats(queries);
    w->output = queries * channels;
    w->per_thread = backward ? 2 * w->packed_transposed + 5 * w->packed +
                                   2 * w->block + w->per_token
                             : w->packed_transposed + w->packed + w->block +
                                   w->output + 3 * w->per_query;
}

size_t
seg_attention_scratch(const struct seg_attention *q, int backward)
{
    struct work w;

    start(&w, q, backward);
    return w.per_thread * (size_t)q->threads * sizeof(float);
}

/* The tokens of one image and head, of a feature map with ld floats a token.
   unit = image * heads + head. */
static struct matrix
head_tokens(const struct work *w, const float *x, long ld, int unit)
{
    int n = unit / w->q->heads, head = unit % w->q->heads;

    return (struct matrix){
        x + (long)n * w->q->t * ld + head * w->q->d, ld, w->q->t, w->q->d};
}

/* The same of qkv or its gradient. */
enum { Q, K, V };

static struct matrix
qkv_tokens(const struct work *w, const float *qkv, int part, int unit)
{
    return head_tokens(w, qkv + part * w->width, 3L * w->width, unit);
}

/*
 * s[i][j] = a_i . b_j for rows of a, at most one micro-kernel call, and n rows
 * of b from j0 on.  b is given twice: packed (pack_transposed) and as it is.
 */
static void
scores(const struct work *w, float *s, const float *a, long lda, int rows,
    const float *packed_b, const struct matrix *b, int j0, int n)
{
    int panel = w->mm->panel, d = b->d, last = n % panel;
    int single = last <= SINGLE_KEYS ? last : 0;
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .cols = panel,
        .depth = d,
        .a = a,
        .lda = lda,
        .ldc = w->ld};

    for (int j = 0; j < n - single; j += panel) {
        r.b = packed_b + (long)(j0 + j) * d;
        r.c = s + j;
        r.next_a = r.b;
        r.next_c = r.c;
        w->mm->brgemm[rows](&r);
    }
    for (int j = n - single; j < n; j++)
        for (int i = 0; i < rows; i++)
            s[i * w->ld + j] =
                w->row->dot(a + i * lda, b->x + (j0 + j) * b->ld, d);
}

/* y_i (+)= sum_j s[i][j] b_j for n rows of b (packed) from j0 on; rows: at most
   one micro-kernel call. */
static void
accumulate_rows(const struct work *w, float *y, long ldy, int add,
    const float *s, int rows, const float *b, int j0, int n)
{
    int panel = w->mm->panel, d = w->q->d;
    struct brgemm r = {.terms = &seg_brgemm_plain,
        .nterms = 1,
        .depth = n,
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

/* y_j += sum_i s[i][j] b_i for n rows of y from j0 on and rows of b from i0 on;
   y and b are packed. */
static void
accumulate_columns(const struct work *w, float *y, int j0, int n,
    const float *s, int rows, const float *b, int i0)
{
    int panel = w->mm->panel, groups = ceil_div(n, w->mm->rows);

    for (int c = 0; c < w->q->d; c += panel)
        for (int t = 0; t < groups; t++) {
            int lo = (int)((long)n * t / groups);
            int hi = (int)((long)n * (t + 1) / groups);
            long column = (long)c * w->q->t;
            struct rank_k o = {.ny = 1,
                .nx = rows,
                .a = s + lo,
                .xa = w->ld,
                .b = b + column + (long)i0 * panel,
                .xb = panel,
                .c = y + column + (long)(j0 + lo) * panel,
                .add = 1};
            w->mm->rank_k[hi - lo](&o);
        }
}

/* ---- forward ---- */

static void
prefetch_rows(const float *x, long ld, int rows, int d)
{
    for (int i = 0; i < rows; i++)
        for (int c = 0; c < d; c += CACHE_LINE_FLOATS)
            __builtin_prefetch(x + i * ld + c);
}

/* Packs the keys and values of a head to the start of the thread's scratch. */
static void
pack_keys_values(
    const struct work *w, float *scratch, const float *qkv, int unit)
{
    struct matrix keys = qkv_tokens(w, qkv, K, unit);
    struct matrix values = qkv_tokens(w, qkv, V, unit);

    w->panels->pack_transposed(scratch, &keys);
    w->panels->pack(scratch + w->packed_transposed, &values);
}

/* Queries i0 to i1 - 1 of one head; scratch begins with its packed keys and
   values. */
static void
forward_block(const struct work *w, float *y, float *lse, const float *qkv,
    int unit, int i0, int i1, float *scratch)
{
    const struct seg_attention *q = w->q;
    const float *k = scratch, *v = k + w->packed_transposed;
    float *s = scratch + w->packed_transposed + w->packed;
    float *output = s + w->block, *max = output + w->output;
    float *sum = max + w->per_query, *rescale = sum + w->per_query;
    struct matrix from = qkv_tokens(w, qkv, Q, unit);
    struct matrix keys = qkv_tokens(w, qkv, K, unit);
    struct matrix to = head_tokens(w, y, w->width, unit);
    int rows = i1 - i0, d = q->d, groups = ceil_div(rows, w->mm->rows);

    for (int i = 0; i < rows; i++) {
        max[i] = -FLT_MAX;
        sum[i] = 0;
    }
    for (int j0 = 0; j0 < q->t; j0 += KEYS)
        for (int g = 0; g < groups; g++) {
            int lo = rows * g / groups, n = rows * (g + 1) / groups - lo;
            int nkeys = min_int(KEYS, q->t - j0);
            const float *a = from.x + (i0 + lo) * from.ld;
            prefetch_rows(a + n * from.ld, from.ld, n, d);
            if (!j0)
                prefetch_rows(to.x + (i0 + lo) * to.ld, to.ld, n, d);
            scores(w, s, a, from.ld, n, k, &keys, j0, nkeys);
            w->kn->softmax_update(
                s, w->ld, n, nkeys, w->scale, max + lo, sum + lo, rescale);
            for (int i = lo; j0 && i < lo + n; i++)
                w->row->scale(
                    output + i * d, output + i * d, rescale[i - lo], d);
            accumulate_rows(w, output + lo * d, d, j0 > 0, s, n, v, j0, nkeys);
        }
    for (int i = 0; i < rows; i++) {
        w->row->scale(
            (float *)to.x + (i0 + i) * to.ld, output + i * d, 1 / sum[i], d);
        lse[(long)unit * q->t + i0 + i] = max[i] * w->scale + logf(sum[i]);
    }
}

void
seg_attention_forward(float *y, float *lse, const float *qkv,
    const struct seg_attention *q, void *scratch)
{
    struct work w;

    start(&w, q, 0);
    int blocks = ceil_div(q->t, w.queries), all = q->n * q->heads * blocks;
    /* Consecutive blocks for one thread, so that few threads pack the same
       head. */
    int chunk = max_int(1, min_int(blocks, all / (4 * q->threads)));
#pragma omp parallel num_threads(q->threads)
    {
        float *own = (float *)scratch + omp_get_thread_num() * w.per_thread;
        int packed = -1;
#pragma omp for schedule(dynamic, chunk)
        for (int t = 0; t < all; t++) {
            int unit = t / blocks, b = t % blocks;
            if (packed != unit)
                pack_keys_values(&w, own, qkv, unit);
            packed = unit;
            forward_block(&w, y, lse, qkv, unit, (int)((long)q->t * b / blocks),
                (int)((long)q->t * (b + 1) / blocks), own);
        }
    }
}

/* ---- backward ---- */

/* Stores a packed gradient of keys or values in its columns of dqkv. */
static void
store_gradient(
    const struct work *w, const struct matrix *to, const float *from, int add)
{
    int panel = w->mm->panel, d = w->q->d;

    for (int c = 0; c < d; c += panel)
        for (int i = 0; i < w->q->t; i++, from += panel) {
            float *x = (float *)to->x + i * to->ld + c;
            int n = min_int(panel, d - c);
            if (add)
                w->row->sum(x, x, from, n);
            else
                memcpy(x, from, (size_t)n * sizeof *x);
        }
}

/* One head's inputs, and its blocks of a thread's scratch. */
struct head {
    struct matrix q, k, v, y, dy, dq, dk, dv;
    float *k_transposed, *v_transposed, *q_packed, *k_packed, *dy_packed;
    float *dk_packed, *dv_packed;
    float *p, *dp; /* blocks of scores and their gradients */
    float *delta;  /* t: dy . y */
};

static struct head
head_layout(const struct work *w, float *scratch)
{
    struct head h = {.k_transposed = scratch};
    h.v_transposed = h.k_transposed + w->packed_transposed;
    h.q_packed = h.v_transposed + w->packed_transposed;
    h.k_packed = h.q_packed + w->packed;
    h.dy_packed = h.k_packed + w->packed;
    h.dk_packed = h.dy_packed + w->packed;
    h.dv_packed = h.dk_packed + w->packed;
    h.p = h.dv_packed + w->packed;
    h.dp = h.p + w->block;
    h.delta = h.dp + w->block;
    return h;
}

static void
pack_head(const struct work *w, struct head *h)
{
    w->panels->pack_transposed(h->k_transposed, &h->k);
    w->panels->pack_transposed(h->v_transposed, &h->v);
    w->panels->pack(h->q_packed, &h->q);
    w->panels->pack(h->k_packed, &h->k);
    w->panels->pack(h->dy_packed, &h->dy);
    memset(h->dk_packed, 0, w->packed * sizeof(float));
    memset(h->dv_packed, 0, w->packed * sizeof(float));
    for (int i = 0; i < w->q->t; i++)
        h->delta[i] =
            w->row->dot(h->dy.x + i * h->dy.ld, h->y.x + i * h->y.ld, w->q->d);
}

/* Queries from i0 on against n keys from j0 on. */
static void
backward_block(const struct work *w, const struct head *h, const float *lse,
    int add, int i0, int j0, int n)
{
    int rows = min_int(w->queries, w->q->t - i0);
    int groups = ceil_div(rows, w->mm->rows);

    for (int g = 0; g < groups; g++) {
        int lo = rows * g / groups, m = rows * (g + 1) / groups - lo;
        long at = lo * w->ld, i = i0 + lo;
        float *p = h->p + at, *dp = h->dp + at;
        scores(w, p, h->q.x + i * h->q.ld, h->q.ld, m, h->k_transposed, &h->k,
            j0, n);
        w->kn->recompute(p, w->ld, m, n, w->scale, lse + i);
        scores(w, dp, h->dy.x + i * h->dy.ld, h->dy.ld, m, h->v_transposed,
            &h->v, j0, n);
        w->kn->score_gradient(dp, p, w->ld, m, n, w->scale, h->delta + i);
        accumulate_rows(w, (float *)h->dq.x + i * h->dq.ld, h->dq.ld, add || j0,
            dp, m, h->k_packed, j0, n);
    }
    accumulate_columns(w, h->dv_packed, j0, n, h->p, rows, h->dy_packed, i0);
    accumulate_columns(w, h->dk_packed, j0, n, h->dp, rows, h->q_packed, i0);
}

static void
backward_head(const struct work *w, float *dqkv, const float *dy,
    const float *y, const float *lse, const float *qkv, int add, int unit,
    float *scratch)
{
    const int t = w->q->t;
    struct head h = head_layout(w, scratch);

    h.q = qkv_tokens(w, qkv, Q, unit);
    h.k = qkv_tokens(w, qkv, K, unit);
    h.v = qkv_tokens(w, qkv, V, unit);
    h.y = head_tokens(w, y, w->width, unit);
    h.dy = head_tokens(w, dy, w->width, unit);
    h.dq = qkv_tokens(w, dqkv, Q, unit);
    h.dk = qkv_tokens(w, dqkv, K, unit);
    h.dv = qkv_tokens(w, dqkv, V, unit);
    pack_head(w, &h);
    for (int j0 = 0; j0 < t; j0 += KEYS)
        for (int i0 = 0; i0 < t; i0 += w->queries)
            backward_block(w, &h, lse + (long)unit * t, add, i0, j0,
                min_int(KEYS, t - j0));
    store_gradient(w, &h.dk, h.dk_packed, add);
    store_gradient(w, &h.dv, h.dv_packed, add);
}

void
seg_attention_backward(float *dqkv, const float *dy, const float *y,
    const float *lse, const float *qkv, int add, const struct seg_attention *q,
    void *scratch)
{
    struct work w;

    start(&w, q, 1);
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int u = 0; u < q->n * q->heads; u++)
        backward_head(&w, dqkv, dy, y, lse, qkv, add, u,
            (float *)scratch + omp_get_thread_num() * w.per_thread);
}
