/*
 * Inside the planner: the blocks of memory and their liveness.
 *
 * At time step 0 the caller fills the input.  Then comes one time step for each
 * step of forward, one for the loss and one for each step of backward.  A block
 * is live from its first write to its last read.  If it is recomputed, it is
 * dead between the last reader of forward and the first reader of backward.
 */
#ifndef SEG_NET_LAYOUT_H
#define SEG_NET_LAYOUT_H

#include "lib/net/tape.h"

enum content { VALUE, GRADIENT, SAVED, PARAM_GRADIENTS, CONTENTS };

struct buffer {
    size_t bytes, at;       /* at: offset */
    int from, to;           /* time steps */
    int idle_from, idle_to; /* dead between these time steps; 0, 0: never */
    int step;
    enum content content;
};

struct layout {
    struct seg_net *net;
    struct buffer *block;
    int n;
    int *time;     /* time step of forward, by step; 0: it does not run */
    int loss, end; /* time steps */
};

/* Fills l's blocks and sets net->recompute_at for recomputed values. */
void seg_layout_list(struct layout *l);

/* Assigns every block its offset; returns the total bytes.  placed: an array
   with capacity for all blocks. */
size_t seg_layout_place(struct layout *l, struct buffer **placed);

/* The node whose memory node i uses, by x_of or dx_of. */
int seg_layout_root(const int *of, int i);

/* True if p has a gradient in this plan. */
int seg_net_is_trained(const struct seg_net *net, const struct seg_param *p);

#endif
