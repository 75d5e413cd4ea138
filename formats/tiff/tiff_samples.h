/* Conversion of TIFF samples whose stored form is none of our types. */
#ifndef SEG_FORMATS_TIFF_TIFF_SAMPLES_H
#define SEG_FORMATS_TIFF_TIFF_SAMPLES_H

#include "formats/tiff/tiff_pages.h"
#include "lib/tensor/tensor.h"

/* The type that holds the samples of a page: for example 12-bit unsigned
   numbers are u16.  -1 if they are not supported. */
int seg_tiff_sample_type(enum seg_type *type, const struct seg_tiff_page *p);

/* Unpacks n samples of p->bits bits, in libtiff's order, into the elements 0,
   step, 2 step, ... of to.  Whole numbers of 24 bits have their highest byte
   first in files of either byte order, as GDAL and tifffile read them. */
void seg_tiff_unpack_samples(void *to, enum seg_type type, size_t step,
    const uint8_t *from, size_t n, const struct seg_tiff_page *p);

/* Writes one sample with the value v, or the nearest one of that type. */
void seg_tiff_make_sample(
    void *to, enum seg_type type, double v, const struct seg_tiff_page *p);

/* v becomes 2^bits - 1 - v, for n samples. */
void seg_tiff_invert_samples(
    void *samples, enum seg_type type, size_t n, int bits);

#endif
