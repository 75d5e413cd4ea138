/*
 * What follows from a confusion matrix n[t][p].
 *
 * With t_c = sum_p n[c][p], p_c = sum_t n[t][c], h_c = n[c][c], N = sum n:
 *
 *   iou_c       = h_c / (t_c + p_c - h_c)
 *   dice_c      = 2 h_c / (t_c + p_c)
 *   precision_c = h_c / p_c
 *   recall_c    = h_c / t_c
 *   accuracy    = sum_c h_c / N
 *   fwiou       = sum_c t_c iou_c / N
 *
 * miou and mdice are means over the classes that occur in truth or prediction,
 * macc is the mean recall over the classes that occur in truth.  A class that
 * occurs in neither says nothing about the predictor: it is left out, not
 * counted as 0 or 1.  A ratio over nothing is NAN.
 */
#ifndef SEG_EVAL_METRICS_H
#define SEG_EVAL_METRICS_H

#include "lib/eval/confusion.h"

struct seg_class_score {
    uint64_t truth, pred, hit; /* pixels */
    double iou, dice, precision, recall;
};

struct seg_scores {
    uint64_t pixels; /* counted, ignored ones left out */
    int present;     /* classes in truth or prediction: miou is over these */
    double miou, mdice, macc, accuracy, fwiou;
};

struct seg_class_score seg_score_class(
    const struct seg_confusion *c, int class_id);
struct seg_scores seg_score_all(const struct seg_confusion *c);

#endif
