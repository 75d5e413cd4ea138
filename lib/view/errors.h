/*
 * Error maps: a map [H,W] u8 that shows if and how the prediction is wrong at
 * each pixel, with classes of its own; it is painted like a label.
 */
#ifndef SEG_VIEW_ERRORS_H
#define SEG_VIEW_ERRORS_H

#include "lib/label/labelmap.h"

/* SEG_ERRORS_NOWHERE, the ignore value of the map: the chosen class is neither
   in the truth nor predicted. */
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
 * Compares truth and pred.  For one class: right; missed, in the truth but not
 * predicted; false, predicted but not in the truth.  Class -1: right or wrong,
 * for all classes.  Pixels with the truth's ignore value, or with prediction
 * 255 (no data), are SEG_ERRORS_IGNORED.  The map is in memory from a; messages
 * begin with `where`.
 */
int seg_errors_map(struct seg_tensor *map, struct seg_arena *a,
    const struct seg_tensor *truth, const struct seg_tensor *pred, int class,
    int ignore, const char *where, struct seg_err *e) SEG_MUST_USE;

/* Names and colors of the map's classes; memory from a. */
int seg_errors_classes(
    struct seg_classes *c, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

#endif
