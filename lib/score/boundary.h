/*
 * Scores of the outlines of classes in images.
 *
 * boundary_f: the contour of a class is those of its pixels with a neighbor, of
 * four, of another class.  Precision is the share of the predicted contour
 * within theta of the true one, recall the share of the true one within theta
 * of the predicted, theta 0.75 % of the image's diagonal; F = 2 P R / (P + R),
 * for each class and image, then the mean over the images in which the class
 * has a contour (Csurka et al., "What is a good evaluation measure for semantic
 * segmentation?", BMVC 2013).
 *
 * boundary_iou: the band of a class is those of its pixels within d of a pixel
 * that is not of it, or of the image's border, by the larger of the two
 * differences, d 2 % of the diagonal, rounded, at least 1; the IoU of the true
 * and the predicted band, pixels of all images pooled (Cheng et al., "Boundary
 * IoU", CVPR 2021).
 */
#ifndef SEG_SCORE_BOUNDARY_H
#define SEG_SCORE_BOUNDARY_H

#include "lib/score/metrics.h"
#include "lib/score/surface.h"

struct seg_boundary {
    struct seg_mean f;
    uint64_t both, either; /* pixels in both bands, in one of them */
};

/* Adds an image, p->shape[0] 1, to one class. */
int seg_boundary_add(struct seg_boundary *b, const struct seg_volume_pair *p,
    int class_id, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* NAN where the class was nowhere. */
double seg_boundary_iou(const struct seg_boundary *b);

#endif
