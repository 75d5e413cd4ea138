#include <math.h>
#include <string.h>

#include "lib/kernel/norm/normalize.h"
#include "lib/loss/patch.h"
#include "lib/simd/gemm.h"

enum { APART, POSITIVE, NEGATIVE }; /* APART: the pair takes no part */

static int
check(const struct seg_patch_loss *l, struct seg_err *e)
{
    double most = seg_disparity_most(&l->labels);

    if (l->source < 1 || l->source >= l->n)
        return seg_fail(e, SEG_EUSAGE,
            "%d of %d images from the source domain: want 1 to %d", l->source,
            l->n, l->n - 1);
    if (!(l->tau > 0 && isfinite(l->tau)))
        return seg_fail(
            e, SEG_EUSAGE, "temperature %g: want more than 0", l->tau);
    if (!(l->near > 0 && l->near <= l->far && l->far < most))
        return seg_fail(e, SEG_EUSAGE,
            "near %g and far %g: want 0 < near <= far < %g, the largest "
            "disparity",
            l->near, l->far, most);
    if (l->h < l->labels.gy || l->w < l->labels.gx)
        return seg_fail(e, SEG_EDATA,
            "feature maps of %dx%d are too small for %dx%d patches", l->w, l->h,
            l->labels.gx, l->labels.gy);
    return 0;
}

int
seg_patch_loss_plan(
    struct seg_patch_loss *l, struct seg_arena *a, struct seg_err *e)
{
    l->labels.n = l->n;
    l->labels.threads = l->threads;
    if (seg_disparity_plan(&l->labels, a, e) || check(l, e))
        return -1;
    size_t m = (size_t)l->labels.patches, d = (size_t)l->d;
    l->pair = seg_take(a, m, m * sizeof *l->pair, e);
    l->positives = seg_take(a, m, sizeof *l->positives, e);
    l->value = seg_take(a, m, sizeof *l->value, e);
    l->sum = seg_take(a, m, d * sizeof *l->sum, e);
    l->x = seg_take(a, m, d * sizeof *l->x, e);
    l->f = seg_take(a, m, d * sizeof *l->f, e);
    l->norm = seg_take(a, m, sizeof *l->norm, e);
    l->dx = seg_take(a, m, d * sizeof *l->dx, e);
    l->df = seg_take(a, m, d * sizeof *l->df, e);
    l->s = seg_take(a, m, m * sizeof *l->s, e);
    return l->pair && l->positives && l->value && l->sum && l->x && l->f &&
                   l->norm && l->dx && l->df && l->s
               ? 0
               : -1;
}

/* ---- pairs ---- */

static int
is_source(const struct seg_patch_loss *l, int patch)
{
    return patch / (l->labels.gy * l->labels.gx) < l->source;
}

/* Neither comparison holds if d is NaN. */
static unsigned char
compare(const struct seg_patch_loss *l, int i, int j)
{
    double d = seg_disparity(&l->labels, i, j);

    if (d > l->far)
        return NEGATIVE;
    return d < l->near && is_source(l, i) != is_source(l, j) ? POSITIVE : APART;
}

/* Sets the number of positives of patch i. */
static void
count(struct seg_patch_loss *l, int i)
{
    int m = l->labels.patches, n[3] = {0};

    for (int j = 0; j < m; j++)
        n[l->pair[(size_t)i * m + j]]++;
    l->positives[i] = n[NEGATIVE] ? n[POSITIVE] : 0;
}

void
seg_patch_loss_label(struct seg_patch_loss *l, const uint8_t *label)
{
    int m = l->labels.patches;
    size_t rows = (size_t)m;

    l->labels.threads = l->threads;
    seg_disparity_label(&l->labels, label);
#pragma omp parallel for num_threads(l->threads) schedule(dynamic)
    for (int i = 0; i < m; i++)
        for (int j = i; j < m; j++)
            l->pair[i * rows + j] = l->pair[j * rows + i] = compare(l, i, j);
#pragma omp parallel for num_threads(l->threads)
    for (int i = 0; i < m; i++)
        count(l, i);
}

/* ---- features ---- */

/* The feature positions of a patch: rows y to y1, columns x to x1, without y1
   and x1. */
struct area {
    int image, y, y1, x, x1;
};

static struct area
area_of(const struct seg_patch_loss *l, int patch)
{
    long gy = l->labels.gy, gx = l->labels.gx;
    long r = patch / gx % gy, c = patch % gx;

    return (struct area){
        .image = (int)(patch / (gy * gx)),
        .y = (int)(r * l->h / gy),
        .y1 = (int)((r + 1) * l->h / gy),
        .x = (int)(c * l->w / gx),
        .x1 = (int)((c + 1) * l->w / gx),
    };
}

static size_t
feature_at(const struct seg_patch_loss *l, const struct area *a, int y, int x)
{
    return (((size_t)a->image * l->h + y) * l->w + x) * l->d;
}

static double
positions(const struct area *a)
{
    return (double)(a->y1 - a->y) * (a->x1 - a->x);
}

