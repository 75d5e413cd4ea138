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

#include "lib/loss/pixel_mean.h"

enum { K };
enum { CLASSES = 256, REACH = 3 /* ranks on each side of the middle one */ };
#define SMALLEST 1e-5

static const struct seg_loss_setting settings[] = {
    [K] = {"k", 1, 0, 255, 1},
    {NULL, 0, 0, 0, 0},
};

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
middle_ranks(uint8_t *class, const float *p, int c)
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

static double
by_label(const struct seg_loss_term *t, float *p, int label, int c,
    struct seg_rng *r)
{
    uint8_t class[CLASSES];
    int n = others(class, label, c);

    return pixel_value(p, class, n, (int)t->set[K], c, r);
}

static double
by_prediction(const struct seg_loss_term *t, float *p, int label, int c,
    struct seg_rng *r)
{
    uint8_t class[CLASSES];
    int n = middle_ranks(class, p, c);

    (void)label;
    return pixel_value(p, class, n, (int)t->set[K], c, r);
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    return seg_pixel_mean(by_label, t, b, dx, x, label, scratch);
}

static double
value_by_rank(const struct seg_loss_term *t, const struct seg_loss_batch *b,
    float *dx, const float *x, const uint8_t *label, void *scratch)
{
    return seg_pixel_mean(by_prediction, t, b, dx, x, label, scratch);
}

#define FORMULA "L = (1 / N K) sum_q sum_k -log max(1 - p[q,k], 1e-5)"

const struct seg_loss seg_loss_nl = {
    .name = "nl",
    .formula = FORMULA,
    .source = "Kim et al., 1908.07387",
    .settings = settings,
    .scratch_bytes = seg_pixel_mean_bytes,
    .value = value,
};

const struct seg_loss seg_loss_nlrank = {
    .name = "nlrank",
    .formula = FORMULA,
    .source = "You et al., 2110.06484",
    .settings = settings,
    .unlabeled = 1,
    .scratch_bytes = seg_pixel_mean_bytes,
    .value = value_by_rank,
};
