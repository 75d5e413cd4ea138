/*
 * Where the pixels of an image lie: on earth (seg.geo) or in a scanner
 * (seg.volume).
 *
 * An image and its label are two files, each with a place of its own.  The
 * record has the image's; where the label's is another one, seg.apart says by
 * how much, "distance=D x=X y=Y": D pixels of the image at the corner where it
 * is most.  Places in two coordinate systems have no distance: "epsg=A,B", the
 * codes of the image's and the label's.
 */
#ifndef SEG_FORMATS_PLACE_PLACE_H
#define SEG_FORMATS_PLACE_PLACE_H

#include "lib/tensor/record.h"

/* In the units of the world: the center of pixel (0, 0), and from there to its
   neighbors on the right and below. */
struct seg_place {
    double origin[3], across[3], down[3];
    int epsg; /* code of the coordinate system; 0: none is said */
};

/* 1 and p; 0 if the record does not say (a NIfTI header whose qform and sform
   codes are 0 does not), or only by scattered points; -1. */
int seg_place_get(struct seg_place *p, struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Sets seg.apart if a label at `label` lies more than a tenth of a pixel from
   its image of w x h pixels at `image`, or in another coordinate system. */
int seg_place_note(struct seg_record *rec, const struct seg_place *image,
    const struct seg_place *label, size_t w, size_t h,
    struct seg_err *e) SEG_MUST_USE;

struct seg_apart {
    double distance;
    size_t x, y;
    int epsg[2]; /* of the image and the label; 0: of one system */
};

/* 1 and what seg.apart says, 0 if it is not there, -1 if it makes no sense. */
int seg_place_apart(struct seg_apart *apart, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

#endif
