/*
 * Gathers the rows that take part, sorted by group and class, divides them into
 * blocks and adds up the loss.  The formulas are in contrast_kernel.h;
 * contrast_pairs.c computes the terms that need pairs, contrast_class.c those
 * that need class sums.
 */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/scratch.h"
#include "lib/kernel/contrast/contrast_kernel.h"
#include "lib/simd/panel.h"

#define FORM(g, o, s, ...)                                                     \
    {                                                                          \
        .relation = {__VA_ARGS__}, .groups = g, .per_positive = o, .self = s,  \
        .background = -1, .ignore = 255, .tau = 0.07f, .scale = 1              \
    }

enum { CACHE_FLOATS = 96 << 20 }; /* 384 MiB of similarities */
enum {
    POS = SEG_POSITIVE,
    ALL = SEG_ALL,
    POS_NEG = SEG_POSITIVE | SEG_DENOM_OTHER
};

const struct seg_contrast seg_contrast_forms[] = {
    [SEG_PAPER_WITHIN] = FORM(2, 0, 1, {0, ALL}),
    [SEG_PAPER_CROSS] = FORM(3, 0, 1, {0, ALL, POS | SEG_DENOM_SAME}),
    [SEG_RELEASED_WITHIN] = FORM(1, 1, 1, {POS_NEG}),
    [SEG_RELEASED_CROSS] = FORM(2, 1, 1, {POS_NEG, POS}, {POS, POS_NEG}),
    [SEG_BATCH] = FORM(2, 0, 1, {0, ALL}),
    [SEG_SUPCON] = FORM(1, 0, 0, {ALL}),
    [SEG_NTXENT] = FORM(1, 0, 0, {ALL}),
};

/*
 * At least 12 blocks, so that threads get equal work, of 128 to 320 rows: large
 * blocks need less memory bandwidth, and larger ones gain nothing.
 */
int
seg_contrast_block(const struct seg_contrast *q, int m)
{
    enum { MIN_ROWS = 128, MAX_ROWS = 320, BLOCKS = 12 };

    if (q->block)
        return q->block;
    return max_int(MIN_ROWS, min_int(MAX_ROWS, whole_panels(m / BLOCKS)));
}

/* Number of block pairs whose similarities, size floats each, are cached from
   one pass to the next. */
static size_t
cached_tiles(const struct seg_contrast *q, size_t blocks, size_t size)
{
    size_t pairs = blocks * (blocks + 1) / 2, most = (size_t)q->cache_tiles;

    if (!q->cache_tiles)
        most = CACHE_FLOATS / (size ? size : 1);
    return pairs < most ? pairs : most;
}

/* Lays out the scratch, or measures it if base is NULL. */
static size_t
layout(struct work *w, void *base, int m, int threads)
{
    struct seg_scratch a = {base, 0};
    int g = w->q->groups, b = seg_contrast_block(w->q, m);
    size_t tile = (size_t)min_int(b, whole_panels(m));
    size_t rows = (size_t)m + (size_t)g * MAX_PANEL, d = (size_t)w->d;
    size_t wide = rows * w->panels * w->mm->panel;
    size_t blocks = (size_t)(m / b + g);
    size_t keys = (size_t)g * (size_t)w->q->classes;

    w->f = seg_scratch_take(&a, rows * d, sizeof *w->f);
    w->f_transposed = seg_scratch_take(&a, rows * d, sizeof *w->f_transposed);
    w->f_packed = seg_scratch_take(&a, wide, sizeof *w->f_packed);
    w->df = seg_scratch_take(&a, wide, sizeof *w->df);
    w->y = seg_scratch_take(&a, rows, sizeof *w->y);
    w->source = seg_scratch_take(&a, rows, sizeof *w->source);
    w->intensity = seg_scratch_take(&a, rows, sizeof *w->intensity);
    w->z = seg_scratch_take(&a, rows, sizeof *w->z);
    w->t = seg_scratch_take(&a, rows, sizeof *w->t);
    w->u = seg_scratch_take(&a, rows, sizeof *w->u);
    w->z_float = seg_scratch_take(&a, rows, sizeof *w->z_float);
    w->a = seg_scratch_take(&a, rows, sizeof *w->a);
    w->k = seg_scratch_take(&a, rows, sizeof *w->k);
    w->first = seg_scratch_take(&a, keys, sizeof *w->first);
    w->count = seg_scratch_take(&a, keys, sizeof *w->count);
    w->class_weight = seg_scratch_take(&a, keys, sizeof *w->class_weight);
    w->class_value =
        seg_scratch_take(&a, (size_t)w->q->classes, sizeof *w->class_value);
    w->block = seg_scratch_take(&a, blocks, sizeof *w->block);
    w->rounds = seg_scratch_take(&a, blocks, sizeof *w->rounds);
    w->cache_tiles = cached_tiles(w->q, blocks, tile * tile);
    w->cache =
        seg_scratch_take(&a, w->cache_tiles * tile * tile, sizeof(float));
    w->cached = seg_scratch_take(&a, w->cache_tiles, 1);
    w->tile_floats = tile * tile;
    w->tile = seg_scratch_take(&a, (size_t)threads, sizeof *w->tile);
    for (int t = 0; t < threads; t++) {
        struct tile own = {
            .e = seg_scratch_take(&a, tile * tile, sizeof(float)),
            .column = seg_scratch_take(&a, tile, sizeof(float)),
            .column_inverse = seg_scratch_take(&a, tile, sizeof(float)),
            .sum = seg_scratch_take(&a, (size_t)(g + 1) * d, sizeof(double)),
        };
        if (base)
            w->tile[t] = own;
    }
    return a.used;
}

