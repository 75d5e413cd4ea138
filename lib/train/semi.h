/*
 * Learning from labeled and unlabeled images at once: the images of a pass,
 * with the true labels of some pixels and the pseudo labels of others.
 *
 * A mean teacher labels the weakly augmented view of each unlabeled image (view
 * 0); the network in training learns from the strongly augmented view 1 of the
 * same image (Sohn et al., FixMatch, 2001.07685).  The input of the network is
 * n labeled images, then n unlabeled ones, with parts exchanged by `mix`:
 *
 *   none         the images as they are
 *   cutmix       a rectangle of each unlabeled image is replaced by that of the
 *                next one (French et al., 1906.01916)
 *   copy-paste   a rectangle of two thirds of the height and width of each
 *                labeled image is replaced by that of an unlabeled one, and the
 *                other way round (Bai et al., 2305.00673)
 *
 * Pixels take their labels along.  Pixels without data have none.
 */
#ifndef SEG_TRAIN_SEMI_H
#define SEG_TRAIN_SEMI_H

#include "lib/train/batch.h"
#include "lib/train/teacher.h"

enum seg_semi_mix { SEG_MIX_NONE, SEG_MIX_CUTMIX, SEG_MIX_COPY_PASTE };

struct seg_semi {
    /* set by the caller */
    const struct seg_batch *labeled, *unlabeled; /* as many records and passes;
        unlabeled has two views and wants_valid */
    struct seg_teacher teacher;                  /* started, n: records */
    enum seg_semi_mix mix;
    uint64_t seed;

    /* by start */
    uint8_t *label, *pseudo; /* 2n,h,w: true and pseudo labels, else ignore */
    double sure; /* share of the pixels of unlabeled images with a pseudo label,
                    before mixing */
};

int seg_semi_start(
    struct seg_semi *s, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Fills x and both labels for a pass; the number counts from 0. */
void seg_semi_prepare(
    struct seg_semi *s, float *x /* 2n,h,w,c */, uint64_t pass);

/* The weight of pseudo labels in step t, from 0: exp(-5 (1 - t/ramp)^2), and 1
   from step ramp on (Laine and Aila, 1610.02242). */
double seg_semi_ramp(uint64_t t, uint64_t ramp);

#endif
