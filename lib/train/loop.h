/*
 * The training loop: records -> batch -> forward -> loss -> backward ->
 * optimizer -> average of the weights, one step at a time.  Logs, validation
 * and checkpoints between steps are the caller's task.
 *
 * The state after step t depends only on the initial weights, the settings and
 * the first t batches of the input; a checkpoint (lib/train/checkpoint.h)
 * contains all of it.  A step allocates nothing.
 */
#ifndef SEG_TRAIN_LOOP_H
#define SEG_TRAIN_LOOP_H

#include "lib/train/batch.h"
#include "lib/train/ema.h"
#include "lib/train/optim.h"
#include "lib/train/schedule.h"

/* A source of records: 1, 0 at the end, -1 with e. */
struct seg_source {
    int (*next)(void *with, struct seg_record *rec, struct seg_err *e);
    void *with;
};

/*
 * The loss: returns the value for a pass whose forward has just run, and writes
 * the gradient to dx of the network's output.  The number pass counts all
 * passes of the training from 0.
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
    struct seg_ema ema;
    struct seg_schedule schedule;
    double clip; /* largest norm of the gradient, 0: no clipping */
    /* Nothing is trained, the network is planned for prediction: running
       statistics become the mean over all passes. */
    int statistics_only;
    uint64_t seed;

    /* state */
    uint64_t step;       /* completed steps */
    uint64_t records;    /* records used by them */
    uint64_t input_hash; /* hash of the keys and hashes of these records */

    /* values of the last step, for the log */
    double loss, rate, norm; /* norm: of the gradient, before clipping */

    struct seg_record rec;
    int pending; /* rec was read but not used yet */
};

/* Reads the first record into l->rec, for planning; the first step will use it.
   1, 0 if there is none, -1. */
int seg_loop_peek(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/*
 * Runs one step.  Returns 1; 0 if the input does not have enough records left
 * (nothing changes); -1 on failure.  Fails if the loss is not finite.
 */
int seg_loop_step(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/* Skips the input records that a restored state has used, and checks that they
   are the same ones. */
int seg_loop_skip(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/* Fails if a parameter is not finite.  Call it before saving them. */
int seg_loop_check(const struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

#endif