/* Sets l->x of patch i: the mean of its features. */
static void
pool(struct seg_patch_loss *l, const float *x, int i)
{
    struct area a = area_of(l, i);
    double *sum = l->sum + (size_t)i * l->d;

    memset(sum, 0, (size_t)l->d * sizeof *sum);
    for (int y = a.y; y < a.y1; y++)
        for (int at = a.x; at < a.x1; at++) {
            const float *row = x + feature_at(l, &a, y, at);

            for (int c = 0; c < l->d; c++)
                sum[c] += (double)row[c];
        }
    for (int c = 0; c < l->d; c++)
        l->x[(size_t)i * l->d + c] = (float)(sum[c] / positions(&a));
}

/* Writes the gradient of the mean of patch i to all its positions. */
static void
unpool(const struct seg_patch_loss *l, float *dx, int i)
{
    struct area a = area_of(l, i);
    float share = (float)(1 / positions(&a));

    for (int y = a.y; y < a.y1; y++)
        for (int at = a.x; at < a.x1; at++) {
            float *row = dx + feature_at(l, &a, y, at);

            for (int c = 0; c < l->d; c++)
                row[c] = share * l->dx[(size_t)i * l->d + c];
        }
}

/* ---- loss ---- */

/*
 * Sets l_i, and turns row i of the similarities s into the derivatives of the
 * loss by them, which are
 *   ( e^(s_ij/tau) / sum_k e^(s_ik/tau) - [j in P_i] / |P_i| ) / (tau A)
 * for j in P_i u N_i, A the number of anchors, and 0 for other j.
 */
static void
anchor(struct seg_patch_loss *l, int i, double anchors)
{
    int m = l->labels.patches, positives = l->positives[i];
    const unsigned char *pair = l->pair + (size_t)i * m;
    float *s = l->s + (size_t)i * m;
    double most = -INFINITY, all = 0, near = 0;

    l->value[i] = 0;
    for (int j = 0; j < m && positives; j++)
        if (pair[j] != APART)
            most = fmax(most, (double)s[j]);
    for (int j = 0; j < m && positives; j++) {
        all += pair[j] != APART ? exp(((double)s[j] - most) / l->tau) : 0;
        near += pair[j] == POSITIVE ? (double)s[j] - most : 0;
    }
    if (positives)
        l->value[i] = log(all) - near / l->tau / positives;
    for (int j = 0; j < m; j++) {
        double share = 0;

        if (positives && pair[j] != APART)
            share = exp(((double)s[j] - most) / l->tau) / all;
        if (positives && pair[j] == POSITIVE)
            share -= 1.0 / positives;
        s[j] = (float)(share / (l->tau * anchors));
    }
}

/* The gradient of the embeddings, then of the features: a similarity depends on
   both of its patches. */
static void
backward(struct seg_patch_loss *l, float *dx)
{
    int m = l->labels.patches, d = l->d;

    seg_gemm(l->df, l->s, l->f, SEG_NN, 0, m, d, m, d, m, d, l->threads);
    seg_gemm(l->df, l->s, l->f, SEG_TN, 1, m, d, m, d, m, d, l->threads);
    seg_normalize_backward(l->dx, l->df, l->f, l->norm, 0, m, d, l->threads);
#pragma omp parallel for num_threads(l->threads)
    for (int i = 0; i < m; i++)
        unpool(l, dx, i);
}

/* Sets alignment and uniformity; reads the similarities. */
static void
measure(const struct seg_patch_loss *l, struct seg_contrast_report *r)
{
    int m = l->labels.patches;
    double near = 0, spread = 0, pairs = 0, positive = 0;

    for (int i = 0; i < m; i++)
        for (int j = 0; j < i; j++) {
            size_t at = (size_t)i * m + j;
            double gap = 2 - 2 * (double)l->s[at];

            if (!l->labels.valid[i] || !l->labels.valid[j])
                continue;
            if (l->pair[at] == POSITIVE) {
                near += gap;
                positive++;
            }
            spread += exp(-2 * gap);
            pairs++;
        }
    r->alignment = positive > 0 ? near / positive : 0;
    r->uniformity = pairs > 0 ? log(spread / pairs) : 0;
}

double
seg_patch_loss(struct seg_patch_loss *l, float *dx, const float *x,
    struct seg_contrast_report *report)
{
    int m = l->labels.patches, d = l->d;
    double anchors = 0, positives = 0, value = 0;

    for (int i = 0; i < m; i++) {
        anchors += l->positives[i] > 0;
        positives += l->positives[i];
    }
#pragma omp parallel for num_threads(l->threads)
    for (int i = 0; i < m; i++)
        pool(l, x, i);
    seg_normalize_forward(l->f, l->norm, l->x, m, d, l->threads);
    seg_gemm(l->s, l->f, l->f, SEG_NT, 0, m, m, d, m, d, d, l->threads);
    if (report) {
        *report = (struct seg_contrast_report){.anchors = anchors,
            .positives = anchors > 0 ? positives / anchors : 0};
        measure(l, report);
    }
    if (anchors == 0) {
        if (dx)
            memset(dx, 0, (size_t)l->n * l->h * l->w * d * sizeof *dx);
        return 0;
    }
#pragma omp parallel for num_threads(l->threads)
    for (int i = 0; i < m; i++)
        anchor(l, i, anchors);
    for (int i = 0; i < m; i++)
        value += l->value[i];
    if (dx)
        backward(l, dx);
    return value / anchors;
}
