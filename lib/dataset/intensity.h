/*
 * What the values of a whole image are like: seg.intensity.
 *
 * A patch, and a slice of a volume, are normalized by the image or volume they
 * were cut from, in training as in prediction; so what that needs travels with
 * them.  The text has a line for each statistic, a name and a number for each
 * band, with commas between: mean, sd, and the percentiles 0.5 1 2 5 95 98 99
 * 99.5 under their numbers.  Pixels without data do not count; of an image that
 * has no others all numbers are 0.
 */
#ifndef SEG_DATASET_INTENSITY_H
#define SEG_DATASET_INTENSITY_H

#include "lib/dataset/stat.h"

/* A tail is so many percent at either end. */
enum { SEG_TAILS = 4 };
extern const double seg_tails[SEG_TAILS]; /* 0.5 1 2 5 */

struct seg_intensity {
    int bands;
    float *mean, *sd;                        /* bands */
    float *low[SEG_TAILS], *high[SEG_TAILS]; /* bands: ends of a tail */
};

/* Sets seg.intensity to what s, which has levels, says of the bands. */
int seg_intensity_set(struct seg_record *rec, const struct seg_stat *s,
    struct seg_err *e) SEG_MUST_USE;

/* Sets it to what the record's own image is like, unless it is there; a patch's
   is not that of its whole image: bad data. */
int seg_intensity_ensure(
    struct seg_record *rec, struct seg_err *e) SEG_MUST_USE;

/*
 * Reads it, memory from a.  Of a record without it the image itself is taken,
 * unless it is a patch (seg.window), which does not know its whole: bad data.
 * where is for messages.
 */
int seg_intensity_get(struct seg_intensity *q, struct seg_arena *a,
    const struct seg_record *rec, const char *where,
    struct seg_err *e) SEG_MUST_USE;

#endif
