/*
 * The training loop: records -> batch -> forward -> loss -> backward ->
 * optimizer -> average of the weights, one step at a time.  Logs, validation
 * and checkpoints between steps are the caller's task.
 *
 * The state after step t depends only on the initial weights, the settings and
 * the first t batches of the feeds; a checkpoint (lib/train/checkpoint.h)
 * contains all of it.  A step allocates nothing.
 */
#ifndef SEG_TRAIN_LOOP_H
#define SEG_TRAIN_LOOP_H

#include "lib/train/ema.h"
#include "lib/train/feed.h"
#include "lib/train/optim.h"
#include "lib/train/schedule.h"

/*
 * The loss: returns the value for a pass whose forward has just run, and writes
 * the gradient to dx of the network's output.  The number pass counts all
 * passes of the training from 0.
 */
struct seg_task {
    double (*loss)(
        void *with, struct seg_value *out, const uint8_t *label, uint64_t pass);
    void *with;
    /* Fills the input of the network for a pass; NULL: it is the images of
       seg_loop.input. */
    void (*prepare)(void *with, float *x, uint64_t pass);
};

struct seg_loop {
    /* set by the caller */
    struct seg_net *net;           /* planned for records * views images */
    struct seg_feed input, second; /* second: optional, for task */
    struct seg_task task;
    struct seg_optim optim;
    struct seg_ema ema;
    struct seg_schedule schedule;
    double clip; /* largest norm of the gradient, 0: no clipping */
    /* Nothing is trained, the network is planned for prediction: running
       statistics become the mean over all passes. */
    int statistics_only;
    uint64_t seed;

    /* state */
    uint64_t step; /* completed steps */

    /* values of the last step, for the log */
    double loss, rate, norm; /* norm: of the gradient, before clipping */
};

/*
 * Runs one step.  Returns 1; 0 if a feed does not have enough records left
 * (nothing changes); -1 on failure.  Fails if the loss is not finite.
 */
int seg_loop_step(struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

/* Fails if a parameter is not finite.  Call it before saving them. */
int seg_loop_check(const struct seg_loop *l, struct seg_err *e) SEG_MUST_USE;

#endif
