/*
 * The best weights so far, by a score of which more is better (mIoU of the
 * validation images): a copy of all parameters and running statistics.
 */
#ifndef SEG_TRAIN_BEST_H
#define SEG_TRAIN_BEST_H

#include "lib/net/net.h"

struct seg_best {
    struct seg_net *net;
    float **w; /* by parameter */
    double score;
    uint64_t step; /* after which it was measured; 0: none yet */
};

int seg_best_start(struct seg_best *b, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Keeps the network as it is if its score is higher: 1, else 0. */
int seg_best_offer(struct seg_best *b, double score, uint64_t step);

/* The network becomes the best one; nothing happens if there is none. */
void seg_best_restore(struct seg_best *b);

#endif
