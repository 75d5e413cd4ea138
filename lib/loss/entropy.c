/* The entropy of the predictions, in nats. */
#include <math.h>

#include "lib/loss/pixel_mean.h"

static const struct seg_loss_setting settings[] = {
    {NULL, 0, 0, 0, 0},
};

static double
entropy(const struct seg_loss_term *t, float *p, int label, int c,
    struct seg_rng *r)
{
    double sum = 0;

    (void)t, (void)label, (void)r;
    for (int k = 0; k < c; k++)
        sum -= p[k] > 0 ? p[k] * log((double)p[k]) : 0;
    for (int k = 0; k < c; k++)
        p[k] = p[k] > 0 ? (float)(-p[k] * (log((double)p[k]) + sum)) : 0;
    return sum;
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    return seg_pixel_mean(entropy, t, b, dx, x, label, scratch);
}

const struct seg_loss seg_loss_entropy = {
    .name = "entropy",
    .formula = "L = (1 / N) sum_q sum_c -p[q,c] log p[q,c]",
    .source = "Grandvalet and Bengio, 2004; Vu et al., 1811.12833; "
              "Wang et al., 2006.10726",
    .settings = settings,
    .unlabeled = 1,
    .scratch_bytes = seg_pixel_mean_bytes,
    .value = value,
};
