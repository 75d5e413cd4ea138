/*
 * Histograms of pixel values.  They can be merged, and yield percentiles.
 *
 * Whole numbers from -32768 to 65535 are counted exactly; any other value is
 * rounded to bfloat16 (8 significant bits, an error below 0.4 %).  Values that
 * are not finite are not counted.
 */
#ifndef SEG_IMAGE_HISTOGRAM_H
#define SEG_IMAGE_HISTOGRAM_H

#include <stdint.h>

#include "lib/tensor/tensor.h"

struct seg_histogram {
    uint64_t *whole; /* by value + 32768 */
    uint64_t *other; /* by bfloat16 code; NULL until needed */
    struct seg_arena *arena;
};

/* A value and its count; initialize with zeros before seg_histogram_next. */
struct seg_histogram_bin {
    double value;
    uint64_t n;
    int whole, other;
};

int seg_histogram_start(struct seg_histogram *h, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Counts n values of type u8, u16, i16 or f32 with a distance of `step`
   elements. */
int seg_histogram_add(struct seg_histogram *h, enum seg_type type,
    const void *values, size_t n, size_t step, struct seg_err *e) SEG_MUST_USE;
/* Counts a value n times. */
int seg_histogram_count(struct seg_histogram *h, double value, uint64_t n,
    struct seg_err *e) SEG_MUST_USE;
int seg_histogram_merge(struct seg_histogram *h,
    const struct seg_histogram *more, struct seg_err *e) SEG_MUST_USE;

/* Advances to the next larger value that occurs; 0 at the end. */
int seg_histogram_next(
    const struct seg_histogram *h, struct seg_histogram_bin *at);

/* Percentile p, 0 to 100, interpolated linearly between two values; NaN if the
   histogram is empty. */
double seg_histogram_percentile(const struct seg_histogram *h, double p);

/* Mean and standard deviation after clamping to [low, high]; NaN if empty. */
void seg_histogram_mean_sd(double *mean, double *sd,
    const struct seg_histogram *h, double low, double high);

#endif
