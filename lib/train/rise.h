/*
 * Do the first steps raise the loss?  Then the learning rate is too high, and
 * weights that were good at the start are being spoiled.
 *
 * The loss has risen if the median of steps 11 to 30 is
 *
 *   above each loss of steps 1 to 5 and above 1.25 times their median, or
 *   above twice the loss of step 1, the only one before any step: a rate that
 *   is far too high raises the second one already.
 *
 * For losses below 0, such as maximum squares, these are a quarter of the size
 * of the median, and the size of the loss of step 1, above them.
 */
#ifndef SEG_TRAIN_RISE_H
#define SEG_TRAIN_RISE_H

enum {
    SEG_RISE_FIRST = 5, /* steps of the start */
    SEG_RISE_SKIP = 10, /* steps before those that are compared with it */
    SEG_RISE_STEPS = 30
};

struct seg_rise {
    int steps;                   /* added */
    double loss[SEG_RISE_STEPS]; /* sorted in its two parts after the last */
    double before, after; /* the loss of step 1; the median of steps 11 to 30 */
};

/* Adds the loss of the next step.  Returns 1 if this is step SEG_RISE_STEPS and
   the loss has risen, else 0. */
int seg_rise_add(struct seg_rise *r, double loss);

#endif
