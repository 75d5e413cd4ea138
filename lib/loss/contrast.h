/*
 * Pixel-wise, label-based contrastive losses on a batch of two views (Zhao et
 * al., 2012.06985), built on lib/kernel/contrast.
 *
 * The batch has 2n feature maps of h x w rows of unit length: the n images,
 * then their n augmented views, which share the labels.  I is an image, I^ its
 * augmented view, J another image, P the rows of the anchor's class.
 *
 *             paper                            released
 *   within    anchors I, all of I^ below       I with itself plus I^ with
 *             the fraction                     itself
 *   cross     adds J^'s rows of P              I and J^ in one bag, J^ = I^
 *             below and above                  allowed; no negatives across
 *   batch     anchors all I, all I^ below      all 2n maps in one bag
 *   supcon    all 2n maps in one bag, without the anchor itself: both forms
 *
 * The paper's forms have all of D below the fraction, the released ones the
 * positive itself and the other classes.  Anchors of the paper's forms are the
 * images alone, as it prints them: nothing is symmetrised, the copies get
 * their gradient as candidates.  The paper did not release its batch form; ours
 * is the released kernel on one bag.
 *
 * Losses of single images are averaged over all n; one without valid pixels
 * adds 0 and counts.  Which J goes with which I is drawn anew every step, from
 * (seed, step): in the released form any permutation, in the paper's one
 * without fixed points (a single image has no partner, and cross is within).
 */
#ifndef SEG_LOSS_CONTRAST_H
#define SEG_LOSS_CONTRAST_H

#include <stdint.h>

#include "lib/base/arena.h"

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
    int n, h, w, d; /* images; rows; width of the embedding */
    /* by seg_contrast_loss_plan */
    int *y;               /* 2n,h,w: class of every row */
    int *group, *rows;    /* 2n,h,w */
    int *order, *partner; /* n */
    void *scratch;
};

/* Statistics of one training step, for the log. */
struct seg_contrast_report {
    double anchors;   /* rows that were anchors */
    double positives; /* mean number of positives of an anchor */
    /*
     * Of a thin, even sample of the rows (Wang and Isola, 2005.10242): mean of
     * |f_i - f_j|^2 over pairs of one class, and log of the mean of
     * exp(-2 |f_i - f_j|^2) over all pairs.  0 if there is no such pair.
     */
    double alignment, uniformity;
};

/* Allocates all memory from a; tau must be at least 0.025. */
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
