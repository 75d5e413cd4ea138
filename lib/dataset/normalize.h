/*
 * From stored pixels to what a network takes:
 *
 *   (min(max(pixel, low[c]), high[c]) - mean[c]) / std[c]
 *
 * and for a pixel without data the mean of the band, which is 0 unless it is
 * put on a range of its own; in units of the stored pixels.  The four are the
 * model's, or made of the statistics of each whole image.  One definition for
 * training and prediction; u8, the usual case, goes through a table and gives
 * the same bits as the division.
 */
#ifndef SEG_DATASET_NORMALIZE_H
#define SEG_DATASET_NORMALIZE_H

#include "lib/image/nodata.h"

enum seg_normalize_kind {
    SEG_NORMALIZE_DATASET, /* the model's numbers */
    SEG_NORMALIZE_RECORD,  /* the image's own mean and deviation */
    SEG_NORMALIZE_RANGE    /* its own range without tails, as 0 to 1 */
};
extern const char *const seg_normalize_names[]; /* "dataset"..., NULL behind */

/* A model's settings. */
struct seg_normalize_opts {
    enum seg_normalize_kind kind;
    int tail;          /* of RANGE: one of lib/dataset/intensity.h's */
    float *mean, *std; /* c: of DATASET */
    float *low, *high; /* c, or NULL: no limits */
};

struct seg_normalize {
    int c;
    struct seg_normalize_opts opts;
    float *mean, *std, *low, *high; /* c: in force */
    float *fill;                    /* c: for pixels without data */
    float (*table)[256];            /* c */
    struct seg_nodata nodata;       /* of the record */
    struct seg_extreme {
        float size;    /* largest of the numbers that came out, without sign */
        double stored; /* that pixel's value, and its place */
        size_t x, y, band;
        char where[300];
    } extreme;
    struct seg_arena scratch; /* of the record */
    struct seg_arena row;     /* gap[gap_capacity]: one row of gaps */
    uint8_t *gap;
    size_t gap_capacity;
};

/* Takes memory from a; what how points to is copied. */
int seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const struct seg_normalize_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* Turns to a record: to its seg.nodata, and to what its seg.intensity says, if
   the model goes by that.  where is for messages. */
int seg_normalize_prepare(struct seg_normalize *q, const struct seg_record *rec,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * image, [h,w,c] of any type, into out, whose rows are out_w >= w pixels long.
 * where is for the message if the image does not fit the network.
 */
int seg_normalize_image(float *out, size_t out_w,
    const struct seg_tensor *image, struct seg_normalize *q, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Why a network may have computed numbers that are not finite: text, filled
 * with a cause that lies in the images, or empty.  A value thousands of
 * deviations away from the mean is one: nodata that nobody declared, or another
 * unit than the model's.  Looked for since the last seg_normalize_reset_extreme.
 */
const char *seg_normalize_explain(
    char *text, size_t size, const struct seg_normalize *q);
void seg_normalize_reset_extreme(struct seg_normalize *q);

/*
 * Are an image's values of the units that a model's numbers are of?  A network
 * made for 0 to 255 sees all of an image of 0 to 1 as one value.  MISSES: in
 * every band that can tell, the mean is more than 10 deviations away, the
 * deviation is more than 20 of them, or all values lie within a twentieth of
 * one.  UNDECIDED: each band has one value alone; the next image may tell.
 */
enum seg_normalize_units {
    SEG_UNITS_UNDECIDED,
    SEG_UNITS_MATCH,
    SEG_UNITS_DIFFER
};
/* The first band that misses: values as stored, and those of the model. */
struct seg_normalize_mismatch {
    double low, high, mean, std;
};
enum seg_normalize_units seg_normalize_check_units(
    struct seg_normalize_mismatch *mismatch, const struct seg_tensor *image,
    const struct seg_normalize *q);

void seg_normalize_free(struct seg_normalize *q);

#endif
