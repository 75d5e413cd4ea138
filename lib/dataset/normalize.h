/*
 * Normalization: from stored pixels to the input of a network.
 *
 *   (min(max(pixel, low[c]), high[c]) - mean[c]) / std[c]
 *
 * A pixel without data gets the normalized mean of its band: 0, except with
 * SEG_NORMALIZE_RANGE.  The four arrays are in units of the stored pixels; they
 * are settings of the model or statistics of each whole image.  Training and
 * prediction share this code.  The usual type u8 uses a table and gives the
 * same bits as the division.
 */
#ifndef SEG_DATASET_NORMALIZE_H
#define SEG_DATASET_NORMALIZE_H

#include "lib/image/nodata.h"

enum seg_normalize_kind {
    SEG_NORMALIZE_DATASET, /* mean and std of the model */
    SEG_NORMALIZE_RECORD,  /* mean and std of the image itself */
    /* range of the image without tails, mapped to 0 .. 1 */
    SEG_NORMALIZE_RANGE
};
extern const char *const seg_normalize_names[]; /* "dataset", ..., then NULL */

/* Settings of a model. */
struct seg_normalize_opts {
    enum seg_normalize_kind kind;
    int tail;          /* for RANGE: index into seg_tails */
    float *mean, *std; /* by channel; for DATASET */
    float *low, *high; /* by channel, or NULL: no clamping */
};

struct seg_normalize {
    int c;
    struct seg_normalize_opts opts;
    float *mean, *std, *low, *high; /* by channel; for the current record */
    float *fill;                    /* by channel; for pixels without data */
    float (*table)[256];            /* by channel */
    struct seg_nodata nodata;       /* of the current record */
    struct seg_extreme {
        float size;    /* largest magnitude of a normalized value */
        double stored; /* stored value at that pixel */
        size_t x, y, band;
        char where[300];
    } extreme;
    struct seg_arena scratch; /* for the current record */
    /* gap[gap_capacity]: pixels of one row without data */
    struct seg_arena row;
    uint8_t *gap;
    size_t gap_capacity;
};

/* Takes memory from a; copies *opts and the arrays in it. */
int seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const struct seg_normalize_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* Prepares for the images of a record: reads seg.nodata and, if the model
   normalizes by image, seg.intensity.  Messages begin with `where`. */
int seg_normalize_prepare(struct seg_normalize *q, const struct seg_record *rec,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * Normalizes image [h,w,c] of any type into out, whose rows are out_w >= w
 * pixels long.  Fails if the image does not fit the network; the message begins
 * with `where`.
 */
int seg_normalize_image(float *out, size_t out_w,
    const struct seg_tensor *image, struct seg_normalize *q, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Explains why a network may have computed NaN or infinity: fills text with a
 * cause that lies in the images, or with "".  The cause is a value thousands of
 * standard deviations away from the mean, for example nodata that is not
 * declared, or values in other units than the model's.  Considers the images
 * since the last seg_normalize_reset_extreme.
 */
const char *seg_normalize_explain(
    char *text, size_t size, const struct seg_normalize *q);
void seg_normalize_reset_extreme(struct seg_normalize *q);

/*
 * Checks if an image has the units that the model's mean and std are in.  For
 * example, in a network for values 0 to 255 all values 0 to 1 look the same.
 * DIFFER: in every band that can be decided, the mean is more than 10 standard
 * deviations away, or the deviation is more than 20 times larger, or all values
 * lie within 1/20 of one.  UNDECIDED: every band has a single value; the next
 * image may decide.
 */
enum seg_normalize_units {
    SEG_UNITS_UNDECIDED,
    SEG_UNITS_MATCH,
    SEG_UNITS_DIFFER
};
/* The first band that differs: its stored values, and mean and std of the
   model. */
struct seg_normalize_mismatch {
    double low, high, mean, std;
};
enum seg_normalize_units seg_normalize_check_units(
    struct seg_normalize_mismatch *mismatch, const struct seg_tensor *image,
    const struct seg_normalize *q);

void seg_normalize_free(struct seg_normalize *q);

#endif
