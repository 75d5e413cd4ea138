/*
 * Arenas: memory that is freed all at once.
 *
 * An arena hands out zeroed blocks aligned to 64 bytes and frees them together:
 * seg_arena_reset keeps the memory for reuse, seg_arena_free returns it to the
 * system.  A program has one arena for everything it needs until it ends, and a
 * loop has one that it resets in each iteration.  Blocks of 2 MiB and more
 * start on a page of that size and ask for huge pages.  All memory of the
 * project comes from arenas; an arena whose limit is not 0 refuses to hold more
 * bytes than that.
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

/* n * size zeroed bytes; NULL, and e filled, if the memory is not available. */
void *seg_take(
    struct seg_arena *a, size_t n, size_t size, struct seg_err *e) SEG_MUST_USE;
/* The same, but the contents are not cleared. */
void *seg_take_dirty(
    struct seg_arena *a, size_t n, size_t size, struct seg_err *e) SEG_MUST_USE;
/* Ensures that a list has capacity for item n.  Returns list, or a copy of it
   with twice the capacity, and updates *capacity; NULL if out of memory.  Start
   with list NULL and *capacity 0. */
void *seg_grow(struct seg_arena *a, void *list, size_t n, size_t *capacity,
    size_t size, struct seg_err *e) SEG_MUST_USE;
/* A copy of s, or of its first n bytes, with a 0 at the end. */
char *seg_take_string(
    struct seg_arena *a, const char *s, struct seg_err *e) SEG_MUST_USE;
char *seg_take_bytes(struct seg_arena *a, const char *s, size_t n,
    struct seg_err *e) SEG_MUST_USE;
/* Formats like printf into the arena. */
char *seg_take_text(struct seg_arena *a, struct seg_err *e, const char *fmt,
    ...) SEG_MUST_USE SEG_PRINTF(3, 4);

void seg_arena_reset(struct seg_arena *a);
void seg_arena_free(struct seg_arena *a);

/* *out = a * b; -1 on overflow. */
int seg_mul(size_t *out, size_t a, size_t b) SEG_MUST_USE;

#endif
