/* The one thing of EXIF that matters here: which way up a camera was held. */
#ifndef SEG_FORMATS_CODEC_EXIF_H
#define SEG_FORMATS_CODEC_EXIF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/tensor/record.h"

/* Orientation 1..8 in a block that starts with a TIFF header; 0 if unknown. */
int seg_exif_orientation(const uint8_t *block, size_t n);

/* Sets seg.exif to "orientation=N". */
int seg_exif_set(
    struct seg_record *rec, int orientation, struct seg_err *e) SEG_MUST_USE;

/* The same where the block has an N other than 1. */
int seg_exif_note(struct seg_record *rec, const uint8_t *block, size_t n,
    struct seg_err *e) SEG_MUST_USE;

#endif
