/*
 * Losses that are a mean of a function of three sums for each class, over the
 * valid pixels of an image or of the batch, for example Dice and Tversky:
 *   I = sum_q p[q,c] [y_q = c],  P = sum_q p[q,c],  Y = sum_q [y_q = c]
 * L is the mean of f(I, P, Y) over images with a valid pixel and over classes.
 */
#ifndef SEG_LOSS_CLASS_SUMS_H
#define SEG_LOSS_CLASS_SUMS_H

#include "lib/loss/pixel.h"

/* The sums of one class in a strip, an image or the batch; the derivative of
   the loss by p[q,c] is slope[0], plus slope[1] if y_q = c, per pixel. */
struct seg_class_sums {
    double both, p, y; /* I, P, Y */
    float slope[2];
};

struct seg_class_loss {
    int background; /* 0: class 0 is left out */
    int batch;      /* 1: the sums run over the whole batch */
    int square;     /* 1: P is the sum of squares */
    /* Returns f; slope[0] becomes df/dP, slope[1] df/dI.  They are 0 at first
       and stay so where f is not defined; f is 0 there. */
    double (*f)(
        const struct seg_class_sums *sum, const double *set, double slope[2]);
    const double *set; /* settings of the loss, for f */
};

/* The scratch_bytes of such a loss. */
size_t seg_class_sums_bytes(
    const struct seg_loss_term *t, const struct seg_loss_batch *b);

/* The value of such a loss, see struct seg_loss. */
double seg_class_sums_value(const struct seg_class_loss *l,
    const struct seg_loss_batch *b, float *dx, const float *x,
    const uint8_t *label, void *scratch);

#endif
