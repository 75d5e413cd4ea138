/* The orientation of a photograph, from its EXIF block. */
#ifndef SEG_FORMATS_CODEC_EXIF_H
#define SEG_FORMATS_CODEC_EXIF_H

#include <stddef.h>
#include <stdint.h>

#include "lib/tensor/record.h"

/* Orientation 1..8 in an EXIF block of n bytes, from its TIFF header on; 0 if
   there is none. */
int seg_exif_orientation(const uint8_t *block, size_t n);

/* Sets seg.exif to "orientation=N". */
int seg_exif_set(
    struct seg_record *rec, int orientation, struct seg_err *e) SEG_MUST_USE;

/* Sets seg.exif if the block has an orientation other than 1. */
int seg_exif_note(struct seg_record *rec, const uint8_t *block, size_t n,
    struct seg_err *e) SEG_MUST_USE;

#endif
