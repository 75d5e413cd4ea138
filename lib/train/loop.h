/*
 * The one training loop: records -> batch -> forward -> loss -> backward ->
 * optimizer, a step at a time; what happens between steps (logs, validation,
 * checkpoints) is the caller's.
 *
 * The state after step t depends on the initial weights, the settings and the
 * first t batches of the input, and on nothing else; a checkpoint
 * (lib/train/checkpoint.h) holds it all.  A step allocates nothing.
 */
#ifndef SEG_TRAIN_LOOP_H
#define SEG_TRAIN_LOOP_H

#include "lib/train/batch.h"
#include "lib/train/optim.h"
#include "lib/train/schedule.h"

/* Where records come from: 1, 0 at the end, -1 with e. */
struct seg_source {
    int (*next)(void *with, struct seg_record *rec, struct seg_err *e);
    void *with;
};

/*
 * What is learned: the value of a pass whose forward has just run.  Writes the
 * gradient to dx of the network's output.  pass counts all passes of the
 * training from 0.
 */
struct seg_task {
    double (*loss)(
        void *with, struct seg_value *out, const uint8_t *label, uint64_t pass);
    void *with;
};

struct seg_loop {
    /* set by the caller */
    struct seg_net *net; /* planned for records * views images */
    struct seg_source source;
    struct seg_task task;
    struct seg_batch batch;
    struct seg_optim optim;
    struct seg_schedule schedule;
    double clip; /* longest gradient, 0: any */
    uint64_t seed;

    /* the state */
    uint64_t step;       /* steps made */
    uint64_t records;    /* records used by them */
    uint64_t input_hash; /* hash of their keys and of their hashes */

    /* of the last step, for the log */
    double loss, rate, norm; /* norm: of the gradient, 0 without clip */

    struct seg_record rec;
    int waiting; /* rec has been read and not used */
};

/* The first record, in l->rec, to plan by; it will be the first one used.
   1, 0 if there is none, -1. */
int seg_loop_peek(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/*
 * One step: 1; 0 if the input had not enough records left for one (nothing was
 * changed); -1.  A loss that is not a finite number is an error.
 */
int seg_loop_step(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/* Reads over the records that the steps of a restored state have used, and
   checks that they are the ones. */
int seg_loop_skip(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/* All parameters are finite numbers; what to look at before they are kept. */
int seg_loop_check(const struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

#endif
