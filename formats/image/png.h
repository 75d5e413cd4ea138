/* The writer of PNG; the format is seg_png_format, see table.c. */
#ifndef SEG_FORMATS_IMAGE_PNG_H
#define SEG_FORMATS_IMAGE_PNG_H

#include "formats/codec/image_format.h"

/* t is [H,W] or [H,W,C] with C 1..4, u8 or u16.  palette: the colors of a
   tensor [H,W] u8, or NULL. */
int seg_png_write(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_palette *palette, struct seg_err *e) SEG_MUST_USE;

#endif
