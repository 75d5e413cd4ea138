/* Black letters on a picture: ASCII, anything else as a question mark. */
#ifndef SEG_DATA_FONT_H
#define SEG_DATA_FONT_H

#include "lib/tensor/tensor.h"

/* Of one character with the gap to the next, in pixels at scale 1. */
enum { SEG_GLYPH_WIDTH = 6, SEG_GLYPH_HEIGHT = 8 };

size_t seg_text_width(const char *text, size_t scale);

/* Text whose upper left corner is (y, x) of a canvas [H,W,3] u8 in which it
   fits. */
void seg_paint_text(struct seg_tensor *canvas, size_t y, size_t x, size_t scale,
    const char *text);

#endif
