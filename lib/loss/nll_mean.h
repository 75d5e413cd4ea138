/*
 * Losses that are a weighted mean of a function of -log p[q,y_q] over the valid
 * pixels of a batch.
 */
#ifndef SEG_LOSS_NLL_MEAN_H
#define SEG_LOSS_NLL_MEAN_H

#include "lib/loss/pixel.h"

/* One pixel: L = sum value / sum weight, dL/dx[k] = factor (p[k] - [k = y]) /
   sum weight. */
struct seg_nll_pixel {
    double value, weight, factor;
};

/* p: the probability of the label; nll: its negative logarithm. */
typedef struct seg_nll_pixel seg_nll_fn(const struct seg_loss_term *t,
    const struct seg_loss_batch *b, double p, double nll, int label);

/* The scratch_bytes of such a loss. */
size_t seg_nll_mean_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b);

/* The value of such a loss, see struct seg_loss. */
double seg_nll_mean(seg_nll_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch);

#endif
