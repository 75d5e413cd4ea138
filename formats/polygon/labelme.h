/*
 * Polygons of labelme, a JSON file for each image:
 *
 *     {"imageWidth": 640, "imageHeight": 480, "shapes": [
 *       {"label": "car", "shape_type": "polygon", "points": [[1, 2], ...]}]}
 *
 * Shapes are polygons, rectangles of two points and circles of a center and a
 * point on them; other shapes have no area and are refused.  Only polygons are
 * written.
 */
#ifndef SEG_FORMATS_POLYGON_LABELME_H
#define SEG_FORMATS_POLYGON_LABELME_H

#include <stdio.h>

#include "lib/label/polygon_fill.h"

/* 1 if path ends in .json. */
int seg_labelme_has_suffix(const char *path);

/* Reads the file at path, of up to max_bytes (0: 256 MiB); the parser needs up
   to 30 times as much memory for a moment.  Memory of the result from a. */
int seg_labelme_read(struct seg_polygons *p, struct seg_arena *a,
    const char *path, size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

/* Writes polygons of whole coordinates; image is the name of the image file.
   Write errors are left to the caller (ferror). */
void seg_labelme_write(
    FILE *f, const struct seg_polygons *p, const char *image);

#endif
