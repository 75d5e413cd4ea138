/* The focal loss. */
#include <math.h>

#include "lib/loss/nll_mean.h"

enum { GAMMA };

static const struct seg_loss_setting settings[] = {
    [GAMMA] = {"gamma", 2, 0, 10, 0},
    {NULL, 0, 0, 0, 0},
};

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

static struct seg_nll_pixel
pixel(const struct seg_loss_term *t, const struct seg_loss_batch *b, double p,
    double nll, int label)
{
    double w = b->weight ? b->weight[label] : 1, gamma = t->set[GAMMA];
    double miss = fmax(0, 1 - p);

    return (struct seg_nll_pixel){.value = w * pow(miss, gamma) * nll,
        .weight = w,
        .factor = w * slope(miss, nll, gamma)};
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    return seg_nll_mean(pixel, t, b, dx, x, label, scratch);
}

const struct seg_loss seg_loss_focal = {
    .name = "focal",
    .formula = "L = sum_q w[y_q] (1 - p[q,y_q])^gamma (-log p[q,y_q]) / "
               "sum_q w[y_q]",
    .source = "Lin et al., 1708.02002, with softmax; alpha is the class weight",
    .settings = settings,
    .weighted = 1,
    .scratch_bytes = seg_nll_mean_bytes,
    .value = value,
};
