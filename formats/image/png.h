/*
 * PNG, through libpng.
 *
 * Every bit depth, color type and interlacing is read.  What the header
 * promises is held against the limits and against what so many bytes can hold
 * at most, before memory is taken.  A wrong check sum anywhere is bad data.
 * Chunks beside the pixels are passed over, EXIF excepted: in particular a tRNS
 * chunk (one color declared transparent) is ignored, and the image has the
 * channels its color type says; an alpha channel is kept as it is.
 */
#ifndef SEG_FORMATS_IMAGE_PNG_H
#define SEG_FORMATS_IMAGE_PNG_H

#include "formats/image/image.h"

int seg_png_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

#endif
