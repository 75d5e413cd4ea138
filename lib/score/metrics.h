/*
 * Scores computed from a confusion matrix n[t][p].
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
 * miou, mdice and macc are the means of iou, dice and recall over classes.  By
 * default a class with ratio 0/0 is left out of a mean; lib/score/convention.h
 * describes alternatives.  A mean over nothing, and 0/0, are NAN.
 */
#ifndef SEG_SCORE_METRICS_H
#define SEG_SCORE_METRICS_H

#include "lib/score/confusion.h"
#include "lib/score/convention.h"

struct seg_class_score {
    uint64_t truth, pred, hit; /* pixels */
    double iou, dice, precision, recall;
};

enum { SEG_MIOU, SEG_MDICE, SEG_MACC, SEG_ACCURACY, SEG_FWIOU, SEG_METRICS };
extern const char *const seg_metric_names[SEG_METRICS];

struct seg_scores {
    uint64_t pixels; /* pixels, without ignored ones */
    int present;     /* number of classes in truth or prediction */
    double value[SEG_METRICS];
};

struct seg_class_score seg_score_class(
    const struct seg_confusion *c, int class_id);
/* The same from the three counts of a class. */
struct seg_class_score seg_score_counts(
    uint64_t truth, uint64_t pred, uint64_t hit);

/* Mean scores of pooled pixels; convention NULL: all classes, 0/0 left out. */
struct seg_scores seg_score_all(
    const struct seg_confusion *c, const struct seg_convention *convention);
struct seg_scores seg_score_classes(const struct seg_class_score *s, int n,
    const struct seg_convention *convention);

/* A mean; the rule decides the value of terms that are NAN. */
struct seg_mean {
    double sum, n;
};
void seg_mean_add(struct seg_mean *m, double x, enum seg_absent rule);
double seg_mean_value(struct seg_mean m);

#endif
