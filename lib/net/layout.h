/*
 * Inside the planner: the blocks of memory and their liveness.
 *
 * Time step 0 is when the caller fills the input; then comes one time step for
 * each step of forward, one for the loss and one for each step of backward.  A
 * block is live from its first write to its last read.  If it is recomputed, it
 * is dead after the last reader of forward and live again before the first one
 * of backward.
 */
#ifndef SEG_NET_LAYOUT_H
#define SEG_NET_LAYOUT_H

#include "lib/net/tape.h"

enum content { VALUE, GRADIENT, SAVED, PARAM_GRADIENTS, CONTENTS };

struct block {
    size_t bytes, at;
    int from, to;
    int idle_from, idle_to; /* dead between these time steps; 0: never */
    int step;
    enum content content;
};

struct layout {
    struct seg_net *net;
    struct block *block;
    int n;
    int *time; /* of forward, by step; 0 if it does not run */
    int loss, end;
};

/* Fills l's blocks and sets net->recompute_at for recomputed values. */
void seg_layout_list(struct layout *l);

/* Assigns every block its offset; returns the total bytes.  placed: capacity
   for all blocks. */
size_t seg_layout_place(struct layout *l, struct block **placed);

int seg_layout_root(const int *of, int i);
int seg_net_is_trained(const struct seg_net *net, const struct seg_param *p);

#endif
