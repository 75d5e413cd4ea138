/*
 * What is said of a pixel, given its scores or its probabilities:
 *
 *   pred         the class of the highest one, the lower of equals
 *   probs        softmax of scores
 *   confidence   the largest p
 *   entropy      - sum_k p_k ln p_k, nats
 *   margin       the largest p less the second largest; of one class 1
 *
 * A pixel without data gets 255 (SEG_IGNORE) as pred, and 0 in all the others.
 */
#ifndef SEG_PREDICT_PIXEL_OUTPUTS_H
#define SEG_PREDICT_PIXEL_OUTPUTS_H

#include <stdint.h>

/* Rows y to y + h of an image w wide; what is not wanted is NULL. */
struct seg_pixel_outputs {
    int y, h, w;
    int probable; /* pixels come as probabilities */
    uint8_t *pred;
    float *probs; /* h,w,k */
    float *confidence, *entropy, *margin;
    const uint8_t *gap; /* h,w: not 0 where there is no data; NULL: nowhere */
};

/* Fits seg_take_row, with the verdict that has row y; changes scores. */
int seg_pixel_outputs_row(
    void *outputs, int y, int x, int n, float *scores, int k);

/* Scores to probabilities, in place; -1 if one is not finite. */
int seg_softmax_row(float *scores, int n, int k);

#endif
