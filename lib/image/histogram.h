/*
 * How often each value occurs in a band: a histogram that can be added to
 * another one, from which percentiles are made.
 *
 * Whole numbers from -32768 to 65535 are counted as they are, all others at the
 * nearest number of 8 significant bits (bfloat16), less than 0.4 % away.  What
 * is not finite does not count.
 */
#ifndef SEG_IMAGE_HISTOGRAM_H
#define SEG_IMAGE_HISTOGRAM_H

#include <stdint.h>

#include "lib/tensor/tensor.h"

struct seg_histogram {
    uint64_t *whole; /* by value + 32768 */
    uint64_t *other; /* by bfloat16; NULL until there is one */
    struct seg_arena *arena;
};

/* A level and its count; at: where to go on. */
struct seg_histogram_bin {
    double value;
    uint64_t n;
    int whole, other;
};

int seg_histogram_start(struct seg_histogram *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* n values of u8, u16, i16 or f32, each `step` behind the last. */
int seg_histogram_add(struct seg_histogram *l, enum seg_type type,
    const void *values, size_t n, size_t step, struct seg_err *e) SEG_MUST_USE;
/* A value n times. */
int seg_histogram_count(struct seg_histogram *l, double value, uint64_t n,
    struct seg_err *e) SEG_MUST_USE;
int seg_histogram_merge(struct seg_histogram *l,
    const struct seg_histogram *more, struct seg_err *e) SEG_MUST_USE;

/* Turns to the next level that occurs, from the least on; at is zeroed first.
   0 at the end. */
int seg_histogram_next(
    const struct seg_histogram *l, struct seg_histogram_bin *at);

/* The percentile p, 0 to 100, between two values as far as it lies between
   them; NaN if there are none. */
double seg_histogram_percentile(const struct seg_histogram *l, double p);

/* Mean and deviation of what is left when all below low is low and all above
   high is high; NaN if there is none. */
void seg_histogram_mean_sd(double *mean, double *sd,
    const struct seg_histogram *l, double low, double high);

#endif
