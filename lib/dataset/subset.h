/*
 * Which items make the labeled subset.
 *
 * Both orders below put the whole dataset in a row of which a budget of n takes
 * the first n: so every smaller budget is part of every larger one.  An item's
 * place is drawn by (seed, key), not by position: shuffling the dataset, or
 * cutting it in shards, leaves the order of its items.
 */
#ifndef SEG_DATASET_SUBSET_H
#define SEG_DATASET_SUBSET_H

#include <stdint.h>

#include "lib/tensor/record.h"

struct seg_presence {
    uint64_t bits[4]; /* bit c: class c is in the label */
};

struct seg_subset_item {
    const char *key;
    struct seg_presence has; /* read by the stratified order alone */
};

/* Classes of label t, [H,W] u8, but for the ignore value. */
int seg_presence_read(struct seg_presence *p, const struct seg_tensor *t,
    int ignore, const char *key, struct seg_err *e) SEG_MUST_USE;
int seg_presence_has(const struct seg_presence *p, int class);

/*
 * Items of one key become one, with the classes of all: item[] <- these, in the
 * order in which they first come; unit[n] <- which of them an item went into.
 * Returns how many there are, or -1.
 */
int seg_subset_join(struct seg_subset_item *item, int *unit, int n,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* order[n] <- items by a number drawn from (seed, key). */
int seg_subset_random(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * The same, but each next item is one that has the class of which the smallest
 * share is taken so far, the rarest of these first.  At the start this takes
 * every class in turn, rare ones first, by items that bring most new classes;
 * from then on it keeps the classes' shares.  Items without any class come
 * last.
 */
int seg_subset_stratified(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * order[0..count-1] <- floor(i n / count): frames of a video at equal
 * distances.  A budget that divides a larger one is part of it; others need not
 * be.
 */
void seg_subset_even(int *order, int n, int count);

#endif
