/* The focal loss. */
#include <math.h>

#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

enum { GAMMA };

static const struct seg_loss_setting settings[] = {
    [GAMMA] = {"gamma", 2, 0, 10, 0},
    {NULL, 0, 0, 0, 0},
};

/* Workspace: -log p[y] of every pixel; loss and weight of every strip. */
struct work {
    float *nll;
    double *value, *weight;
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->weight = seg_scratch_take(&m, n, sizeof *k->weight);
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

/* With q = 1 - p[y]: the factor a of dL/dx[k] = a (p[k] - [k = y]). */
static double
slope(double q, double nll, double gamma)
{
    if (gamma == 0)
        return 1;
    if (q <= 0)
        return 0;
    return pow(q, gamma) + gamma * pow(q, gamma - 1) * (1 - q) * nll;
}

/* The sums of a strip; replaces nll by the factors of the gradient. */
static void
strip_value(struct work *k, const struct seg_loss_batch *b, const float *p,
    const uint8_t *label, int s, double gamma)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    double value = 0, weight = 0;

    for (size_t i = q.from; i < q.to; i++) {
        if (k->nll[i] < 0)
            continue;
        double w = b->weight ? b->weight[label[i]] : 1;
        double miss = fmax(0, 1 - (double)p[i * b->classes + label[i]]);
        double nll = k->nll[i];

        value += w * pow(miss, gamma) * nll;
        weight += w;
        k->nll[i] = (float)(w * slope(miss, nll, gamma));
    }
    k->value[s] = value;
    k->weight[s] = weight;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);

    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, k.nll, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&k, b, dx, label, s, t->set[GAMMA]);
    double total = seg_loss_add(k.weight, n);
    seg_loss_nll_gradient(b, dx, k.nll, total, label);
    return total > 0 ? seg_loss_add(k.value, n) / total : 0;
}

const struct seg_loss seg_loss_focal = {
    .name = "focal",
    .formula = "L = sum_q w[y_q] (1 - p[q,y_q])^gamma (-log p[q,y_q]) / "
               "sum_q w[y_q]",
    .source = "Lin et al., 1708.02002, with softmax; alpha is the class weight",
    .settings = settings,
    .weighted = 1,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
