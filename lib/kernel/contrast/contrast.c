/*
 * The pairwise losses: rows that take part are gathered by (group, class) and
 * cut into blocks; contrast_kernel.h has the mathematics, contrast_meet.c and
 * contrast_class.c the two halves of the work.
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
        .role = {__VA_ARGS__}, .groups = g, .own = o, .self = s,               \
        .background = -1, .ignore = 255, .tau = 0.07f, .scale = 1              \
    }

enum { KEPT_FLOATS = 96 << 20 }; /* of e, so as not to form it twice */
enum { POS = SEG_POS, ALL = SEG_ALL, CON = SEG_POS | SEG_OTHER };

const struct seg_contrast seg_contrast_forms[] = {
    [SEG_PAPER_WITHIN] = FORM(2, 0, 1, {0, ALL}),
    [SEG_PAPER_CROSS] = FORM(3, 0, 1, {0, ALL, POS | SEG_SAME}),
    [SEG_RELEASED_WITHIN] = FORM(1, 1, 1, {CON}),
    [SEG_RELEASED_CROSS] = FORM(2, 1, 1, {CON, POS}, {POS, CON}),
    [SEG_BATCH] = FORM(2, 0, 1, {0, ALL}),
    [SEG_SUPCON] = FORM(1, 0, 0, {ALL}),
    [SEG_NTXENT] = FORM(1, 0, 0, {ALL}),
};

/* Small blocks share work out evenly, large ones spare memory's bandwidth. */
int
seg_contrast_block(const struct seg_contrast *q, int m)
{
    enum { LEAST = 128, MOST = 320, SHARE = 12 };

    if (q->block)
        return q->block;
    return max_int(LEAST, min_int(MOST, whole_panels(m / SHARE)));
}

/* How many of the meetings of so many blocks keep their e, of size floats. */
static size_t
kept_cells(const struct seg_contrast *q, size_t blocks, size_t size)
{
    size_t meetings = blocks * (blocks + 1) / 2, most = (size_t)q->kept;

    if (!q->kept)
        most = KEPT_FLOATS / (size ? size : 1);
    return meetings < most ? meetings : most;
}

