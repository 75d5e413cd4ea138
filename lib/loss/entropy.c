/* The entropy of the predictions, in nats. */
#include <math.h>

#include "lib/base/scratch.h"
#include "lib/loss/pixel.h"

static const struct seg_loss_setting settings[] = {
    {NULL, 0, 0, 0, 0},
};

/* Workspace: sum and valid pixels of each strip. */
struct work {
    double *value, *valid;
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

/* Replaces p of a pixel by the derivative of its entropy by the logits; returns
   the entropy. */
static double
pixel_value(float *p, int c)
{
    double entropy = 0;

    for (int k = 0; k < c; k++)
        entropy -= p[k] > 0 ? p[k] * log((double)p[k]) : 0;
    for (int k = 0; k < c; k++)
        p[k] = p[k] > 0 ? (float)(-p[k] * (log((double)p[k]) + entropy)) : 0;
    return entropy;
}

static void
strip_value(struct work *k, const struct seg_loss_batch *b, float *p,
    const uint8_t *label, int s)
{
    struct seg_loss_strip q = seg_loss_strip(b, s);
    double sum = 0, valid = 0;

    for (size_t i = q.from; i < q.to; i++) {
        if (!seg_loss_valid(b, label[i]))
            continue;
        sum += pixel_value(p + i * b->classes, b->classes);
        valid++;
    }
    k->value[s] = sum;
    k->valid[s] = valid;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    struct work k;
    int n = seg_loss_strips(b);

    (void)t;
    layout(&k, b, scratch);
    seg_loss_softmax(b, dx, NULL, x, label);
#pragma omp parallel for num_threads(b->threads) schedule(dynamic)
    for (int s = 0; s < n; s++)
        strip_value(&k, b, dx, label, s);
    double valid = seg_loss_add(k.valid, n);
    seg_loss_scale_valid(b, dx, valid > 0 ? 1 / valid : 0, label);
    return valid > 0 ? seg_loss_add(k.value, n) / valid : 0;
}

const struct seg_loss seg_loss_entropy = {
    .name = "entropy",
    .formula = "L = (1 / N) sum_q sum_c -p[q,c] log p[q,c]",
    .source = "Grandvalet and Bengio, 2004; Vu et al., 1811.12833; "
              "Wang et al., 2006.10726",
    .settings = settings,
    .unlabeled = 1,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
