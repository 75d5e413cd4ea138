/*
 * Counts the occurrences of each key, so that the n-th record of one key gets
 * its own random numbers.
 *
 * Keys are stored as 64-bit hashes, 24 bytes each.  Two keys with the same hash
 * share a count; for a million keys the probability of that is one in 37
 * million.
 */
#ifndef SEG_DATASET_KEY_COUNTER_H
#define SEG_DATASET_KEY_COUNTER_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_key_counter {
    struct seg_key_counter_slot {
        uint64_t hash, count; /* count 0: free */
        uint64_t first;       /* free for the caller's use */
    } * slot;
    size_t capacity, used; /* capacity: a power of two */
    struct seg_arena arena;
};

/* *before = number of earlier calls with this key. */
int seg_key_counter_add(struct seg_key_counter *s, const char *key,
    uint64_t *before, struct seg_err *e) SEG_MUST_USE;

/* Increments the count of a hash; *slot is its slot, valid until the next
   call. */
int seg_key_counter_add_hash(struct seg_key_counter *s, uint64_t hash,
    struct seg_key_counter_slot **slot, struct seg_err *e) SEG_MUST_USE;

void seg_key_counter_free(struct seg_key_counter *s);

#endif
