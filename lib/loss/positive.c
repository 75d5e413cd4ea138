/*
 * Selective positive learning (Kim et al., 1908.07387): cross-entropy of the
 * labels that the network itself finds probable.
 *
 * L is the mean over the pixels with p[q,y] > above; with all=1 their sum is
 * divided by the number of all valid pixels, so that few of them weigh little.
 */
#include "lib/loss/nll_mean.h"

enum { ABOVE, ALL };

static const struct seg_loss_setting settings[] = {
    [ABOVE] = {"above", 0.5, 0, 1, 0},
    [ALL] = {"all", 0, 0, 1, 1},
    {NULL, 0, 0, 0, 0},
};

static struct seg_nll_pixel
pixel(const struct seg_loss_term *t, const struct seg_loss_batch *b, double p,
    double nll, int label)
{
    int in = p > t->set[ABOVE];

    (void)b, (void)label;
    return (struct seg_nll_pixel){
        .value = in ? nll : 0, .weight = in || t->set[ALL] > 0, .factor = in};
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    return seg_nll_mean(pixel, t, b, dx, x, label, scratch);
}

const struct seg_loss seg_loss_pl = {
    .name = "pl",
    .formula = "L = sum_q [p[q,y_q] > above] (-log p[q,y_q]) / "
               "sum_q [p[q,y_q] > above]",
    .source = "Kim et al., 1908.07387",
    .settings = settings,
    .scratch_bytes = seg_nll_mean_bytes,
    .value = value,
};
