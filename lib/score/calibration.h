/*
 * Do probabilities mean what they say?
 *
 * Over all labeled pixels, y being the true class, p the probabilities, the
 * confidence their largest, reached by the class predicted:
 *
 *   ece   = sum over bins of confidence  n_b / N |accuracy_b - confidence_b|
 *           (Guo et al., "On calibration of modern neural networks", 2017)
 *   brier = mean of sum_k (p_k - [k = y])^2
 *   nll   = mean of -log p_y, p_y taken as at least 2^-23
 *
 * Bins are of one width and contain their upper end.
 */
#ifndef SEG_SCORE_CALIBRATION_H
#define SEG_SCORE_CALIBRATION_H

#include "lib/tensor/tensor.h"

enum { SEG_BINS = 1000 };

struct seg_calibration {
    int bins, classes, ignore;
    uint64_t pixels;
    double brier, nll; /* sums */
    struct seg_bin {
        uint64_t n, hit;
        double confidence; /* sum */
    } bin[SEG_BINS];
};

/*
 * Adds an image: label [H,W] u8, probs [H,W,K] f32.  A probability outside
 * 0..1, or a pixel whose sum is not 1 within 0.001, is an error that names key
 * and pixel.  Pixels without data, whose probabilities are all 0, do not count.
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
