/*
 * Where a prediction errs: a map [H,W] u8 with classes of its own, to be
 * painted like a label.
 */
#ifndef SEG_VIEW_ERRORS_H
#define SEG_VIEW_ERRORS_H

#include "lib/dataset/labelmap.h"

/* SEG_ERRORS_NOWHERE, which is the ignore value of the map's classes: the class
   asked about is neither there nor predicted. */
enum {
    SEG_ERRORS_RIGHT,
    SEG_ERRORS_WRONG,
    SEG_ERRORS_MISSED,
    SEG_ERRORS_FALSE,
    SEG_ERRORS_IGNORED,
    SEG_ERRORS_KINDS,
    SEG_ERRORS_NOWHERE = 255
};

/*
 * Of one class: right, missed where it is and is not predicted, false where it
 * is predicted and is not.  class -1: right or wrong, of all.  The truth's
 * ignore value is ignored, and so is a prediction of 255 (no data).  The map
 * lives in a; where is for messages.
 */
int seg_errors_map(struct seg_tensor *map, struct seg_arena *a,
    const struct seg_tensor *truth, const struct seg_tensor *pred, int class,
    int ignore, const char *where, struct seg_err *e) SEG_MUST_USE;

/* Names and colors of the kinds, in a. */
int seg_errors_classes(
    struct seg_classes *c, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
