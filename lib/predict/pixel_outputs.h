/*
 * Outputs for each pixel, computed from its scores or probabilities p:
 *
 *   pred         class with the largest p, the smallest of equals
 *   probs        softmax of the scores
 *   confidence   the largest p
 *   entropy      - sum_k p_k ln p_k, nats
 *   margin       the largest p minus the second largest; 1 for a single class
 *
 * A pixel without data gets 255 (SEG_IGNORE) as pred and 0 in the other
 * outputs.
 */
#ifndef SEG_PREDICT_PIXEL_OUTPUTS_H
#define SEG_PREDICT_PIXEL_OUTPUTS_H

#include <stdint.h>

/* Outputs of rows y to y + h of an image of width w; NULL: not wanted. */
struct seg_pixel_outputs {
    int y, h, w;
    int probable; /* the input is probabilities, not scores */
    uint8_t *pred;
    float *probs; /* h,w,k */
    float *confidence, *entropy, *margin;
    const uint8_t *gap; /* h,w: set for pixels without data; NULL: none */
};

/* A seg_take_row function: outputs is the struct that contains row y.
   Overwrites scores. */
int seg_pixel_outputs_row(
    void *outputs, int y, int x, int n, float *scores, int k);

/* Softmax of n rows of k scores, in place; -1 if a score is not finite. */
int seg_softmax_row(float *scores, int n, int k);

#endif
