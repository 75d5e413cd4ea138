/*
 * Losses that are a mean over the valid pixels of a batch: of a function of the
 * probabilities of one pixel.
 */
#ifndef SEG_LOSS_PIXEL_MEAN_H
#define SEG_LOSS_PIXEL_MEAN_H

#include "lib/base/rng.h"
#include "lib/loss/pixel.h"

/* Returns the value of a pixel with a label, and replaces its probabilities p
   by the derivatives by its logits.  r: random numbers of this pass. */
typedef double seg_pixel_fn(const struct seg_loss_term *t,
    float *p /* classes */, int label, int classes, struct seg_rng *r);

/* The scratch_bytes of such a loss. */
size_t seg_pixel_mean_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b);

/* The value of such a loss, see struct seg_loss. */
double seg_pixel_mean(seg_pixel_fn *fn, const struct seg_loss_term *t,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch);

#endif
