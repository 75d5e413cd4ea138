/*
 * Softmax cross-entropy per pixel, with ignored pixels and class weights.
 * Logits may be smaller than the label image: bilinear upsampling is fused with
 * the loss, so the full-size logits are never stored (lib/kernel/upsample_ce).
 */
#ifndef SEG_LOSS_CROSS_ENTROPY_H
#define SEG_LOSS_CROSS_ENTROPY_H

#include "lib/net/net.h"

struct seg_cross_entropy {
    /* set by the caller */
    const float *weight; /* classes; NULL: all 1 */
    int ignore;
    int align_corners; /* of the enlargement: from seg_cross_entropy_node */
    int scale; /* likewise: logits stand for so many pixels a side, of which the
                  labels have the upper left; 0: for all the labels */
    const struct seg_step *top; /* likewise: what enlarges, for messages */
    int threads;
    int n, h, w, classes; /* logits */
    int label_h, label_w;
    /* by seg_cross_entropy_plan */
    void *scratch;
    uint8_t *padded; /* labels with ignored pixels below and on the right */
};

/*
 * The node whose value the loss takes as logits.  If the last node is a
 * bilinear resize to the size of the image, it is that node's input; otherwise
 * it is the last node.  Sets align_corners, scale and top.
 */
const char *seg_cross_entropy_node(
    struct seg_cross_entropy *l, const struct seg_net *net);

/* Fails if the logits, upsampled by scale, are smaller than h x w pixels. */
int seg_cross_entropy_covers(const struct seg_cross_entropy *l, int h, int w,
    struct seg_err *e) SEG_MUST_USE;

/* Allocates all memory from a; fails if the logits do not cover the labels. */
int seg_cross_entropy_plan(struct seg_cross_entropy *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Returns the mean loss over the valid pixels; writes its gradient to dx. */
double seg_cross_entropy(struct seg_cross_entropy *l,
    float *dx /* n,h,w,classes */, const float *x /* n,h,w,classes */,
    const uint8_t *label /* n,label_h,label_w */);

#endif
