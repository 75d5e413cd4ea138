#include <math.h>

#include "lib/dataset/normalize.h"

/* Limits in standard deviations of the model: mean too far away, deviation too
   large, range too narrow. */
static const double far = 10, wide = 20, narrow = 0.05;

/* One band: low and high in stored units, the others normalized. */
struct band {
    double low, high, n, sum, squares, least, most;
};

static void
add(struct band *b, double v, const struct seg_normalize *q, int k)
{
    double x = fmin(fmax(v, (double)q->low[k]), (double)q->high[k]);

    x = (x - (double)q->mean[k]) / (double)q->std[k];
    b->low = fmin(b->low, v);
    b->high = fmax(b->high, v);
    b->least = fmin(b->least, x);
    b->most = fmax(b->most, x);
    b->sum += x;
    b->squares += x * x;
    b->n++;
}

/* A band with a single value only shows if its mean is too far away. */
static enum seg_normalize_units
band_units(const struct band *b)
{
    double mean = b->sum / b->n;

    if (b->n < 1)
        return SEG_UNITS_UNDECIDED;
    if (fabs(mean) > far || b->squares / b->n - mean * mean > wide * wide)
        return SEG_UNITS_DIFFER;
    if (b->low == b->high)
        return SEG_UNITS_UNDECIDED;
    return b->most - b->least < narrow ? SEG_UNITS_DIFFER : SEG_UNITS_MATCH;
}

enum seg_normalize_units
seg_normalize_check_units(struct seg_normalize_mismatch *mismatch,
    const struct seg_tensor *image, const struct seg_normalize *q)
{
    enum seg_normalize_units all = SEG_UNITS_UNDECIDED;
    size_t c = (size_t)q->c, n = seg_tensor_count(image);

    if (q->opts.kind != SEG_NORMALIZE_DATASET)
        return SEG_UNITS_MATCH;
    if (image->rank != 3 || image->shape[2] != c)
        return SEG_UNITS_UNDECIDED;
    for (int k = q->c - 1; k >= 0; k--) {
        struct band b = {.low = INFINITY,
            .high = -INFINITY,
            .least = INFINITY,
            .most = -INFINITY};

        for (size_t i = (size_t)k; i < n; i += c) {
            double v = seg_tensor_get(image, i);

            if (isfinite(v) && !seg_nodata_at(&q->nodata, image, i / c))
                add(&b, v, q, k);
        }
        enum seg_normalize_units one = band_units(&b);
        if (one == SEG_UNITS_MATCH)
            return one;
        if (one == SEG_UNITS_DIFFER) {
            all = one;
            *mismatch = (struct seg_normalize_mismatch){
                b.low, b.high, (double)q->mean[k], (double)q->std[k]};
        }
    }
    return all;
}
