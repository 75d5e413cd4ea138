/* Black text on an image: ASCII; other characters become question marks. */
#ifndef SEG_VIEW_FONT_H
#define SEG_VIEW_FONT_H

#include "lib/tensor/tensor.h"

/* Size of a character cell, spacing included, in pixels at scale 1. */
enum { SEG_GLYPH_WIDTH = 6, SEG_GLYPH_HEIGHT = 8 };

size_t seg_font_width(const char *text, size_t scale);

/* Shortens a UTF-8 text to at most `most` characters; the last three characters
   of a shortened text are dots (fewer if most < 3). */
void seg_font_clip(char *text, size_t most);

/* Paints text with its upper left corner at (y, x) of canvas [H,W,3] u8; it
   must fit. */
void seg_font_paint(struct seg_tensor *canvas, size_t y, size_t x, size_t scale,
    const char *text);

#endif