static struct work
begin(const struct seg_contrast *q, int d)
{
    struct work w = {.kn = SEG_CPU_PICK(seg_contrast_kernels),
        .mm = brgemm_kernels(),
        .q = q,
        .d = d};

    w.panels = ceil_div(d, w.mm->panel);
    return w;
}

size_t
seg_contrast_scratch(const struct seg_contrast *q, int m, int d, int threads)
{
    struct work w = begin(q, d);

    return layout(&w, NULL, m, threads);
}

/* Group and class in one number, or -1 if the row takes no part. */
static int
key_of(const struct seg_contrast *q, const int *y, const int *g, int i)
{
    int group = g ? g[i] : 0;

    if (y[i] == q->ignore || y[i] < 0 || y[i] >= q->classes || group < 0 ||
        group >= q->groups)
        return -1;
    return group * q->classes + y[i];
}

/* Sets the first row of each class; each group starts at a whole panel. */
static void
set_runs(struct work *w)
{
    int classes = w->q->classes, at = 0;

    for (int g = 0; g < w->q->groups; g++) {
        int lo = at = whole_panels(at);

        for (int k = g * classes; k < (g + 1) * classes; k++) {
            w->first[k] = at;
            at += w->count[k];
        }
        w->total[g] = at - lo;
    }
    w->rows = whole_panels(at);
}

/* Copies rows lo to lo + panel - 1 to f, f_transposed and f_packed. */
static void
pack_rows(struct work *w, const float *f, int lo)
{
    int panel = w->mm->panel, d = w->d;
    float *own = w->f + (size_t)lo * d;
    struct matrix m = {own, d, panel, d};

    for (int i = 0; i < panel; i++, own += d)
        if (w->y[lo + i] < 0)
            memset(own, 0, (size_t)d * sizeof *own);
        else
            memcpy(own, f + (size_t)w->source[lo + i] * d, d * sizeof *f);
    panel_kernels()->pack_transposed(w->f_transposed + (size_t)lo * d, &m);
    for (int c = 0; c < d; c += panel) {
        m.d = min_int(panel, d - c);
        panel_kernels()->pack(w->f_packed + packed_at(w, lo, c), &m);
        m.x += panel;
    }
}

static void
clear_gradient(struct work *w, int threads)
{
    size_t floats = (size_t)w->rows * w->mm->panel;

#pragma omp parallel for num_threads(threads)
    for (int p = 0; p < w->panels; p++)
        memset(w->df + p * floats, 0, floats * sizeof *w->df);
}

/* Counting sort of the rows by key; equal keys keep their order. */
static void
gather_rows(struct work *w, const float *f, const int *y, const int *g,
    const float *intensity, const int *rows, int m, int threads)
{
    const struct seg_contrast *q = w->q;
    size_t keys = (size_t)q->groups * (size_t)q->classes;

    memset(w->count, 0, keys * sizeof *w->count);
    for (int i = 0, k; i < m; i++)
        if ((k = key_of(q, y, g, rows ? rows[i] : i)) >= 0)
            w->count[k]++;
    set_runs(w);
    memset(w->count, 0, keys * sizeof *w->count);
    memset(w->y, -1, (size_t)w->rows * sizeof *w->y);
    for (int i = 0, k; i < m; i++) {
        int from = rows ? rows[i] : i;

        if ((k = key_of(q, y, g, from)) < 0)
            continue;
        int at = w->first[k] + w->count[k]++;
        w->y[at] = y[from];
        w->source[at] = from;
        w->intensity[at] = intensity ? intensity[from] : 0;
    }
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < w->rows; i += w->mm->panel)
        pack_rows(w, f, i);
}

/* Number of candidates of an anchor of group a and class k whose relation has
   the bit `same` (same class) or `other` (another class): |P_i| or |D_i|. */
static long
candidates(const struct work *w, int a, int k, int same, int other)
{
    const struct seg_contrast *q = w->q;
    long n = 0;

    for (int c = 0; c < q->groups; c++) {
        int own = w->count[c * q->classes + k];

        if (q->relation[a][c] & same)
            n += own;
        if (q->relation[a][c] & other)
            n += w->total[c] - own;
    }
    return n - (!q->self && (q->relation[a][a] & same));
}

static int
is_anchor(const struct seg_contrast *q, int a, int k)
{
    int any = 0;

    for (int c = 0; c < q->groups; c++)
        any |= q->relation[a][c] & SEG_POSITIVE;
    return any && k != q->background;
}

