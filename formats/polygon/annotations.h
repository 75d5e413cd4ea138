/*
 * Files with the polygons of many images: COCO instances, images of CVAT.
 */
#ifndef SEG_FORMATS_POLYGON_ANNOTATIONS_H
#define SEG_FORMATS_POLYGON_ANNOTATIONS_H

#include "lib/label/polygon_fill.h"

struct seg_annotated_image {
    const char *file; /* its name, maybe with directories */
    struct seg_polygons polygons;
};

struct seg_annotations {
    size_t n;
    struct seg_annotated_image *image; /* sorted by file */
};

/*
 * COCO instances, a JSON file.  A segmentation of several rings is their union;
 * runs (RLE) are lists of numbers, or the text of pycocotools.  Crowds get the
 * name "ignore" and come first, the others keep their order.  max_bytes as in
 * labelme.h; memory of the result from a.
 */
int seg_coco_read(struct seg_annotations *s, struct seg_arena *a,
    const char *path, size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

/*
 * "CVAT for images 1.1", an XML file: polygons, boxes, ellipses and masks, in
 * the order of their z_order.  Tags have no pixels; other shapes are refused.
 */
int seg_cvat_read(struct seg_annotations *s, struct seg_arena *a,
    const char *path, size_t max_bytes, struct seg_err *e) SEG_MUST_USE;

/* Sorts the images by file; fails if two have one name. */
int seg_annotations_sort(struct seg_annotations *s, const char *path,
    struct seg_err *e) SEG_MUST_USE;

/* The image of a file: the last parts of path are its name.  NULL: none. */
const struct seg_annotated_image *seg_annotations_find(
    const struct seg_annotations *s, const char *path);

#endif
