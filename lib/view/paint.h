/*
 * Records as images to look at: images, class colors over them, sheets.
 *
 * A canvas is a tensor [H,W,3] u8; everything is painted at a place (y, x) in
 * it and must fit.
 */
#ifndef SEG_VIEW_PAINT_H
#define SEG_VIEW_PAINT_H

#include "lib/dataset/labelmap.h"
#include "lib/image/nodata.h"

/* How images are shown. */
struct seg_paint {
    double alpha; /* 0: what was there stays; 1: colors only */
    int contours; /* only pixels beside another class */
    size_t scale; /* so many pixels, each way, for one */
    size_t limit; /* a strip's cells are made smaller to fit, unless 0 */
    int bands;    /* 1: gray, 3: red, green and blue; 0: see seg_paint_image */
    size_t band[3];   /* which, from 0 */
    double low, high; /* percentiles that become black and white */
    int bytes_too;    /* those of u8 as well, which else stay as they are */
    struct seg_nodata nodata; /* of the record: such pixels are black */
};

/* A white canvas of h x w pixels, in a. */
int seg_canvas(struct seg_tensor *canvas, struct seg_arena *a, size_t h,
    size_t w, struct seg_err *e) SEG_MUST_USE;

/*
 * An image [H,W] or [H,W,C].  Where how does not choose, one or two bands are
 * gray, of more the first three are red, green and blue.  Each band is
 * stretched by percentiles of its own, in this image.  where is for messages.
 */
int seg_paint_image(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *image, const struct seg_paint *how,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * Classes [H,W] u8 in their colors, laid over what is there:
 * alpha color + (1 - alpha) there, halves rounded up.  Ignored pixels stay.
 * where is for messages: a value that is no class is an error.
 */
int seg_paint_classes(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *label, const struct seg_classes *c,
    const struct seg_paint *how, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* h x w pixels of one color */
void seg_paint_box(struct seg_tensor *canvas, size_t y, size_t x, size_t h,
    size_t w, const uint8_t rgb[3]);

/* Another canvas. */
void seg_paint_canvas(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *part);

#endif
