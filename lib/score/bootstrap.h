/*
 * Uncertainty of scores: confidence intervals from resampled cases, and a
 * paired test between two predictors.
 *
 * Each of n resamples accumulates every case w times, with w drawn from
 * Poisson(1) as a function of seed, key of the case and number of the resample
 * (the Poisson bootstrap: Chamandy et al., "Estimating uncertainty for massive
 * data streams", Google, 2012).  Thus cases can be streamed, the memory is n
 * times that of score_sums.h, and order and sharding of the cases do not change
 * a draw.  Two predictors evaluated on the same keys get the same draws, so
 * their differences are paired.
 *
 * The test is approximate randomization (Noreen, "Computer-intensive methods
 * for testing hypotheses", 1989): in each resample the two predictions of a
 * case are swapped with probability 1/2; p is the fraction of resamples with a
 * difference at least as large as the observed one, which is itself counted as
 * one of them.
 */
#ifndef SEG_SCORE_BOOTSTRAP_H
#define SEG_SCORE_BOOTSTRAP_H

#include "lib/base/arena.h"
#include "lib/score/score_sums.h"

struct seg_resamples {
    int n, classes;
    uint64_t seed;
    double *sums; /* n rows of seg_score_sums_size(classes) */
};

int seg_resamples_init(struct seg_resamples *r, struct seg_arena *a, int n,
    int classes, uint64_t seed, struct seg_err *e) SEG_MUST_USE;

/* Adds the sums of the case `key` to each resample, as often as it was
   drawn. */
void seg_resamples_add(
    struct seg_resamples *r, const double *sums, const char *key);

/* Adds the sums of one case under two predictors to a and b, swapped or not. */
void seg_resamples_swap(struct seg_resamples *a, struct seg_resamples *b,
    const double *sums_a, const double *sums_b, const char *key);

/* 95 % of the resampled scores lie within; NAN if there are none. */
struct seg_interval {
    double low, high;
};

/* The interval of a metric of r; of the difference r - other if other is not
   NULL. */
int seg_resamples_interval(struct seg_interval *v,
    const struct seg_resamples *r, const struct seg_resamples *other,
    int metric, const struct seg_convention *convention,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* p of an observed difference; a and b were filled by seg_resamples_swap. */
double seg_resamples_p(double difference, const struct seg_resamples *a,
    const struct seg_resamples *b, int metric,
    const struct seg_convention *convention);

#endif
