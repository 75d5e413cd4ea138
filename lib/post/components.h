/*
 * Connected components of a label image: sets of pixels of one class that
 * touch.  Ignored pixels (SEG_IGNORE) belong to none.
 */
#ifndef SEG_POST_COMPONENTS_H
#define SEG_POST_COMPONENTS_H

#include <stdint.h>

#include "lib/base/arena.h"

enum { SEG_NO_COMPONENT = -1 };

/* Pixels touch at their sides, or at their sides and corners. */
enum seg_connectivity { SEG_CONNECT_4 = 4, SEG_CONNECT_8 = 8 };

struct seg_label_image {
    uint8_t *pixel; /* h,w */
    int h, w;
};

struct seg_component {
    uint8_t class;
    int at_edge;    /* it touches the edge of the image */
    int32_t pixels; /* its size */
    int32_t first;  /* its first pixel in row-major order */
};

/* Components are numbered in the order of their first pixels. */
struct seg_components {
    int32_t n;
    struct seg_component *list;
    int32_t *of; /* h,w: number of the pixel's component */
};

/* Memory from the arena: about 8 bytes for each pixel.  SEG_EDATA for an image
   of more than 2^31 - 1 pixels. */
int seg_components_find(struct seg_components *c, struct seg_arena *a,
    const struct seg_label_image *image, enum seg_connectivity connectivity,
    struct seg_err *e) SEG_MUST_USE;

/* Offsets (dy, dx) of the neighbors of a pixel: 4, then 4 more for 8. */
extern const int seg_neighbor[8][2];

/* The neighbor of pixel i in a direction, -1 if it lies outside. */
int32_t seg_neighbor_of(
    const struct seg_label_image *image, int32_t i, int direction);

#endif
