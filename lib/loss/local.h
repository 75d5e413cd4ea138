/*
 * Supervised local contrast (Hu et al., 2109.07407): pixels of all images and
 * of their augmented views, which share the labels, built on
 * lib/kernel/contrast.
 *
 * Anchors i are pixels of a class other than background; background is a
 * negative for all.  P_i are the other pixels of the anchor's class in the bag,
 * N_i those of other classes, s_ij = f_i . f_j / tau.
 *
 *   coded    l_i = -1/|P_i| sum_{p in P_i} log( e^s_ip / sum_{k != i} e^s_ik )
 *   printed  l_i = -1/|P_i| log( sum_{p in P_i} e^s_ip / sum_{N_i} e^s_in )
 *
 * The loss of a bag is the mean over its anchors.  Anchors without positives
 * (printed: or without negatives) are skipped and not counted.  One bag has all
 * pixels (choose every s-th one of a map with the stride of the head); or, with
 * block, a bag has one block of block x block pixels of all maps, and the loss
 * is the mean over the blocks with an anchor.  Blocks at the lower and right
 * edge may be smaller.  Pixels to be ignored take no part.  Without any anchor
 * the loss is 0.
 */
#ifndef SEG_LOSS_LOCAL_H
#define SEG_LOSS_LOCAL_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/loss/contrast_report.h"

struct seg_local_loss {
    /* set by the caller */
    int printed; /* formula: 0 as coded, 1 as printed */
    double tau;
    int classes, ignore;
    int background; /* class that is never an anchor, or -1 */
    int block;      /* side of the blocks in rows of the map; 0: one bag */
    int threads;
    int n, h, w, d; /* images, rows of a map, channels of the embedding */
    /* by seg_local_loss_plan */
    int *y;    /* 2n,h,w: class of each row */
    int *rows; /* rows of a bag */
    int *seen; /* classes: rows of the bag */
    void *scratch;
};

/* Allocates all memory from a; fails if there are too many rows.  tau must be
   at least 0.025. */
int seg_local_loss_plan(struct seg_local_loss *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Sets l->y by nearest-neighbor sampling of the label image: row (i, j) of the
 * loss is the pixel (stride i, stride j) of a feature map of feature_h x
 * feature_w, whose corners are those of the image.
 */
void seg_local_loss_label(struct seg_local_loss *l,
    const uint8_t *label /* n,label_h,label_w */, int label_h, int label_w,
    int feature_h, int feature_w, int stride);

/* Returns the loss and writes its gradient to df; df and report may be NULL. */
double seg_local_loss(struct seg_local_loss *l, float *df /* 2n,h,w,d */,
    const float *f /* 2n,h,w,d */, struct seg_contrast_report *report);

#endif
