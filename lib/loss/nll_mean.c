#include "lib/loss/nll_mean.h"
#include "lib/base/scratch.h"

/* Workspace: -log p[y] of every pixel, then its factor in the gradient; value
   and weight of every strip. */
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

size_t
seg_nll_mean_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    struct work k;

    (void)t;
    return layout(&k, b, NULL);
}

static void
strip_value(struct work *k, seg_nll_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, const float *p, const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    double value = 0, weight = 0;

    for (size_t i = q.from; i < q.to; i++) {
        if (k->nll[i] < 0)
            continue;
        struct seg_nll_pixel one =
            fn(t, b, p[i * b->classes + label[i]], k->nll[i], label[i]);

        value += one.value;
        weight += one.weight;
        k->nll[i] = (float)one.factor;
    }
    k->value[s] = value;
    k->weight[s] = weight;
}

double
seg_nll_mean(seg_nll_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);

    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, k.nll, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&k, fn, t, b, dx, label, s);
    double total = seg_loss_add(k.weight, n);
    seg_loss_nll_gradient(b, dx, k.nll, total, label);
    return total > 0 ? seg_loss_add(k.value, n) / total : 0;
}
