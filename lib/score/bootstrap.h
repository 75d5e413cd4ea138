/*
 * How sure a score is: intervals from resampled cases, and a paired test
 * between two predictors.
 *
 * Of n resamples each is a sums to which case i was added w times, w drawn
 * from Poisson(1) as a function of seed, key of the case and number of the
 * resample (the Poisson bootstrap: Chamandy et al., "Estimating uncertainty for
 * massive data streams", Google, 2012).  So cases stream by, memory is that of
 * n tallies, and neither order nor sharding of the cases changes a draw.  Two
 * predictors judged on the same keys get the same draws: their differences are
 * paired.
 *
 * The test is that of approximate randomisation (Noreen, "Computer-intensive
 * methods for testing hypotheses", 1989): in each resample the two predictions
 * of a case change sides with probability 1/2; p is the share of resamples
 * whose difference is at least as large as the one seen, that one counted in.
 */
#ifndef SEG_SCORE_BOOTSTRAP_H
#define SEG_SCORE_BOOTSTRAP_H

#include "lib/base/arena.h"
#include "lib/score/score_sums.h"

struct seg_resamples {
    int n, classes;
    uint64_t seed;
    double *sums; /* n, seg_score_sums_size */
};

int seg_resamples_init(struct seg_resamples *r, struct seg_arena *a, int n,
    int classes, uint64_t seed, struct seg_err *e) SEG_MUST_USE;

/* Adds the sums of the case of that key, as often as each resample drew it. */
void seg_resamples_add(
    struct seg_resamples *r, const double *sums, const char *key);

/* Adds the tallies of one case under two predictors, to one side each. */
void seg_resamples_swap(struct seg_resamples *a, struct seg_resamples *b,
    const double *sums_a, const double *sums_b, const char *key);

/* From the resamples' scores, 95 % of which lie within; NAN for none. */
struct seg_interval {
    double low, high;
};

/* Of metric; with other, of the difference r - other. */
int seg_resamples_interval(struct seg_interval *v,
    const struct seg_resamples *r, const struct seg_resamples *other,
    int metric, const struct seg_convention *convention,
    struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* p of a difference seen, from swapped resamples. */
double seg_resamples_p(double difference, const struct seg_resamples *a,
    const struct seg_resamples *b, int metric,
    const struct seg_convention *convention);

#endif
