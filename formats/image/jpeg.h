/*
 * JPEG, through libjpeg: gray [H,W,1] and color [H,W,3], u8.
 *
 * The slow integer transform and smooth upsampling are asked for by name, so
 * that pixels are the same everywhere.  What libjpeg merely warns about (a file
 * that stops early, a damaged block) is bad data here: it would fill in gray.
 * CMYK is refused, and so is a label image, whose values JPEG cannot keep.
 */
#ifndef SEG_FORMATS_IMAGE_JPEG_H
#define SEG_FORMATS_IMAGE_JPEG_H

#include "formats/image/image.h"

int seg_jpeg_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

#endif
