/*
 * COCO instances: one JSON file for many images.
 *
 * A polygon, of whole coordinates, is written as runs (RLE) in the text of
 * pycocotools, which keep holes and every pixel.  Polygons of name "ignore" are
 * crowds.  Write errors are left to the caller (ferror).
 */
#ifndef SEG_FORMATS_POLYGON_COCO_WRITE_H
#define SEG_FORMATS_POLYGON_COCO_WRITE_H

#include <stdio.h>

#include "lib/label/polygon_fill.h"

struct seg_coco_image;

struct seg_coco_writer {
    FILE *f;
    struct seg_arena arena;
    struct seg_coco_image *image;
    size_t images, image_capacity, polygons;
    const char **category;
    size_t categories, category_capacity;
};

void seg_coco_open(struct seg_coco_writer *w, FILE *f);

/* Writes the polygons of one image; `file` is its name.  Fails if there is no
   memory. */
int seg_coco_put(struct seg_coco_writer *w, const struct seg_polygons *p,
    const char *file, struct seg_err *e) SEG_MUST_USE;

void seg_coco_close(struct seg_coco_writer *w);

#endif
