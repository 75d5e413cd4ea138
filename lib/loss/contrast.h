/*
 * Pixel-wise, label-based contrastive losses on a batch of two views (Zhao et
 * al., 2012.06985), built on lib/kernel/contrast.
 *
 * The batch has 2n feature maps of h x w rows of unit length: n images, then
 * their n augmented views, which share the labels.  I is an image, I^ its
 * augmented view, J another image.  Positives are rows of the anchor's class.
 *
 *             paper                            released
 *   within    anchors: I; candidates: I^       I with I, and I^ with I^
 *   cross     also positives from J^           the rows of I and J^ together;
 *                                              no negatives between them
 *   batch     anchors: all I; candidates:      all 2n maps together
 *             all I^
 *   supcon    all 2n maps together, without the anchor itself: both forms
 *
 * In the paper's forms the denominator has all candidates, in the released ones
 * the positive and the rows of other classes.  Anchors of the paper's forms are
 * rows of images only, as printed; augmented views get a gradient as
 * candidates.  The authors released no batch form; ours is the released kernel
 * on all maps.
 *
 * The loss is the mean over the n images; an image without valid pixels adds 0.
 * The partner J of each I is drawn every step from (seed, step): in the
 * released form by any permutation, in the paper's form by one without fixed
 * points.  A batch of one image has no partner, so cross equals within.
 */
#ifndef SEG_LOSS_CONTRAST_H
#define SEG_LOSS_CONTRAST_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/loss/contrast_report.h"

enum seg_contrast_scope {
    SEG_SCOPE_WITHIN,
    SEG_SCOPE_CROSS,
    SEG_SCOPE_BATCH,
    SEG_SCOPE_SUPCON
};

struct seg_contrast_loss {
    /* set by the caller */
    enum seg_contrast_scope scope;
    int released; /* form: 0 the paper's, 1 the released code's */
    double tau;
    int classes, ignore;
    uint64_t seed;
    int threads;
    int n, h, w, d; /* images, rows of a map, channels of the embedding */
    /* by seg_contrast_loss_plan */
    int *y;               /* 2n,h,w: class of each row */
    int *group, *rows;    /* 2n,h,w */
    int *order, *partner; /* n */
    void *scratch;
};

/* Allocates all memory from a; fails if the batch has too many rows.  tau must
   be at least 0.025. */
int seg_contrast_loss_plan(struct seg_contrast_loss *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Sets l->y by nearest-neighbor sampling of the label image.  Row positions
 * map from grid to feature map to image with aligned corners.
 */
void seg_contrast_loss_label(struct seg_contrast_loss *l,
    const uint8_t *label /* n,label_h,label_w */, int label_h, int label_w,
    int feature_h, int feature_w);

/*
 * Sets l->y if every row is a block of pixels, for example a token of a vision
 * transformer: the most frequent label of the block, or ignore if fewer than
 * share of the block's pixels have it.  h must divide label_h, w label_w.
 */
void seg_contrast_loss_pool(struct seg_contrast_loss *l,
    const uint8_t *label /* n,label_h,label_w */, int label_h, int label_w,
    double share);

/* Returns the loss of the step and writes its gradient to df; df and report
   may be NULL. */
double seg_contrast_loss(struct seg_contrast_loss *l, float *df /* 2n,h,w,d */,
    const float *f /* 2n,h,w,d */, uint64_t step,
    struct seg_contrast_report *report);

#endif
