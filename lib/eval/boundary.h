/*
 * Scores of the outlines of classes in pictures.
 *
 * boundary_f: the contour of a class is those of its pixels with a neighbour, of
 * four, of another class.  Precision is the share of the predicted contour
 * within theta of the true one, recall the share of the true one within theta of
 * the predicted, theta 0.75 % of the picture's diagonal; F = 2 P R / (P + R), for
 * each class and picture, then the mean over the pictures in which the class has
 * a contour (Csurka et al., "What is a good evaluation measure for semantic
 * segmentation?", BMVC 2013).
 *
 * boundary_iou: the band of a class is those of its pixels within d of a pixel
 * that is not of it, or of the picture's border, by the larger of the two
 * differences, d 2 % of the diagonal, rounded, at least 1; the IoU of the true
 * and the predicted band, pixels of all pictures pooled (Cheng et al., "Boundary
 * IoU", CVPR 2021).
 */
#ifndef SEG_EVAL_BOUNDARY_H
#define SEG_EVAL_BOUNDARY_H

#include "lib/eval/metrics.h"
#include "lib/eval/surface.h"

struct seg_boundary {
    struct seg_mean f;
    uint64_t both, either; /* pixels in both bands, in one of them */
};

/* Adds a picture, p->shape[0] 1, to one class. */
int seg_boundary_add(struct seg_boundary *b, const struct seg_pair *p,
    int class_id, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

/* NAN where the class was nowhere. */
double seg_boundary_iou(const struct seg_boundary *b);

#endif
