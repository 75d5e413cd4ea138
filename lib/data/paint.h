/*
 * Records as pictures to look at: images, class colours over them, sheets.
 *
 * A canvas is a tensor [H,W,3] u8 of the caller's; everything is painted at a
 * place (y, x) in it and must fit.
 */
#ifndef SEG_DATA_PAINT_H
#define SEG_DATA_PAINT_H

#include "lib/data/labelmap.h"

/*
 * A picture [H,W] or [H,W,C]: one or two channels as grey, else the first three
 * as red, green and blue.  u8 is painted as it is; other types are stretched so
 * that the least finite value is black and the greatest white.
 */
int seg_paint_image(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *image, struct seg_err *e) SEG_MUST_USE;

struct seg_paint {
    double alpha; /* 0: what was there stays; 1: colours only */
    int contours; /* only pixels beside another class */
};

/*
 * Classes [H,W] u8 in their colours, laid over what is there:
 * alpha colour + (1 - alpha) there, halves rounded up.  Ignored pixels stay.
 * where is for messages: a value that is no class is an error.
 */
int seg_paint_classes(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *label, const struct seg_classes *c,
    const struct seg_paint *how, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* h x w black pixels */
void seg_paint_black(
    struct seg_tensor *canvas, size_t y, size_t x, size_t h, size_t w);

/* Another canvas. */
void seg_paint_canvas(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *part);

#endif
