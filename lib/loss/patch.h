/*
 * Patch-wise contrast across two domains (Liu et al., 2104.11056): features of
 * patches whose labels are similar are pulled together, whichever domain they
 * are from, and pushed away from those of patches whose labels differ.
 *
 * The images of a batch are those of the source domain, then those of the
 * target domain.  A grid divides each image into patches; lib/loss/disparity
 * says how much the labels of two patches differ (d).
 *
 *   f_i     mean of x over the feature positions of patch i, scaled to unit
 *           length; s_ij = f_i . f_j
 *   P_i     patches of the other domain with d(i,j) < near
 *   N_i     patches of both domains with d(i,j) > far
 *   l_i     = -1/|P_i| sum_{p in P_i} log( e^(s_ip/tau) /
 *                                          sum_{k in P_i u N_i} e^(s_ik/tau) )
 *
 * The loss is the mean over the anchors: the patches of both domains with at
 * least one positive and one negative.  Pairs in between, and pairs whose d is
 * not defined, take no part.  Without any anchor the loss is 0.
 *
 * From the abstract of the paper: patches of both domains, similarity of their
 * labels at several levels of resolution, contrastive learning of their
 * features.  Ours, because the rest of the paper was not available: the form of
 * the loss (that of Khosla et al., 2004.11362), the two thresholds, positives
 * of the other domain only, the mean of the features, and the fixed grid.
 */
#ifndef SEG_LOSS_PATCH_H
#define SEG_LOSS_PATCH_H

#include <stdint.h>

#include "lib/loss/contrast_report.h"
#include "lib/loss/disparity.h"

struct seg_patch_loss {
    /* set by the caller */
    struct seg_disparity labels; /* without n and threads: as below */
    double near, far; /* 0 < near <= far < sum of the level weights */
    double tau;
    int source; /* the first images are of the source domain, 1 to n-1 */
    int threads;
    int n, h, w, d; /* images, rows of a feature map, channels */
    /* by seg_patch_loss_plan; m is labels.patches */
    unsigned char *pair; /* m,m: private to lib/loss/patch.c */
    int *positives;      /* m: |P_i|, 0 if patch i is not an anchor */
    double *value;       /* m: l_i */
    double *sum;         /* m,d */
    float *x, *f, *norm; /* m,d; m,d; m */
    float *dx, *df;      /* m,d */
    float *s;            /* m,m */
};

/*
 * Allocates all memory from a, 5 m^2 bytes and more for m patches in a batch.
 * Fails with SEG_EUSAGE if a setting is out of range, with SEG_EDATA if the
 * label images or the feature maps are too small for the grid.
 */
int seg_patch_loss_plan(struct seg_patch_loss *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Finds positives and negatives by the labels of the images. */
void seg_patch_loss_label(
    struct seg_patch_loss *l, const uint8_t *label /* n,labels.h,labels.w */);

/*
 * Returns the loss and writes its gradient to dx; dx and report may be NULL.  x
 * need not have unit length.  In the report, alignment is the mean over the
 * pairs of positives and uniformity over all pairs of patches that take part.
 */
double seg_patch_loss(struct seg_patch_loss *l, float *dx /* n,h,w,d */,
    const float *x /* n,h,w,d */, struct seg_contrast_report *report);

#endif
