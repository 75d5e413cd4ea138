/*
 * Contrastive losses of whole images on a batch of two views: one embedding for
 * each of n images and for each of their n augmented views, built on
 * lib/kernel/contrast.  s_ij = f_i . f_j / tau, e_ij = exp(s_ij).
 *
 *   view      P_i: the other view only (SimCLR, 2002.05709)
 *             l_i = -log( e_ip / sum_{k != i} e_ik )
 *   position  P_i: the views of all images at the same relative position in
 *             their volumes; N_i: those at other positions (Chaitanya et al.,
 *             2006.10511)
 *             l_i = -1/|P_i| sum_p log( e_ip / (e_ip + sum_{N_i} e_in) )
 *   object    P_i: the views of all images of the same class (Lee et al.,
 *             2106.01596, with tau0 = 0.07)
 *             l_i = -tau/tau0 1/|P_i| sum_p log( e_ip / sum_{k != i} e_ik )
 *
 * Weighted by intensity (view and object), the denominator is sum_{k != i}
 * exp(w_ik s_ik) with w_ik = 1 - |m_i - m_k|; m_i is the mean intensity of an
 * image in its mask, and w_ik = 1 if one of the masks is empty.  The numerator
 * has no weight.
 *
 * The loss is the mean over the 2n anchors.  Anchors without positives or, by
 * position, without negatives are skipped and not counted; without any anchor
 * the loss is 0.
 */
#ifndef SEG_LOSS_IMAGE_H
#define SEG_LOSS_IMAGE_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/loss/contrast_report.h"

enum seg_image_positives {
    SEG_POSITIVES_VIEW,
    SEG_POSITIVES_POSITION,
    SEG_POSITIVES_OBJECT
};

struct seg_image_loss {
    /* set by the caller */
    enum seg_image_positives positives;
    double tau;
    int classes; /* parts of a volume, or classes; not used for view */
    int weigh;   /* by intensity; not for position */
    int threads;
    int n, d; /* images, channels of the embedding */
    /* by seg_image_loss_plan */
    int *y;           /* 2n: part or class, or -1: the image takes no part */
    float *intensity; /* 2n: m, between -1 and 1; NaN: the mask is empty.  Set
                         by the caller; NULL if not weighted */
    void *scratch;
};

/* Allocates all memory from a.  tau must be at least 0.025. */
int seg_image_loss_plan(struct seg_image_loss *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Sets l->y: of images and their views. */
void seg_image_loss_classes(struct seg_image_loss *l, const int *y /* n */);

/* Returns the loss and writes its gradient to df; df and report may be NULL. */
double seg_image_loss(struct seg_image_loss *l, float *df /* 2n,d */,
    const float *f /* 2n,d */, struct seg_contrast_report *report);

#endif
