/*
 * A training in the middle, as one record: weights and running statistics
 * (weight/NAME), the optimizer's state (first/NAME, second/NAME), the best
 * weights so far (best/NAME), and as metadata the step, the position in the
 * input and a fingerprint of all that the training depends on besides its
 * input.  How a record gets into a file is not known here.
 */
#ifndef SEG_TRAIN_CHECKPOINT_H
#define SEG_TRAIN_CHECKPOINT_H

#include "lib/train/best.h"
#include "lib/train/loop.h"

/* Fills rec, which is cleared first; tensors point into the live state, so it
   is to be written before the next step.  best may be NULL. */
int seg_checkpoint_save(struct seg_record *rec, const struct seg_loop *l,
    const struct seg_best *best, uint64_t fingerprint,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Brings a loop that has been started to the state in rec.  name is for
 * messages.  A record of another training, by its fingerprint or by its
 * tensors, is refused.
 */
int seg_checkpoint_load(const struct seg_record *rec, struct seg_loop *l,
    struct seg_best *best, uint64_t fingerprint, const char *name,
    struct seg_err *e) SEG_MUST_USE;

#endif