/* The one description of the scratch: measures it (base NULL) or lays it out. */
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
    w->across = seg_scratch_take(&a, rows * d, sizeof *w->across);
    w->along = seg_scratch_take(&a, wide, sizeof *w->along);
    w->df = seg_scratch_take(&a, wide, sizeof *w->df);
    w->y = seg_scratch_take(&a, rows, sizeof *w->y);
    w->from = seg_scratch_take(&a, rows, sizeof *w->from);
    w->level = seg_scratch_take(&a, rows, sizeof *w->level);
    w->z = seg_scratch_take(&a, rows, sizeof *w->z);
    w->t = seg_scratch_take(&a, rows, sizeof *w->t);
    w->u = seg_scratch_take(&a, rows, sizeof *w->u);
    w->s = seg_scratch_take(&a, rows, sizeof *w->s);
    w->a = seg_scratch_take(&a, rows, sizeof *w->a);
    w->k = seg_scratch_take(&a, rows, sizeof *w->k);
    w->first = seg_scratch_take(&a, keys, sizeof *w->first);
    w->count = seg_scratch_take(&a, keys, sizeof *w->count);
    w->share = seg_scratch_take(&a, keys, sizeof *w->share);
    w->value = seg_scratch_take(&a, (size_t)w->q->classes, sizeof *w->value);
    w->span = seg_scratch_take(&a, blocks, sizeof *w->span);
    w->turn = seg_scratch_take(&a, blocks, sizeof *w->turn);
    w->cells = kept_cells(w->q, blocks, tile * tile);
    w->kept = seg_scratch_take(&a, w->cells * tile * tile, sizeof(float));
    w->formed = seg_scratch_take(&a, w->cells, 1);
    w->cell = tile * tile;
    w->tile = seg_scratch_take(&a, (size_t)threads, sizeof *w->tile);
    for (int t = 0; t < threads; t++) {
        struct tile own = {
            .e = seg_scratch_take(&a, tile * tile, sizeof(float)),
            .p = seg_scratch_take(&a, tile, sizeof(float)),
            .r = seg_scratch_take(&a, tile, sizeof(float)),
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

/* group and class in one number, -1 for a row that takes no part */
static int
key_of(const struct seg_contrast *q, const int *y, const int *g, int i)
{
    int group = g ? g[i] : 0;

    if (y[i] == q->ignore || y[i] < 0 || y[i] >= q->classes || group < 0 ||
        group >= q->groups)
        return -1;
    return group * q->classes + y[i];
}

/* Places the runs: each group starts at a whole panel. */
static void
place(struct work *w)
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

/* Rows lo to lo + panel - 1 into f, across and along. */
static void
pack(struct work *w, const float *f, int lo)
{
    int panel = w->mm->panel, d = w->d;
    float *own = w->f + (size_t)lo * d;
    struct matrix m = {own, d, panel, d};

    for (int i = 0; i < panel; i++, own += d)
        if (w->y[lo + i] < 0)
            memset(own, 0, (size_t)d * sizeof *own);
        else
            memcpy(own, f + (size_t)w->from[lo + i] * d, d * sizeof *f);
    panel_kernels()->pack_transposed(w->across + (size_t)lo * d, &m);
    for (int c = 0; c < d; c += panel) {
        m.d = min_int(panel, d - c);
        panel_kernels()->pack(w->along + along_at(w, lo, c), &m);
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

/* Counting sort of the rows by key, equal keys in their old order. */
static void
gather(struct work *w, const float *f, const int *y, const int *g,
    const float *level, const int *rows, int m, int threads)
{
    const struct seg_contrast *q = w->q;
    size_t keys = (size_t)q->groups * (size_t)q->classes;

    memset(w->count, 0, keys * sizeof *w->count);
    for (int i = 0, k; i < m; i++)
        if ((k = key_of(q, y, g, rows ? rows[i] : i)) >= 0)
            w->count[k]++;
    place(w);
    memset(w->count, 0, keys * sizeof *w->count);
    memset(w->y, -1, (size_t)w->rows * sizeof *w->y);
    for (int i = 0, k; i < m; i++) {
        int from = rows ? rows[i] : i;

        if ((k = key_of(q, y, g, from)) < 0)
            continue;
        int at = w->first[k] + w->count[k]++;
        w->y[at] = y[from];
        w->from[at] = from;
        w->level[at] = level ? level[from] : 0;
    }
#pragma omp parallel for num_threads(threads)
    for (int i = 0; i < w->rows; i += w->mm->panel)
        pack(w, f, i);
}

/* |P_i| or |D_i| of an anchor of group a, class k */
static long
candidates(const struct work *w, int a, int k, int same, int other)
{
    const struct seg_contrast *q = w->q;
    long n = 0;

    for (int c = 0; c < q->groups; c++) {
        int own = w->count[c * q->classes + k];

        if (q->role[a][c] & same)
            n += own;
        if (q->role[a][c] & other)
            n += w->total[c] - own;
    }
    return n - (!q->self && (q->role[a][a] & same));
}

static int
is_anchor(const struct seg_contrast *q, int a, int k)
{
    int any = 0;

    for (int c = 0; c < q->groups; c++)
        any |= q->role[a][c] & SEG_POS;
    return any && k != q->background;
}

/* share = 1 / (A |P|), or 0 where P or D is empty; returns A */
static long
appoint(struct work *w)
{
    const struct seg_contrast *q = w->q;
    long anchors = 0;

    for (int a = 0, at = 0; a < q->groups; a++)
        for (int k = 0; k < q->classes; k++, at++) {
            long p = candidates(w, a, k, SEG_POS, 0);
            long n = candidates(w, a, k, SEG_SAME, SEG_OTHER);
            int is = w->count[at] && is_anchor(q, a, k);

            anchors += is ? w->count[at] : 0;
            w->share[at] = is && p > 0 && n > 0 ? 1.0 / (double)p : 0;
        }
    w->weight = anchors ? 1.0 / (double)anchors : 0;
    for (int k = 0; k < q->groups * q->classes; k++)
        w->share[k] *= w->weight;
    return anchors;
}

static struct span
new_span(struct work *w, int lo, int n, int g)
{
    struct span s = {lo, n, g, w->y[lo], w->y[lo + n - 1], 0};

    for (int i = lo; i < lo + n; i++) {
        w->k[i] = (float)w->share[g * w->q->classes + w->y[i]];
        s.anchors |= w->k[i] > 0;
    }
    return s;
}

/* Clears the sums and cuts each group into blocks of nearly equal size. */
static void
cut(struct work *w, int m)
{
    int b = seg_contrast_block(w->q, m);

    for (int i = 0; i < w->rows; i++) {
        w->z[i] = w->t[i] = w->u[i] = 0;
        w->s[i] = w->a[i] = w->k[i] = 0;
    }
    memset(w->formed, 0, w->cells);
    w->blocks = 0;
    for (int g = 0; g < w->q->groups; g++) {
        int n = w->total[g], lo = w->first[g * w->q->classes];
        int size = n ? whole_panels((n - 1) / ((n - 1) / b + 1) + 1) : 1;

        for (int at = 0; at < n; at += size)
            w->span[w->blocks++] =
                new_span(w, lo + at, n - at < size ? n - at : size, g);
    }
}

/* a_i = dL/dz_i and the part of L that is not separable */
static double
settle(struct work *w)
{
    double value = 0, shift = 1.0 / w->q->tau;

    for (int i = 0; i < w->rows; i++) {
        if (!(w->k[i] > 0))
            continue;
        double z = fmax(w->z[i], FLT_MIN);
        w->a[i] = (float)(w->q->own ? w->k[i] * w->u[i] : w->weight / z);
        value += w->weight * shift;
        value += w->q->own ? w->k[i] * w->t[i] : w->weight * log(z);
    }
    return value;
}

/* The own form has no second use for the positives, nor weights. */
static int
supported(const struct seg_contrast *q, const float *level)
{
    int same = 0;

    for (int a = 0; a < q->groups; a++)
        for (int c = 0; c < q->groups; c++)
            same |= q->role[a][c] & SEG_SAME;
    return q->groups <= SEG_GROUPS && q->block % MAX_PANEL == 0 && q->tau > 0 &&
           !(q->own && (same || level));
}

double
seg_contrast(float *df, const float *f, const int *y, const int *g,
    const float *level, const int *rows, const struct seg_contrast *q, int m,
    int d, int threads, void *scratch)
{
    struct work w = begin(q, d);
    double value;

    w.level_in = level;
    assert((uintptr_t)scratch % 64 == 0 && supported(q, level));
    layout(&w, scratch, m, threads);
    gather(&w, f, y, g, level, rows, m, threads);
    if (!appoint(&w))
        return 0;
    cut(&w, m);
    seg_contrast_pairs(&w, CONTRAST_SUMS, threads);
    if (q->own) {
        for (int i = 0; i < w.rows; i++)
            w.s[i] = (float)w.z[i];
        seg_contrast_pairs(&w, CONTRAST_LOGS, threads);
    }
    value = settle(&w);
    if (df) {
        clear_gradient(&w, threads);
        seg_contrast_pairs(&w, CONTRAST_GRADIENTS, threads);
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int k = 0; k < q->classes; k++)
        w.value[k] =
            seg_contrast_class(&w, df, w.tile[omp_get_thread_num()].sum, k);
    for (int k = 0; k < q->classes; k++)
        value -= w.value[k] / q->tau;
    return q->scale * value;
}
