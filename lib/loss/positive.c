/*
 * Selective positive learning (Kim et al., 1908.07387): cross-entropy of the
 * labels that the network itself finds probable.
 *
 * L is the mean over the pixels with p[q,y] > above; with all=1 their sum is
 * divided by the number of all valid pixels, so that few of them weigh little.
 */
#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

enum { ABOVE, ALL };

static const struct seg_loss_setting settings[] = {
    [ABOVE] = {"above", 0.5, 0, 1, 0},
    [ALL] = {"all", 0, 0, 1, 1},
    {NULL, 0, 0, 0, 0},
};

/* Workspace: -log p[y] of each pixel, then its factor in the gradient; sum,
   valid and selected pixels of each strip. */
struct work {
    double *value, *valid, *selected;
    float *nll;
};

static size_t
layout(struct work *k, const struct seg_loss_batch *b, void *scratch)
{
    struct seg_scratch m = {.base = scratch};
    size_t n = (size_t)seg_loss_strips(b);

    k->value = seg_scratch_take(&m, n, sizeof *k->value);
    k->valid = seg_scratch_take(&m, n, sizeof *k->valid);
    k->selected = seg_scratch_take(&m, n, sizeof *k->selected);
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

static void
strip_value(struct work *k, const struct seg_loss_batch *b, const float *p,
    const uint8_t *label, double above, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    double sum = 0, valid = 0, selected = 0;

    for (size_t i = q.from; i < q.to; i++) {
        if (k->nll[i] < 0)
            continue;
        int in = p[i * b->classes + label[i]] > above;

        valid++;
        selected += in;
        sum += in ? k->nll[i] : 0;
        k->nll[i] = (float)in;
    }
    k->value[s] = sum;
    k->valid[s] = valid;
    k->selected[s] = selected;
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
        strip_value(&k, b, dx, label, t->set[ABOVE], s);
    double total = seg_loss_add(t->set[ALL] > 0 ? k.valid : k.selected, n);
    seg_loss_nll_gradient(b, dx, k.nll, total, label);
    return total > 0 ? seg_loss_add(k.value, n) / total : 0;
}

const struct seg_loss seg_loss_pl = {
    .name = "pl",
    .formula = "L = sum_q [p[q,y_q] > above] (-log p[q,y_q]) / "
               "sum_q [p[q,y_q] > above]",
    .source = "Kim et al., 1908.07387",
    .settings = settings,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
