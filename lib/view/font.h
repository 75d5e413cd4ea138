/* Black letters on an image: ASCII, anything else as a question mark. */
#ifndef SEG_VIEW_FONT_H
#define SEG_VIEW_FONT_H

#include "lib/tensor/tensor.h"

/* Of one character with the gap to the next, in pixels at scale 1. */
enum { SEG_GLYPH_WIDTH = 6, SEG_GLYPH_HEIGHT = 8 };

size_t seg_font_width(const char *text, size_t scale);

/* Cuts text, UTF-8, to at most so many characters; the last three of a text
   that was longer are dots, as far as there is room. */
void seg_font_clip(char *text, size_t most);

/* Text whose upper left corner is (y, x) of a canvas [H,W,3] u8 in which it
   fits. */
void seg_font_paint(struct seg_tensor *canvas, size_t y, size_t x, size_t scale,
    const char *text);

#endif
