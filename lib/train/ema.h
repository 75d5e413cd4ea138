/*
 * Moving average of the weights: a copy e of all parameters and running
 * statistics, which follows the weights w after each step t = 1, 2, ...
 *
 *   e += (1 - d) (w - e),  d = min(decay, (1 + t) / (10 + t))
 *
 * The smaller d of the first steps keeps the start out of the average, as in
 * ExponentialMovingAverage of TensorFlow and torch_ema: it spans about the last
 * tenth of the steps until that is 1 / (1 - decay) steps.  e begins as the
 * initial weights.
 */
#ifndef SEG_TRAIN_EMA_H
#define SEG_TRAIN_EMA_H

#include "lib/net/net.h"

struct seg_ema {
    /* set by the caller */
    double decay; /* below 1; 0: no average, nothing below does anything */
    int threads;
    /* set by seg_ema_start; a checkpoint contains e */
    struct seg_net *net;
    float **e; /* by parameter */
};

/* Allocates e in arena a and copies the weights of net. */
int seg_ema_start(struct seg_ema *m, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Call it after step number t, counted from 1. */
void seg_ema_step(struct seg_ema *m, uint64_t t);

/* Exchanges the weights of the network with the average: a second call puts
   them back. */
void seg_ema_swap(struct seg_ema *m);

#endif
