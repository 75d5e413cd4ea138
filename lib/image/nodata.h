/*
 * Pixels without data, for example the border of a mosaic or masked clouds.
 *
 * A record declares the value of such pixels in seg.nodata, a number or "nan".
 * A pixel has no data if one of its bands has that value, for example -9999.
 * The values 0, 255 and 65535 also occur in black and in saturated pixels, so
 * there all bands must have the value.  A pixel with a band that is not finite
 * has no data either, declared or not.
 *
 * The image keeps the stored values of such pixels.  Statistics leave them out,
 * normalization replaces them by the mean of each band, their label is ignored,
 * and their prediction is 255.  In names a pixel without data is a gap.
 */
#ifndef SEG_IMAGE_NODATA_H
#define SEG_IMAGE_NODATA_H

#include "lib/image/transform.h"
#include "lib/tensor/record.h"

struct seg_nodata {
    int declared;
    double value; /* may be NaN */
};

enum seg_gap {
    SEG_GAP_NONE,      /* the pixel has data */
    SEG_GAP_DECLARED,  /* it has the declared value */
    SEG_GAP_NOT_FINITE /* NaN or infinity, not declared */
};

/* Parses a number or "nan", with optional blanks around it; -1 on failure. */
int seg_nodata_parse(double *value, const char *text) SEG_MUST_USE;

/* Reads seg.nodata; fails if it is set and not a number. */
int seg_nodata_get(struct seg_nodata *q, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Sets seg.nodata, with the fewest digits that give back the value. */
int seg_nodata_set(
    struct seg_record *rec, double value, struct seg_err *e) SEG_MUST_USE;

/* 1 if the number v of this type is the declared value. */
int seg_nodata_is(const struct seg_nodata *q, enum seg_type type, double v);

/* Classifies pixel i, in row-major order, of an image [H,W] or [H,W,C]. */
enum seg_gap seg_nodata_at(
    const struct seg_nodata *q, const struct seg_tensor *t, size_t i);

/*
 * Finds the gaps among the n pixels from pixel i on.  Returns their number; if
 * it is not 0, gap[n] holds an enum seg_gap for each pixel, otherwise gap is
 * not written.
 */
size_t seg_nodata_find(uint8_t *gap, const struct seg_nodata *q,
    const struct seg_tensor *t, size_t i, size_t n);

/* The gaps of the whole image: *gap [h,w] in memory from a, or NULL if there
   are none. */
int seg_nodata_map(uint8_t **gap, const struct seg_nodata *q,
    const struct seg_tensor *t, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Sets label[i] to `ignore` if gap[i] is set. */
void seg_nodata_ignore(
    uint8_t *label, const uint8_t *gap, size_t n, int ignore);

/* Pixels that are not finite and not declared, counted over many images. */
struct seg_nodata_count {
    uint64_t pixels, images;
    /* for example "a.st: k: image is nan at (x 0, y 0), band 0" */
    char first[400];
};

/* Counts those of an image; gap[h,w]: its gaps, or NULL.  The text `first`
   begins with `where`. */
void seg_nodata_count_add(struct seg_nodata_count *g,
    const struct seg_tensor *t, const uint8_t *gap, const char *where);

/*
 * Like seg_image_resize, but for an image that may have gaps: declared values
 * are not interpolated.  A pixel of out has no data if any of the pixels it is
 * computed from has none.
 */
int seg_nodata_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    const struct seg_nodata *q, struct seg_arena *scratch,
    struct seg_err *e) SEG_MUST_USE;

/* Changes a computed pixel i that has data but happens to equal the declared
   value, to the nearest other number in these bands. */
void seg_nodata_avoid(
    const struct seg_nodata *q, struct seg_tensor *t, size_t i);

#endif
