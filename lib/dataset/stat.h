/*
 * Statistics of a dataset: classes and bands, in one pass, mergeable.
 *
 * Everything is counted and summed; shares, weights, means, deviations and
 * percentiles are made of that at the end.  Sums are exact, of floats too, so
 * that the tables of shards add up to the table of the whole, digit by digit.
 *
 * Class weights, n_c being the labeled pixels of class c and K the number of
 * classes that occur:
 *   inverse   (sum n) / (K n_c)
 *   median    median(f) / f_c, f_c = n_c / labeled pixels of the images that
 *             have c (Eigen and Fergus 2015, section 6.3.2)
 *   effective 1 / E_c, E_c = (1 - b^n_c) / (1 - b), b = SEG_STAT_BETA, scaled
 *             to sum to K: after many pixels of a class more say little new
 *             (Cui et al. 2019, equation 2)
 * A class that never occurs has weight 0.
 */
#ifndef SEG_DATASET_STAT_H
#define SEG_DATASET_STAT_H

#include <stdint.h>

#include "lib/base/exact.h"
#include "lib/dataset/same_classes.h"
#include "lib/image/histogram.h"
#include "lib/image/nodata.h"

enum { SEG_STAT_CLASSES = 256 };
#define SEG_STAT_BETA 0.999999

struct seg_stat_class {
    const char *name; /* NULL: not known */
    uint64_t pixels;
    uint64_t images;  /* with the class */
    uint64_t present; /* labeled pixels of these */
};

struct seg_stat_band {
    uint64_t pixels;
    struct seg_exact sum, squares;
    double min, max;
    struct seg_histogram *histogram; /* NULL where they are not counted */
};

struct seg_stat {
    struct seg_arena *arena; /* of the names and the bands */
    int histograms;          /* count them; set by the caller */
    uint64_t images;
    uint64_t ignored, ignored_images; /* pixels with the ignore value */
    int ignore;
    int classes, bands;
    struct seg_known_classes known; /* of the records and tables added */
    struct seg_stat_class class[SEG_STAT_CLASSES];
    struct seg_stat_band *band;
    struct seg_nodata_count
        gaps; /* pixels that are not finite and not declared */
};

void seg_stat_init(struct seg_stat *s, struct seg_arena *a);

/*
 * Adds a record's image and label, as far as it has them.  Bands, classes and
 * ignore value must be those of the records before.  Classes that have no name
 * are counted like the others.
 */
int seg_stat_add(struct seg_stat *s, const struct seg_record *r,
    struct seg_err *e) SEG_MUST_USE;

/* The image alone, of any type; pixels without data do not count. */
int seg_stat_image(struct seg_stat *s, const struct seg_tensor *image,
    const struct seg_nodata *nodata, const char *key,
    struct seg_err *e) SEG_MUST_USE;

/* Adds the sums of another set of the same classes, which must have levels if s
   wants them. */
int seg_stat_merge(struct seg_stat *s, const struct seg_stat *from,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* The names as in seg.classes, up to the first class without one; NULL where
   class 0 has none. */
int seg_stat_list(const char **list, const struct seg_stat *s,
    struct seg_err *e) SEG_MUST_USE;

/* weight[classes] */
void seg_stat_inverse(double *weight, const struct seg_stat *s);
void seg_stat_median(double *weight, const struct seg_stat *s);
void seg_stat_effective(double *weight, const struct seg_stat *s);

/* Mean and standard deviation of a band; NaN if it has no pixels. */
void seg_stat_mean_sd(double *mean, double *sd, const struct seg_stat_band *b);

#endif
