/*
 * Class-balanced sampling: draws a class uniformly, then uniformly an item that
 * contains it.
 */
#ifndef SEG_DATASET_BALANCE_H
#define SEG_DATASET_BALANCE_H

#include "lib/dataset/subset.h"

struct seg_balance {
    int classes;
    int class[256];
    int *item[256]; /* item[k][items[k]]: the items that contain class[k] */
    int items[256];
};

/* has[n]: the classes of each item.  Takes memory from a.  Fails if no item has
   any class. */
int seg_balance_init(struct seg_balance *b, const struct seg_presence *has,
    int n, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Draw number `draw`: a function of (seed, draw) and the items. */
void seg_balance_draw(int *class, int *item, const struct seg_balance *b,
    uint64_t seed, uint64_t draw);

#endif
