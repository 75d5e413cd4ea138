/*
 * Negative learning (Kim et al., 1908.07387): a pixel does not belong to its
 * complementary classes.  If a label is wrong, a class drawn from the others is
 * still right most of the time.
 *
 *   nl       complementary classes: all but the label
 *   nlrank   those whose probability at this pixel has rank C/2 - 3 to C/2 + 3
 *            (0: the highest), C/2 rounded down and ranks within 1 to C - 1
 *            (You et al., 2110.06484); reads no label
 *
 * K of them are drawn for each pixel and pass, uniformly and with replacement;
 * k=0 takes each of them once.  A probability above 1 - 1e-5 has no gradient.
 */
#include <math.h>

#include "lib/base/rng.h"
#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

enum { K };
enum { CLASSES = 256, REACH = 3 /* ranks on each side of the middle one */ };
#define SMALLEST 1e-5

static const struct seg_loss_setting settings[] = {
    [K] = {"k", 1, 0, 255, 1},
    {NULL, 0, 0, 0, 0},
};

/* Workspace: sum and valid pixels of each strip. */
struct work {
    double *value, *valid;
    int by_rank;
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->valid = seg_scratch_take(&m, n, sizeof *k->valid);
    return m.used;
}

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    (void)t;
    return layout(&k, b, NULL);
}

/* Complementary classes of a pixel; returns their number. */
static int
others(uint8_t *class, int label, int c)
{
    int n = 0;

    for (int k = 0; k < c; k++)
        if (k != label)
            class[n++] = (uint8_t)k;
    return n;
}

static int
by_rank(uint8_t *class, const float *p, int c)
{
    uint8_t order[CLASSES];
    int from = c / 2 - REACH < 1 ? 1 : c / 2 - REACH;
    int to = c / 2 + REACH > c - 1 ? c - 1 : c / 2 + REACH, n = 0;

    for (int k = 0; k < c; k++) {
        int at = k;

        for (; at > 0 && p[order[at - 1]] < p[k]; at--)
            order[at] = order[at - 1];
        order[at] = (uint8_t)k;
    }
    for (int r = from; r <= to; r++)
        class[n++] = order[r];
    return n;
}

/* Adds the derivative of -log(1 - p[k]) by the probabilities to g; returns
   -log(1 - p[k]). */
static double
refuse(float *g, const float *p, int c, int k)
{
    double rest = 0; /* 1 - p[k], also exact if p[k] is nearly 1 */

    for (int j = 0; j < c; j++)
        rest += j == k ? 0 : p[j];
    if (rest > SMALLEST)
        g[k] += (float)(1 / rest);
    return -log(fmax(rest, SMALLEST));
}

/* Replaces p of a pixel by the gradient of its mean; returns that mean. */
static double
pixel_value(
    float *p, const uint8_t *class, int n, int draws, int c, struct seg_rng *r)
{
    float g[CLASSES] = {0};
    int all = draws == 0, count = all ? n : draws;
    double sum = 0;

    if (!n)
        count = 0;
    for (int i = 0; i < count; i++)
        sum += refuse(
            g, p, c, class[all ? (uint64_t)i : seg_rng_below(r, (uint64_t)n)]);
    seg_loss_softmax_backward(p, g, p, c);
    for (int k = 0; k < c; k++)
        p[k] /= (float)(count ? count : 1);
    return count ? sum / count : 0;
}

static void
strip_value(struct work *w, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *p, const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    struct seg_rng r = seg_rng_make(b->seed, NULL, "complementary classes",
        b->pass * (uint64_t)seg_loss_strips(b) + (uint64_t)s);
    double sum = 0, valid = 0;

    for (size_t i = q.from; i < q.to; i++) {
        float *x = p + i * b->classes;
        uint8_t class[CLASSES];

        if (!seg_loss_valid(b, label[i]))
            continue;
        int n = w->by_rank ? by_rank(class, x, b->classes)
                           : others(class, label[i], b->classes);
        sum += pixel_value(x, class, n, (int)t->set[K], b->classes, &r);
        valid++;
    }
    w->value[s] = sum;
    w->valid[s] = valid;
}

static double
negative(const struct seg_loss_term *t, const struct seg_loss_batch *b,
    float *dx, const float *x, const uint8_t *label, void *scratch, int rank)
{
    struct work w = {.by_rank = rank};
    int n = seg_loss_strips(b);

    layout(&w, b, scratch);
    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&w, t, b, dx, label, s);
    double valid = seg_loss_add(w.valid, n);
    seg_loss_scale_valid(b, dx, valid > 0 ? 1 / valid : 0, label);
    return valid > 0 ? seg_loss_add(w.value, n) / valid : 0;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    return negative(t, b, dx, x, label, scratch, 0);
}

static double
value_by_rank(const struct seg_loss_term *t, const struct seg_loss_batch *b,
    float *dx, const float *x, const uint8_t *label, void *scratch)
{
    return negative(t, b, dx, x, label, scratch, 1);
}

#define FORMULA "L = (1 / N K) sum_q sum_k -log max(1 - p[q,k], 1e-5)"

const struct seg_loss seg_loss_nl = {
    .name = "nl",
    .formula = FORMULA,
    .source = "Kim et al., 1908.07387",
    .settings = settings,
    .scratch_bytes = scratch_bytes,
    .value = value,
};

const struct seg_loss seg_loss_nlrank = {
    .name = "nlrank",
    .formula = FORMULA,
    .source = "You et al., 2110.06484",
    .settings = settings,
    .unlabeled = 1,
    .scratch_bytes = scratch_bytes,
    .value = value_by_rank,
};
