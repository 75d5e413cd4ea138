/* Samples of a TIFF that are not stored as one of our types. */
#ifndef SEG_FORMATS_TIFF_TIFFBITS_H
#define SEG_FORMATS_TIFF_TIFFBITS_H

#include "formats/tiff/tiffpages.h"
#include "lib/tensor/tensor.h"

/* The type that holds the samples of a page: unsigned numbers of up to 8 bits
   become u8, of up to 16 u16, of up to 32 u32, signed ones i8, i16 and i32; -1
   if they are not supported. */
int seg_tiffbits_type(enum seg_type *type, const struct seg_tiff_page *p);

/* n samples, packed as libtiff returns them, into every step'th element.  Whole
   numbers of 24 bits have their highest byte first in the files of either byte
   order, as GDAL and tifffile have it. */
void seg_tiffbits_unpack(void *to, enum seg_type type, size_t step,
    const uint8_t *from, size_t n, const struct seg_tiff_page *p);

/* A sample of that page and type with the value v, or the nearest one. */
void seg_tiffbits_value(
    void *to, enum seg_type type, double v, const struct seg_tiff_page *p);

/* Turns n samples over: v becomes max - v, max having all bits. */
void seg_tiffbits_negative(
    void *samples, enum seg_type type, size_t n, int bits);

#endif
