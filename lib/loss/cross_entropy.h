/*
 * Softmax cross-entropy per pixel, with ignored pixels and class weights.
 * Logits may be smaller than the label image: bilinear upsampling is fused with
 * the loss, so the full-size logits are never stored (lib/kernel/upsample_ce).
 */
#ifndef SEG_LOSS_CROSS_ENTROPY_H
#define SEG_LOSS_CROSS_ENTROPY_H

#include "lib/net/head.h"

struct seg_cross_entropy {
    /* set by the caller */
    const float *weight; /* classes; NULL: all 1 */
    int ignore;
    struct seg_logits logits; /* of the network */
    int threads;
    int n, h, w, classes; /* logits */
    int label_h, label_w;
    /* by seg_cross_entropy_plan */
    void *scratch;
};

/* Allocates all memory from a; fails if the logits do not cover the labels. */
int seg_cross_entropy_plan(struct seg_cross_entropy *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Returns the mean loss over the valid pixels; writes its gradient to dx. */
double seg_cross_entropy(struct seg_cross_entropy *l,
    float *dx /* n,h,w,classes */, const float *x /* n,h,w,classes */,
    const uint8_t *label /* n,label_h,label_w */);

#endif
