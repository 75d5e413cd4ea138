/*
 * Pixels without data: the border of a mosaic, clouds that were cut out.
 *
 * A record declares the value of such pixels with seg.nodata, a number or
 * "nan".  A pixel has no data where one of its bands holds that value, for
 * example -9999.  The values 0, 255 and 65535 also occur in black and in
 * saturated pixels: all bands must hold them.  A pixel with a band that is not
 * a finite number has no data either, declared or not.
 *
 * Such pixels stay in the image as they were stored.  Statistics leave them
 * out, normalization gives them the mean of each band, their label is ignored,
 * and their prediction is 255.
 */
#ifndef SEG_IMAGE_NODATA_H
#define SEG_IMAGE_NODATA_H

#include "lib/image/transform.h"
#include "lib/tensor/record.h"

struct seg_nodata {
    int declared;
    double value; /* may be nan */
};

enum seg_gap {
    SEG_GAP_NONE,      /* the pixel has data */
    SEG_GAP_DECLARED,  /* it holds the declared value */
    SEG_GAP_NOT_FINITE /* nan or inf, which nobody declared */
};

/* A number or "nan", with blanks around it; -1 if the text is neither. */
int seg_nodata_parse(double *value, const char *text) SEG_MUST_USE;

/* Fails where seg.nodata is there and is no number. */
int seg_nodata_get(struct seg_nodata *q, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Sets seg.nodata, in the fewest digits that say the value. */
int seg_nodata_set(
    struct seg_record *rec, double value, struct seg_err *e) SEG_MUST_USE;

/* Does the number v, as it is stored in this type, stand for no data? */
int seg_nodata_is(const struct seg_nodata *q, enum seg_type type, double v);

/* Pixel i, row by row, of an image [H,W] or [H,W,C]. */
enum seg_gap seg_nodata_at(
    const struct seg_nodata *q, const struct seg_tensor *t, size_t i);

/*
 * Gaps among the n pixels from pixel i on: how many, and each in gap[n] (an
 * enum seg_gap), which is left alone where the answer is 0.
 */
size_t seg_nodata_find(uint8_t *gap, const struct seg_nodata *q,
    const struct seg_tensor *t, size_t i, size_t n);

/* The gaps of the whole image, h,w, in a; *gap is NULL where there are none. */
int seg_nodata_map(uint8_t **gap, const struct seg_nodata *q,
    const struct seg_tensor *t, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* label[n] becomes `ignore` where gap[n] says so. */
void seg_nodata_ignore(
    uint8_t *label, const uint8_t *gap, size_t n, int ignore);

/* Pixels, met in a run, that are not finite and not declared. */
struct seg_nodata_count {
    uint64_t pixels, images;
    char first[400]; /* "a.st: k: image is nan at (x 0, y 0), band 0" */
};

/* Counts those of an image whose gaps are gap[h,w] (NULL: none). */
void seg_nodata_count_add(struct seg_nodata_count *g,
    const struct seg_tensor *t, const uint8_t *gap, const char *where);

/*
 * seg_image_resize for an image that may have gaps: nothing is blended with a
 * declared value.  A pixel of out has no data where one that it is made of has
 * none.
 */
int seg_nodata_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    const struct seg_nodata *q, struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

/* Moves pixel i, which was computed and has data, off the declared value: to
   the nearest number beside it, in the bands that hold it. */
void seg_nodata_avoid(
    const struct seg_nodata *q, struct seg_tensor *t, size_t i);

#endif
