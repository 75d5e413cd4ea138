/*
 * How often a key came by: the n-th item of one name gets numbers of its own.
 *
 * Keys are held as 64-bit hashes, 16 bytes each; two different keys of one hash
 * would share a count, which nothing but the variety of numbers rests on.
 */
#ifndef SEG_DATA_SEEN_H
#define SEG_DATA_SEEN_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_seen {
    struct seg_seen_slot {
        uint64_t hash, count; /* count 0: free */
    } * slot;
    size_t room, used; /* room: a power of two */
    struct seg_arena arena;
};

/* Times the key came before this one. */
int seg_seen_count(struct seg_seen *s, const char *key, uint64_t *before,
    struct seg_err *e) SEG_MUST_USE;
void seg_seen_free(struct seg_seen *s);

#endif
