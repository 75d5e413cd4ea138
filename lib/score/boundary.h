/*
 * Scores of class boundaries in images.
 *
 * boundary_f: the contour of a class is the set of its pixels with a 4-neighbor
 * of another class.  Precision is the fraction of the predicted contour within
 * theta of the true contour, recall the fraction of the true contour within
 * theta of the predicted one, theta being 0.75 % of the image diagonal; F = 2 P
 * R / (P + R), for each class and image, then averaged over the images in which
 * the class has a contour (Csurka et al., "What is a good evaluation measure
 * for semantic segmentation?", BMVC 2013).
 *
 * boundary_iou: the band of a class is the set of its pixels within Chebyshev
 * distance d of a pixel of another class or of the outside of the image, d
 * being 2 % of the diagonal, rounded, at least 1.  The score is the IoU of the
 * true and the predicted band, pooled over all images (Cheng et al., "Boundary
 * IoU", CVPR 2021).
 */
#ifndef SEG_SCORE_BOUNDARY_H
#define SEG_SCORE_BOUNDARY_H

#include "lib/score/metrics.h"
#include "lib/score/surface.h"

struct seg_boundary {
    struct seg_mean f;
    uint64_t both, either; /* pixels in both bands, in at least one band */
};

/* Adds one class of an image; p->shape[0] is 1. */
int seg_boundary_add(struct seg_boundary *b, const struct seg_volume_pair *p,
    int class_id, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* NAN if the class never occurs. */
double seg_boundary_iou(const struct seg_boundary *b);

#endif
