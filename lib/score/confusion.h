/*
 * Confusion matrix: for each true class t and predicted class p the number of
 * pixels, over any number of images.
 *
 * Counts are 64-bit integers: sums do not depend on order or sharding, and
 * partial matrices can be added exactly.  Pixels whose truth is the ignore
 * value, and pixels without data (prediction 255), are only counted as ignored.
 * Memory is classes^2 counters from the caller's arena.
 */
#ifndef SEG_SCORE_CONFUSION_H
#define SEG_SCORE_CONFUSION_H

#include <stdint.h>

#include "lib/tensor/tensor.h"

struct seg_confusion {
    int classes;
    int ignore;      /* pixels with this truth are ignored; -1: none */
    uint64_t *count; /* k,k: truth, prediction */
    uint64_t ignored, images;
};

int seg_confusion_init(struct seg_confusion *c, struct seg_arena *a,
    int classes, int ignore, struct seg_err *e) SEG_MUST_USE;

/*
 * Counts one image; truth and pred are [H,W] u8 of the same size.  Fails if a
 * prediction is neither a class nor 255, at ignored pixels too, or if a truth
 * is neither a class nor the ignore value; the message begins with key and
 * names the pixel.  After an error the matrix must not be used.
 */
int seg_confusion_add(struct seg_confusion *c, const struct seg_tensor *truth,
    const struct seg_tensor *pred, const char *key,
    struct seg_err *e) SEG_MUST_USE;

/* to += from; both have the same number of classes. */
void seg_confusion_merge(
    struct seg_confusion *to, const struct seg_confusion *from);

void seg_confusion_clear(struct seg_confusion *c);

#endif
