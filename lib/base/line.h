/* Cache lines: memory is shared out in whole ones. */
#ifndef SEG_BASE_LINE_H
#define SEG_BASE_LINE_H

#include <stddef.h>

enum { LINE = 16, LINE_BYTES = 64 }; /* floats of a line, and its bytes */

static inline size_t
round_floats(size_t n)
{
    return (n + LINE - 1) / LINE * LINE;
}

static inline size_t
round_bytes(size_t n)
{
    return (n + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
}

#endif
