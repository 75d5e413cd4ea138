/*
 * Online hard example mining: cross-entropy of the hardest pixels only.
 *
 * Of n valid pixels, k = max(1, floor(keep n), #{q: p[q,y_q] < threshold}) with
 * the largest cross-entropy are kept.  If several pixels have the loss of the
 * last one kept, each counts with the same fraction, so the value is that of
 * any choice among them and does not depend on their order.
 */
#include <math.h>
#include <string.h>

#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

enum { KEEP, THRESHOLD };

static const struct seg_loss_setting settings[] = {
    [KEEP] = {"keep", 0.25, 0, 1, 0},
    [THRESHOLD] = {"threshold", 0, 0, 1, 0},
    {NULL, 0, 0, 0, 0},
};

enum { BINS = 1 << 16 };

/* Workspace: -log p[y] of every pixel, a histogram, partial sums of strips. */
struct work {
    double *value, *weight;
    uint32_t *bin;
    float *nll;
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->weight = seg_scratch_take(&m, n, sizeof *k->weight);
    k->bin = seg_scratch_take(&m, BINS, sizeof *k->bin);
    k->nll = seg_scratch_take(&m, seg_loss_pixels(b), sizeof *k->nll);
    return m.used;
}

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    (void)t;
    return layout(&k, b, NULL);
}

/* The order of floats that are not negative is that of their bits. */
static uint32_t
bits(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof u);
    return u;
}

static float
float_of(uint32_t u)
{
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

/* The bin of the *rank-th largest of all counted; *rank becomes its rank within
   the bin. */
static uint32_t
find_bin(const uint32_t *bin, size_t *rank)
{
    uint32_t i = BINS - 1;

    for (; i > 0 && bin[i] < *rank; i--)
        *rank -= bin[i];
    return i;
}

/* The rank-th largest loss, by its upper and then its lower 16 bits.  *share is
   the fraction with which losses of that size count. */
static float
select_loss(struct work *k, size_t pixels, size_t rank, double *share)
{
    memset(k->bin, 0, BINS * sizeof *k->bin);
    for (size_t i = 0; i < pixels; i++)
        if (!(k->nll[i] < 0))
            k->bin[bits(k->nll[i]) >> 16]++;
    uint32_t high = find_bin(k->bin, &rank);
    memset(k->bin, 0, BINS * sizeof *k->bin);
    for (size_t i = 0; i < pixels; i++)
        if (!(k->nll[i] < 0) && bits(k->nll[i]) >> 16 == high)
            k->bin[bits(k->nll[i]) & (BINS - 1)]++;
    uint32_t low = find_bin(k->bin, &rank);
    *share = (double)rank / k->bin[low];
    return float_of(high << 16 | low);
}

/* The number of pixels to keep; 0: none is valid. */
static size_t
count_kept(const struct work *k, size_t pixels, const struct seg_loss_term *t)
{
    double limit = t->set[THRESHOLD] > 0 ? -log(t->set[THRESHOLD]) : INFINITY;
    size_t valid = 0, hard = 0;

    for (size_t i = 0; i < pixels; i++) {
        valid += !(k->nll[i] < 0);
        hard += k->nll[i] > limit;
    }
    size_t kept = (size_t)(t->set[KEEP] * (double)valid);
    kept = kept > hard ? kept : hard;
    return kept || !valid ? kept : 1;
}

/* Sums of a strip; replaces nll by the weights of the gradient. */
static void
strip_value(struct work *k, const struct seg_loss_batch *b,
    const uint8_t *label, int s, float least, double share)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);

    k->value[s] = k->weight[s] = 0;
    for (size_t i = q.from; i < q.to; i++) {
        float nll = k->nll[i];
        double w = nll < least ? 0 : nll == least ? share : 1;

        if (w > 0 && b->weight)
            w *= b->weight[label[i]];
        k->nll[i] = (float)w;
        k->weight[s] += w;
        k->value[s] += w > 0 ? w * nll : 0;
    }
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);
    size_t pixels = seg_loss_pixels(b);
    double share = 0;
    float least = INFINITY;

    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, k.nll, x, label);
    size_t kept = count_kept(&k, pixels, t);
    if (kept)
        least = select_loss(&k, pixels, kept, &share);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&k, b, label, s, least, share);
    double total = seg_loss_add(k.weight, n);
    seg_loss_nll_gradient(b, dx, k.nll, total, label);
    return total > 0 ? seg_loss_add(k.value, n) / total : 0;
}

const struct seg_loss seg_loss_ohem = {
    .name = "ohem",
    .formula = "L = sum_q w[y_q] (-log p[q,y_q]) / sum_q w[y_q] over the "
               "hardest pixels",
    .source = "Shrivastava et al., 1604.03540; top-k pixels as in DeepLab and "
              "Detectron2",
    .settings = settings,
    .weighted = 1,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
