/* Sizes of a cache line.  Buffers of different threads never share one. */
#ifndef SEG_BASE_CACHE_LINE_H
#define SEG_BASE_CACHE_LINE_H

#include <stddef.h>

enum {
    CACHE_LINE_FLOATS = 16,
    CACHE_LINE_BYTES = 64
}; /* floats and bytes in a cache line */

static inline size_t
round_floats(size_t n)
{
    return (n + CACHE_LINE_FLOATS - 1) / CACHE_LINE_FLOATS * CACHE_LINE_FLOATS;
}

static inline size_t
round_bytes(size_t n)
{
    return (n + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
}

#endif
