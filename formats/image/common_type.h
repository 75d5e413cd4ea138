/*
 * From the stored type of samples to one of the types that all programs take.
 *
 * An image becomes u8, u16, i16 or f32: i8, 32 and 64-bit integers, f16 and f64
 * become f32.  A label image gets the first of u8, u16 and i16 that holds all
 * of its values.  Its values must be whole up to rounding: within 0.001, or
 * half a step of the file's scale (for example scl_slope 0.5 allows 0.25).
 */
#ifndef SEG_FORMATS_IMAGE_COMMON_TYPE_H
#define SEG_FORMATS_IMAGE_COMMON_TYPE_H

#include "formats/codec/image_format.h"

/*
 * Converts tensor `name` of rec.  step is the step of the file's scale, 0 if
 * there is none; path is for messages.  Rounded values are counted in
 * rec->image_rounding or rec->label_rounding.  Label values that no class can
 * have become SEG_LABEL_NODATA if seg.nodata declares them, else they are an
 * error.
 */
int seg_image_to_common_type(struct seg_record *rec, const char *name,
    const char *path, const struct seg_image_opts *opts, double step,
    struct seg_err *e) SEG_MUST_USE;

#endif
