/*
 * Selection of the labeled subset.
 *
 * Both orders below sort the whole dataset; a label budget of n takes the first
 * n items.  Therefore each budget includes all smaller ones.  The position of
 * an item depends on (seed, key) and not on its place in the dataset: shuffling
 * or sharding the dataset does not change the order.
 */
#ifndef SEG_DATASET_SUBSET_H
#define SEG_DATASET_SUBSET_H

#include <stdint.h>

#include "lib/tensor/record.h"

struct seg_presence {
    uint64_t bits[4]; /* bit c: the label contains class c */
};

struct seg_subset_item {
    const char *key;
    struct seg_presence has; /* used only by the stratified order */
};

/* The classes of label t, [H,W] u8, without the ignore value. */
int seg_presence_read(struct seg_presence *p, const struct seg_tensor *t,
    int ignore, const char *key, struct seg_err *e) SEG_MUST_USE;
int seg_presence_has(const struct seg_presence *p, int class);

/*
 * Merges items with the same key into units; a unit has the classes of all its
 * items.  On return item[] is the list of units in order of first appearance,
 * and unit[n] the unit of each item.  Returns the number of units, or -1.
 */
int seg_subset_join(struct seg_subset_item *item, int *unit, int n,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* order[n] = the items sorted by a random number drawn from (seed, key). */
int seg_subset_random(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * Like seg_subset_random, but stratified: each next item contains the class of
 * which the smallest fraction has been taken so far; of several such classes
 * the rarest decides.  At first this covers every class, rare ones first, using
 * items with the most new classes; from then on it preserves the class
 * frequencies.  Items without classes come last.
 */
int seg_subset_stratified(int *order, const struct seg_subset_item *item, int n,
    uint64_t seed, struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/*
 * order[0..count-1] = floor(i n / count): equally spaced frames of a video.  A
 * label budget includes a smaller one only if the smaller one divides it.
 */
void seg_subset_even(int *order, int n, int count);

#endif
