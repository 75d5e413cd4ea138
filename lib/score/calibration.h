/*
 * Calibration: do the probabilities match the observed frequencies?
 *
 * Over all labeled pixels, with y the true class, p the probabilities, and the
 * confidence the largest p, which is that of the predicted class:
 *
 *   ece   = sum over bins of confidence  n_b / N |accuracy_b - confidence_b|
 *           (Guo et al., "On calibration of modern neural networks", 2017)
 *   brier = mean of sum_k (p_k - [k = y])^2
 *   nll   = mean of -log p_y, p_y clamped to at least 2^-23
 *
 * Bins have equal width and include their upper end.
 */
#ifndef SEG_SCORE_CALIBRATION_H
#define SEG_SCORE_CALIBRATION_H

#include "lib/tensor/tensor.h"

enum { SEG_BINS = 1000 };

struct seg_calibration {
    int bins, classes, ignore;
    uint64_t pixels;
    double brier, nll; /* sums over pixels */
    struct seg_bin {
        uint64_t n, hit;
        double confidence; /* sum over pixels */
    } bin[SEG_BINS];
};

/*
 * Adds an image: label [H,W] u8, probs [H,W,K] f32.  Fails if a probability is
 * outside 0 .. 1 or the sum of a pixel differs from 1 by more than 0.001; the
 * message names key and pixel.  Pixels without data, whose probabilities are
 * all 0, are left out.
 */
int seg_calibration_add(struct seg_calibration *c,
    const struct seg_tensor *label, const struct seg_tensor *probs,
    const char *key, struct seg_err *e) SEG_MUST_USE;

/* NAN without pixels. */
struct seg_calibration_scores {
    double ece, brier, nll;
};
struct seg_calibration_scores seg_calibration_scores(
    const struct seg_calibration *c);

#endif