/* Sets class_weight = 1 / (A |P|), or 0 if P or D is empty; returns A. */
static long
set_anchor_weights(struct work *w)
{
    const struct seg_contrast *q = w->q;
    long anchors = 0;

    for (int a = 0, at = 0; a < q->groups; a++)
        for (int k = 0; k < q->classes; k++, at++) {
            long p = candidates(w, a, k, SEG_POSITIVE, 0);
            long n = candidates(w, a, k, SEG_DENOM_SAME, SEG_DENOM_OTHER);
            int is = w->count[at] && is_anchor(q, a, k);
            int paired = is && p > 0 && n > 0;

            anchors += (q->only_paired ? paired : is) ? w->count[at] : 0;
            w->class_weight[at] = paired ? 1.0 / (double)p : 0;
        }
    w->inverse_anchors = anchors ? 1.0 / (double)anchors : 0;
    for (int k = 0; k < q->groups * q->classes; k++)
        w->class_weight[k] *= w->inverse_anchors;
    return anchors;
}

static struct block
new_block(struct work *w, int lo, int n, int g)
{
    struct block s = {lo, n, g, w->y[lo], w->y[lo + n - 1], 0};

    for (int i = lo; i < lo + n; i++) {
        w->k[i] = (float)w->class_weight[g * w->q->classes + w->y[i]];
        s.has_anchors |= w->k[i] > 0;
    }
    return s;
}

/* Clears the sums and divides each group into blocks of nearly equal size. */
static void
make_blocks(struct work *w, int m)
{
    int b = seg_contrast_block(w->q, m);

    for (int i = 0; i < w->rows; i++) {
        w->z[i] = w->t[i] = w->u[i] = 0;
        w->z_float[i] = w->a[i] = w->k[i] = 0;
    }
    memset(w->cached, 0, w->cache_tiles);
    w->nblocks = 0;
    for (int g = 0; g < w->q->groups; g++) {
        int n = w->total[g], lo = w->first[g * w->q->classes];
        int size = n ? whole_panels((n - 1) / ((n - 1) / b + 1) + 1) : 1;

        for (int at = 0; at < n; at += size)
            w->block[w->nblocks++] =
                new_block(w, lo + at, n - at < size ? n - at : size, g);
    }
}

/* Sets a_i = dL/dz_i; returns the part of L that depends on denominators. */
static double
reduce_loss(struct work *w)
{
    double value = 0, shift = 1.0 / w->q->tau;

    for (int i = 0; i < w->rows; i++) {
        if (!(w->k[i] > 0))
            continue;
        double z = fmax(w->z[i], FLT_MIN);
        double share = w->q->logs_only ? w->k[i] : w->inverse_anchors;
        w->a[i] = (float)(w->q->per_positive ? w->k[i] * w->u[i] : share / z);
        value += share * shift;
        value += w->q->per_positive ? w->k[i] * w->t[i] : share * log(z);
    }
    return value;
}

/* Per-positive denominators allow neither same-class negatives nor intensity
   weights nor logs_only. */
static int
supported(const struct seg_contrast *q, const float *intensity)
{
    int same = 0;

    for (int a = 0; a < q->groups; a++)
        for (int c = 0; c < q->groups; c++)
            same |= q->relation[a][c] & SEG_DENOM_SAME;
    return q->groups <= SEG_GROUPS && q->block % MAX_PANEL == 0 && q->tau > 0 &&
           !(q->per_positive && (same || intensity || q->logs_only));
}

double
seg_contrast(float *df, const float *f, const int *y, const int *g,
    const float *intensity, const int *rows, const struct seg_contrast *q,
    int m, int d, int threads, void *scratch)
{
    struct work w = begin(q, d);
    double value;

    w.weighted = intensity;
    assert((uintptr_t)scratch % 64 == 0 && supported(q, intensity));
    layout(&w, scratch, m, threads);
    gather_rows(&w, f, y, g, intensity, rows, m, threads);
    if (!set_anchor_weights(&w))
        return 0;
    make_blocks(&w, m);
    seg_contrast_pairs(&w, CONTRAST_DENOMINATORS, threads);
    if (q->per_positive) {
        for (int i = 0; i < w.rows; i++)
            w.z_float[i] = (float)w.z[i];
        seg_contrast_pairs(&w, CONTRAST_LOGS, threads);
    }
    value = reduce_loss(&w);
    if (q->logs_only)
        memset(w.class_weight, 0,
            (size_t)q->groups * q->classes * sizeof *w.class_weight);
    if (df) {
        clear_gradient(&w, threads);
        seg_contrast_pairs(&w, CONTRAST_GRADIENTS, threads);
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int k = 0; k < q->classes; k++)
        w.class_value[k] =
            seg_contrast_class(&w, df, w.tile[omp_get_thread_num()].sum, k);
    for (int k = 0; k < q->classes; k++)
        value -= w.class_value[k] / q->tau;
    return q->scale * value;
}
