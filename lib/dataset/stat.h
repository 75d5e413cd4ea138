/*
 * Statistics of a dataset: classes and bands.  Computed in one pass; tables of
 * several parts can be merged.
 *
 * Counts and sums are accumulated; shares, weights, means, deviations and
 * percentiles are computed from them at the end.  Sums are exact, also of
 * floats: the merged tables of shards equal the table of the whole dataset,
 * digit by digit.
 *
 * Class weights, with n_c the labeled pixels of class c and K the number of
 * classes that occur:
 *
 *   inverse   (sum n) / (K n_c)
 *   median    median(f) / f_c, f_c = n_c / labeled pixels of the images that
 *             contain c (Eigen and Fergus 2015, section 6.3.2)
 *   effective 1 / E_c, E_c = (1 - b^n_c) / (1 - b), b = SEG_STAT_BETA, scaled
 *             to sum to K: additional pixels of a frequent class add little
 *             information (Cui et al. 2019, equation 2)
 *
 * A class that never occurs has weight 0.
 */
#ifndef SEG_DATASET_STAT_H
#define SEG_DATASET_STAT_H

#include <stdint.h>

#include "lib/base/exact.h"
#include "lib/image/histogram.h"
#include "lib/image/nodata.h"
#include "lib/label/same_classes.h"

enum { SEG_STAT_CLASSES = 256 };
#define SEG_STAT_BETA 0.999999

struct seg_stat_class {
    const char *name; /* NULL: unknown */
    uint64_t pixels;
    uint64_t images;  /* images that contain the class */
    uint64_t present; /* labeled pixels of these images */
};

struct seg_stat_band {
    uint64_t pixels;
    struct seg_exact sum, squares;
    double min, max;
    struct seg_histogram *histogram; /* NULL: not counted */
};

struct seg_stat {
    struct seg_arena *arena; /* holds names and bands */
    int histograms;          /* 1: count them; set by the caller */
    uint64_t images;
    uint64_t ignored, ignored_images; /* pixels with the ignore value */
    int ignore;
    int classes, bands;
    struct seg_known_classes known; /* of the records and tables added */
    struct seg_stat_class class[SEG_STAT_CLASSES];
    struct seg_stat_band *band;
    /* pixels that are not finite, without declared nodata */
    struct seg_nodata_count gaps;
};

void seg_stat_init(struct seg_stat *s, struct seg_arena *a);

/*
 * Adds the image and the label of a record, if present.  Bands, classes and
 * ignore value must equal those of earlier records.  Classes without a name are
 * counted too.
 */
int seg_stat_add(struct seg_stat *s, const struct seg_record *r,
    struct seg_err *e) SEG_MUST_USE;

/* Adds only the image, of any type; pixels without data are left out. */
int seg_stat_image(struct seg_stat *s, const struct seg_tensor *image,
    const struct seg_nodata *nodata, const char *key,
    struct seg_err *e) SEG_MUST_USE;

/* Adds the sums of another part with the same classes.  It must have histograms
   if s has. */
int seg_stat_merge(struct seg_stat *s, const struct seg_stat *from,
    const char *path, struct seg_err *e) SEG_MUST_USE;

/* The list of names as in seg.classes, up to the first class without a name;
   NULL if class 0 has none. */
int seg_stat_list(const char **list, const struct seg_stat *s,
    struct seg_err *e) SEG_MUST_USE;

/* weight[classes]: see above. */
void seg_stat_inverse(double *weight, const struct seg_stat *s);
void seg_stat_median(double *weight, const struct seg_stat *s);
void seg_stat_effective(double *weight, const struct seg_stat *s);

/* Mean and standard deviation of a band; NaN if it has no pixels. */
void seg_stat_mean_sd(double *mean, double *sd, const struct seg_stat_band *b);

#endif
