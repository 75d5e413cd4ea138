/*
 * How often a key came by: the n-th item of one name gets numbers of its own.
 *
 * Keys are held as 64-bit hashes, 24 bytes each; two different keys of one hash
 * would share a count: among a million, with a chance of one in 37 million.
 */
#ifndef SEG_DATASET_KEY_COUNTER_H
#define SEG_DATASET_KEY_COUNTER_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_key_counter {
    struct seg_key_counter_slot {
        uint64_t hash, count; /* count 0: free */
        uint64_t first;       /* the caller's, of the first one */
    } * slot;
    size_t room, used; /* room: a power of two */
    struct seg_arena arena;
};

/* Times the key came before this one. */
int seg_key_counter_add(struct seg_key_counter *s, const char *key,
    uint64_t *before, struct seg_err *e) SEG_MUST_USE;

/* The slot of a hash, this time counted; valid until the next call. */
int seg_key_counter_add_hash(struct seg_key_counter *s, uint64_t hash,
    struct seg_key_counter_slot **slot, struct seg_err *e) SEG_MUST_USE;

void seg_key_counter_free(struct seg_key_counter *s);

#endif
