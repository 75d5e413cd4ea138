/*
 * Checkpoints: the state of a training as one record.  It holds weights and
 * running statistics (weight/NAME), the state of the optimizer (first/NAME,
 * second/NAME), the average of the weights (average/NAME), the best weights so
 * far (best/NAME), and in the metadata the
 * step, the position in the input and a fingerprint of all settings that
 * influence the training besides the input.  Reading and writing files is left
 * to the caller.
 */
#ifndef SEG_TRAIN_CHECKPOINT_H
#define SEG_TRAIN_CHECKPOINT_H

#include "lib/train/best.h"
#include "lib/train/loop.h"

/* Clears rec and fills it.  Its tensors point to the live weights, so write it
   before the next step.  If best is NULL no best weights are saved. */
int seg_checkpoint_save(struct seg_record *rec, const struct seg_loop *l,
    const struct seg_best *best, uint64_t fingerprint,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Restores a started loop from rec; messages begin with name.  Fails if rec
 * belongs to another training, judging by fingerprint or tensors.
 */
int seg_checkpoint_load(const struct seg_record *rec, struct seg_loop *l,
    struct seg_best *best, uint64_t fingerprint, const char *name,
    struct seg_err *e) SEG_MUST_USE;

#endif
