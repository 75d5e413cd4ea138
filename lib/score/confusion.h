/*
 * The confusion matrix: how often truth t was predicted as p, over any number
 * of images.
 *
 * Counts are 64-bit integers, so sums do not depend on order or sharding and
 * partial matrices add up exactly.  Pixels whose truth is the ignore value, and
 * those without data, whose prediction is 255, are only counted as ignored.
 * Memory is classes^2 counters from the caller's arena, however many images
 * follow.
 */
#ifndef SEG_SCORE_CONFUSION_H
#define SEG_SCORE_CONFUSION_H

#include <stdint.h>

#include "lib/tensor/tensor.h"

struct seg_confusion {
    int classes;
    int ignore;      /* truth of this value takes no part; -1: none */
    uint64_t *count; /* k,k: truth, prediction */
    uint64_t ignored, images;
};

int seg_confusion_init(struct seg_confusion *c, struct seg_arena *a,
    int classes, int ignore, struct seg_err *e) SEG_MUST_USE;

/*
 * Counts one image: truth and pred are [H,W] u8 of one size.  A prediction
 * outside 0..classes-1 (under ignored pixels as well) that is not 255, or a
 * truth that is neither a class nor the ignore value, is an error that names
 * the pixel; key is for that message.  On error the matrix is not to be used
 * further.
 */
int seg_confusion_add(struct seg_confusion *c, const struct seg_tensor *truth,
    const struct seg_tensor *pred, const char *key,
    struct seg_err *e) SEG_MUST_USE;

/* to += from; both have the same number of classes. */
void seg_confusion_merge(
    struct seg_confusion *to, const struct seg_confusion *from);

void seg_confusion_clear(struct seg_confusion *c);

#endif
