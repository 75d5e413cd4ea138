/*
 * Legends: the names of the colors in an image.
 *
 * A legend lists the classes that occur in the painted labels.  It is a canvas
 * of its own, to be placed below the image.
 */
#ifndef SEG_VIEW_LEGEND_H
#define SEG_VIEW_LEGEND_H

#include "lib/label/labelmap.h"

/* class ids, then 256 more for the classes of error maps */
enum { SEG_LEGEND_SIZE = 512 };

struct seg_legend {
    struct seg_arena arena;            /* holds the names */
    const char *name[SEG_LEGEND_SIZE]; /* NULL: does not occur */
    uint8_t rgb[SEG_LEGEND_SIZE][3];
};

/* Adds the classes that occur in t, [H,W] u8 with classes c, at index first +
   id.  Fails if the index has another name already; the message begins with
   `where`. */
int seg_legend_add(struct seg_legend *g, const struct seg_tensor *t,
    const struct seg_classes *c, int first, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* Paints the legend, [h,w,3] u8 in memory from a, width pixels wide unless a
   name needs more.  The height h is 0 if there are no classes. */
int seg_legend_paint(struct seg_tensor *canvas, struct seg_arena *a,
    const struct seg_legend *g, size_t width, struct seg_err *e) SEG_MUST_USE;

/* Removes all classes and frees the memory. */
void seg_legend_clear(struct seg_legend *g);

#endif
