/*
 * Lays out scratch memory that the caller owns, in blocks aligned to 64 bytes.
 *
 * One layout function serves two purposes.  With base NULL it measures: take
 * returns NULL and used becomes the number of bytes.  With base at the caller's
 * memory it returns the blocks.
 */
#ifndef SEG_BASE_SCRATCH_H
#define SEG_BASE_SCRATCH_H

#include <stddef.h>

#include "lib/base/cache_line.h"

struct seg_scratch {
    char *base;
    size_t used; /* bytes */
};

/* n * size bytes, not cleared. */
static inline void *
seg_scratch_take(struct seg_scratch *s, size_t n, size_t size)
{
    size_t at = s->used;

    s->used = round_bytes(at + n * size);
    return s->base ? s->base + at : NULL;
}

#endif
