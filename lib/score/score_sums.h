/*
 * Sums over cases from which the mean scores can be computed under any
 * convention.  A case is an image or a volume.
 *
 * The sums of a case are an array of doubles that can be added and weighted
 * like a vector, as resampling needs: the sums of the dataset are the sum of
 * the sums of its cases.  Pixel counts in doubles are exact up to 2^53.
 */
#ifndef SEG_SCORE_SCORE_SUMS_H
#define SEG_SCORE_SCORE_SUMS_H

#include "lib/score/metrics.h"

/* Length of the array for a number of classes. */
int seg_score_sums_size(int classes);

/* The sums of one case, from its confusion matrix. */
void seg_score_sums_case(double *sums, const struct seg_confusion *c,
    const struct seg_convention *convention);

/* to += weight * from */
void seg_score_sums_add(
    double *to, const double *from, double weight, int classes);

/* Scores of each class: pooled, or means over cases if the convention averages
   by class.  Counts and precision are always pooled. */
void seg_score_sums_classes(struct seg_class_score *s, const double *sums,
    int classes, const struct seg_convention *convention);

struct seg_scores seg_score_sums_scores(
    const double *sums, int classes, const struct seg_convention *convention);

#endif
