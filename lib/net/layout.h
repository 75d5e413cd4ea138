/*
 * Inside the planner: what needs memory, and when.
 *
 * Time runs from 0 (the caller fills the input) through one tick for each step
 * forward, one for the loss, one for each step backward.  A block lives from
 * the tick that writes it first to the one that reads it last; where it can be
 * made again it is dead in between, from behind the last reader forward to
 * before the first one backward.
 */
#ifndef SEG_NET_LAYOUT_H
#define SEG_NET_LAYOUT_H

#include "lib/net/tape.h"

enum content { VALUE, GRADIENT, SAVED, PARAM_GRADIENTS, CONTENTS };

struct block {
    size_t bytes, at;
    int from, to;
    int dead, again; /* from behind dead to before again; 0: at no time */
    int step;
    enum content content;
};

struct layout {
    struct seg_net *net;
    struct block *block;
    int n;
    int *tick; /* of the forward, by step; 0 for those that do not run */
    int loss, end;
};

/* Fills l's blocks, and says in net->again what is made again. */
void seg_layout_list(struct layout *l);

/* Gives every block its place; the bytes all take up together.  placed: room
   for as many. */
size_t seg_layout_place(struct layout *l, struct block **placed);

int seg_layout_root(const int *of, int i);
int seg_net_is_trained(const struct seg_net *net, const struct seg_param *p);

#endif
