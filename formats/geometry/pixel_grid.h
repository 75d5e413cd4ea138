/*
 * The position of the pixels of an image: on earth (seg.geo) or in a scanner
 * (seg.volume).
 *
 * An image and its label image are two files, each with a position.  The record
 * keeps that of the image.  If the label image has another one, seg.apart says
 * how far apart they are: "distance=D x=X y=Y", D pixels of the image at its
 * corner (X, Y) with the largest distance.  In two coordinate systems there is
 * no distance: "epsg=A,B", the codes of image and label image.
 */
#ifndef SEG_FORMATS_GEOMETRY_PIXEL_GRID_H
#define SEG_FORMATS_GEOMETRY_PIXEL_GRID_H

#include "lib/tensor/record.h"

/* In world units: pixel (x, y) has its center at origin + x right + y down. */
struct seg_pixel_grid {
    double origin[3], right[3], down[3];
    int epsg; /* code of the coordinate system; 0: unknown */
};

/* The grid of a record: 1; 0 if it has none (a NIfTI header with qform and
   sform codes of 0, tie points that are no affine map); -1 on error. */
int seg_pixel_grid_get(struct seg_pixel_grid *p, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Sets seg.apart if the grid of a label image is more than a tenth of a pixel
   away from that of its image, of w x h pixels, or in another coordinate
   system. */
int seg_pixel_grid_compare(struct seg_record *rec,
    const struct seg_pixel_grid *image, const struct seg_pixel_grid *label,
    size_t w, size_t h, struct seg_err *e) SEG_MUST_USE;

/* The values of seg.apart. */
struct seg_apart {
    double distance;
    size_t x, y;
    int epsg[2]; /* of image and label image; 0: the same system */
};

/* 1; 0 if rec has no seg.apart; -1 if it cannot be parsed. */
int seg_apart_get(struct seg_apart *apart, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

#endif
