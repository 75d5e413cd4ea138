/*
 * Keeps a copy of the best weights so far: all parameters and running
 * statistics.  A larger score is better, for example the mIoU of the validation
 * images.
 */
#ifndef SEG_TRAIN_BEST_H
#define SEG_TRAIN_BEST_H

#include "lib/net/net.h"

struct seg_best {
    struct seg_net *net;
    float **w; /* by parameter */
    double score;
    uint64_t step; /* step of that score; 0: none yet */
};

int seg_best_start(struct seg_best *b, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/* Copies the network's weights and returns 1 if score is the highest so far;
   returns 0 otherwise. */
int seg_best_offer(struct seg_best *b, double score, uint64_t step);

/* Copies the best weights into the network, if there are any. */
void seg_best_restore(struct seg_best *b);

#endif
