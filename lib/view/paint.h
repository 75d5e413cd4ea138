/*
 * Paints images and classes on a canvas.
 *
 * A canvas is a tensor [H,W,3] u8; everything is painted with its upper left
 * corner at (y, x) and must fit.
 */
#ifndef SEG_VIEW_PAINT_H
#define SEG_VIEW_PAINT_H

#include "lib/image/nodata.h"
#include "lib/label/labelmap.h"

/* Settings. */
struct seg_paint {
    double alpha; /* opacity of class colors, 0 to 1 */
    int contours; /* paint only pixels that have a neighbor of another class */
    size_t scale; /* enlargement: each pixel becomes scale x scale pixels */
    /* largest side of a panel in a row, which is shrunk to fit; 0: none */
    size_t limit;
    int bands;        /* 1: gray, 3: red, green, blue; 0: see seg_paint_image */
    size_t band[3];   /* their numbers, from 0 */
    double low, high; /* percentiles that become black and white */
    /* stretch u8 images too, which are painted unchanged otherwise */
    int bytes_too;
    struct seg_nodata nodata; /* of the record; pixels without data are black */
};

/* A white canvas of h x w pixels; memory from a. */
int seg_canvas(struct seg_tensor *canvas, struct seg_arena *a, size_t h,
    size_t w, struct seg_err *e) SEG_MUST_USE;

/*
 * Paints an image [H,W] or [H,W,C].  Unless opts->bands is set, one or two
 * bands are shown as gray, and of three or more the first three as red, green,
 * blue.  Each band is stretched between its own percentiles in this image.
 * Messages begin with `where`.
 */
int seg_paint_image(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *image, const struct seg_paint *opts,
    const char *where, struct seg_err *e) SEG_MUST_USE;

/*
 * Paints classes [H,W] u8 over the canvas: alpha color + (1 - alpha) canvas,
 * halves rounded up.  Ignored pixels are left unchanged.  Fails on a value that
 * is not a class; the message begins with `where`.
 */
int seg_paint_classes(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *label, const struct seg_classes *c,
    const struct seg_paint *opts, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Fills h x w pixels with one color. */
void seg_paint_box(struct seg_tensor *canvas, size_t y, size_t x, size_t h,
    size_t w, const uint8_t rgb[3]);

/* Copies another canvas. */
void seg_paint_canvas(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *part);

#endif
