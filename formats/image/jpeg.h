/* The writer of JPEG, for images that people look at; the format that is read
   is seg_jpeg_format, see table.c. */
#ifndef SEG_FORMATS_IMAGE_JPEG_H
#define SEG_FORMATS_IMAGE_JPEG_H

#include "formats/codec/image_format.h"

/* Encodes t [H,W,3] u8 with quality 1 to 100 and colors of full resolution into
   *n bytes in memory from a; NULL on failure. */
const uint8_t *seg_jpeg_bytes(size_t *n, const struct seg_tensor *t,
    int quality, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
