/*
 * Intensity statistics of a whole image: the metadata seg.intensity.
 *
 * A patch, and a slice of a volume, are normalized with the statistics of the
 * image or volume they were cut from, in training and in prediction; therefore
 * the statistics travel with them.  The text has one line for each statistic:
 * its name, then a number for each band, separated by commas.  The statistics
 * are mean, sd, and the percentiles 0.5, 1, 2, 5, 95, 98, 99 and 99.5.  Pixels
 * without data are left out; if an image has no other pixels, all numbers are
 * 0.  For example, with two bands:
 *
 *   mean 101.5,87.2
 *   sd 20.1,19
 *   0.5 33,21
 *   ...
 */
#ifndef SEG_DATASET_INTENSITY_H
#define SEG_DATASET_INTENSITY_H

#include "lib/dataset/stat.h"

/* A tail is the percentage of values cut off at each end. */
enum { SEG_TAILS = 4 };
extern const double seg_tails[SEG_TAILS]; /* 0.5 1 2 5 */

struct seg_intensity {
    int bands;
    float *mean, *sd; /* by band */
    /* by band: the percentiles tail and 100 - tail */
    float *low[SEG_TAILS], *high[SEG_TAILS];
};

/* Sets seg.intensity from s, which must have histograms. */
int seg_intensity_set(struct seg_record *rec, const struct seg_stat *s,
    struct seg_err *e) SEG_MUST_USE;

/* Sets seg.intensity from the record's own image if it is not set yet.  Fails
   for a patch, whose statistics are not those of the whole image. */
int seg_intensity_ensure(
    struct seg_record *rec, struct seg_err *e) SEG_MUST_USE;

/*
 * Reads seg.intensity; memory from a.  If the record has none, the image itself
 * is measured.  Fails for a patch (seg.window) without seg.intensity.  Messages
 * begin with `where`.
 */
int seg_intensity_get(struct seg_intensity *q, struct seg_arena *a,
    const struct seg_record *rec, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Adds a band to seg.intensity, if that is set: a mask of 0 and `inside`
   (lib/image/mask.h), with mean 0, so that normalization keeps 0. */
int seg_intensity_append(
    struct seg_record *rec, double inside, struct seg_err *e) SEG_MUST_USE;

#endif
