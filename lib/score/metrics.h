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
 * miou, mdice and macc are means of iou, dice and recall over classes.  By
 * default a class whose ratio is 0/0 says nothing about the predictor: it is
 * left out, not counted as 0 or 1; lib/score/convention.h has the other ways.
 * A ratio over nothing is NAN.
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
    uint64_t pixels; /* counted, ignored ones left out */
    int present;     /* classes in truth or prediction */
    double value[SEG_METRICS];
};

struct seg_class_score seg_score_class(
    const struct seg_confusion *c, int class_id);
/* The same from the three counts of a class. */
struct seg_class_score seg_score_counts(
    uint64_t truth, uint64_t pred, uint64_t hit);

/* Of the pooled pixels; convention NULL: every class, 0/0 left out. */
struct seg_scores seg_score_all(
    const struct seg_confusion *c, const struct seg_convention *convention);
struct seg_scores seg_score_classes(const struct seg_class_score *s, int n,
    const struct seg_convention *convention);

/* A mean some of whose terms may be NAN, under a rule for those. */
struct seg_mean {
    double sum, n;
};
void seg_mean_add(struct seg_mean *m, double x, enum seg_absent rule);
double seg_mean_value(struct seg_mean m);

#endif
