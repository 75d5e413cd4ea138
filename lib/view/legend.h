/*
 * Legends: which color in an image is which class.
 *
 * Names come from the labels that are painted, and only of classes that occur
 * in them; the strip is a canvas of its own to be put below the image.
 */
#ifndef SEG_VIEW_LEGEND_H
#define SEG_VIEW_LEGEND_H

#include "lib/dataset/labelmap.h"

enum { SEG_LEGEND_SIZE = 512 }; /* classes, and behind 256 kinds of errors */

struct seg_legend {
    struct seg_arena arena;            /* of the names */
    const char *name[SEG_LEGEND_SIZE]; /* NULL: does not occur */
    uint8_t rgb[SEG_LEGEND_SIZE][3];
};

/* The classes of t, [H,W] u8 with classes c, at first + id.  Fails where
   another name stands there; where is for that message. */
int seg_legend_add(struct seg_legend *g, const struct seg_tensor *t,
    const struct seg_classes *c, int first, const char *where,
    struct seg_err *e) SEG_MUST_USE;

/* The strip in a, width pixels wide if the names fit, [h,w,3] u8.  No classes:
   h is 0. */
int seg_legend_paint(struct seg_tensor *strip, struct seg_arena *a,
    const struct seg_legend *g, size_t width, struct seg_err *e) SEG_MUST_USE;

/* Of no classes; nothing is held. */
void seg_legend_clear(struct seg_legend *g);

#endif
