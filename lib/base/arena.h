/*
 * Memory that is given back all at once.
 *
 * An arena hands out blocks aligned to 64 bytes, zeroed, and takes them back
 * together: reset keeps the memory for the next round, free returns it.  A
 * program has one for its whole life, a loop one for the record or the step,
 * reset each time round.  Blocks of 2 MiB and more start on a page of that size
 * and ask for huge pages.  All of the project's own memory comes from here; an
 * arena whose limit is not 0 refuses to hold more bytes than that.
 */
#ifndef SEG_BASE_ARENA_H
#define SEG_BASE_ARENA_H

#include <stddef.h>

#include "lib/base/err.h"

struct seg_chunk;

struct seg_arena {
    struct seg_chunk *chunks; /* newest first */
    size_t held, limit;       /* bytes; limit 0: none */
};

/* n * size bytes, zeroed; NULL and e filled when there is no such memory. */
void *seg_take(
    struct seg_arena *a, size_t n, size_t size, struct seg_err *e) SEG_MUST_USE;
/* The same, contents not cleared. */
void *seg_take_dirty(
    struct seg_arena *a, size_t n, size_t size, struct seg_err *e) SEG_MUST_USE;
/* A list of n items with room for one more: the same, or a copy of twice the
   room.  *room items from list on are the caller's; NULL and 0 at first. */
void *seg_grow(struct seg_arena *a, void *list, size_t n, size_t *room,
    size_t size, struct seg_err *e) SEG_MUST_USE;
/* A copy of s, or of its first n bytes with a 0 behind. */
char *seg_take_string(
    struct seg_arena *a, const char *s, struct seg_err *e) SEG_MUST_USE;
char *seg_take_bytes(struct seg_arena *a, const char *s, size_t n,
    struct seg_err *e) SEG_MUST_USE;
/* printf into the arena */
char *seg_take_text(struct seg_arena *a, struct seg_err *e, const char *fmt,
    ...) SEG_MUST_USE SEG_PRINTF(3, 4);

void seg_arena_reset(struct seg_arena *a);
void seg_arena_free(struct seg_arena *a);

/* *out = a * b; -1 if it does not fit. */
int seg_mul(size_t *out, size_t a, size_t b) SEG_MUST_USE;

#endif
