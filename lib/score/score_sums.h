/*
 * A sums: sums over cases from which the mean scores follow, under any
 * convention.  A case is an image or a volume.
 *
 * It is a row of numbers that can be added up and weighted like a vector, which
 * is what resampling wants: sums of the whole = sum of the tallies of the
 * cases.  Counts of pixels are held as doubles, exact up to 2^53.
 */
#ifndef SEG_SCORE_SCORE_SUMS_H
#define SEG_SCORE_SCORE_SUMS_H

#include "lib/score/metrics.h"

/* Numbers in a sums of that many classes. */
int seg_score_sums_size(int classes);

/* The sums of one case, from its confusion matrix. */
void seg_score_sums_case(double *sums, const struct seg_confusion *c,
    const struct seg_convention *convention);

/* to += weight from */
void seg_score_sums_add(
    double *to, const double *from, double weight, int classes);

/* Of the classes: pooled, or the means over the cases, as the convention has
   it.  Counts and precision are pooled always. */
void seg_score_sums_classes(struct seg_class_score *s, const double *sums,
    int classes, const struct seg_convention *convention);

struct seg_scores seg_score_sums_scores(
    const double *sums, int classes, const struct seg_convention *convention);

#endif
