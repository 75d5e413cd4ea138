#define _DEFAULT_SOURCE
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/base/arena.h"

enum { ALIGN = 64, CHUNK = 256 << 10, HUGE = 2 << 20 };

struct seg_chunk {
    struct seg_chunk *next;
    size_t size, used; /* bytes after this header */
};

static size_t
round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

int
seg_mul(size_t *out, size_t a, size_t b)
{
    return __builtin_mul_overflow(a, b, out) ? -1 : 0;
}

static int
out_of_memory(const struct seg_arena *a, size_t n, struct seg_err *e)
{
    if (a->limit)
        return seg_fail(e, SEG_EMEM,
            "out of memory: %zu bytes wanted, %zu held, limit %zu", n, a->held,
            a->limit);
    return seg_fail(
        e, SEG_EMEM, "out of memory: %zu bytes wanted, %zu held", n, a->held);
}

static int
fits(const struct seg_arena *a, size_t bytes)
{
    return !a->limit || (a->held <= a->limit && bytes <= a->limit - a->held);
}

static struct seg_chunk *
new_chunk(struct seg_arena *a, size_t bytes, struct seg_err *e)
{
    size_t align = bytes >= HUGE ? HUGE : ALIGN;
    size_t total = round_up(bytes + ALIGN, align);

    if (total < bytes || !fits(a, total)) {
        out_of_memory(a, bytes, e);
        return NULL;
    }
    struct seg_chunk *c = aligned_alloc(align, total);
    if (!c) {
        out_of_memory(a, bytes, e);
        return NULL;
    }
    if (align == HUGE)
        madvise(c, total, MADV_HUGEPAGE);
    c->size = total - ALIGN;
    c->used = 0;
    c->next = a->chunks;
    a->chunks = c;
    a->held += total;
    return c;
}

void *
seg_take_dirty(struct seg_arena *a, size_t n, size_t size, struct seg_err *e)
{
    size_t bytes;

    if (seg_mul(&bytes, n, size) || bytes > SIZE_MAX / 2) {
        seg_fail(e, SEG_EMEM, "out of memory: %zu x %zu bytes wanted", n, size);
        return NULL;
    }
    bytes = round_up(bytes ? bytes : 1, ALIGN);
    struct seg_chunk *c = a->chunks;
    if (!c || c->size - c->used < bytes)
        c = new_chunk(
            a, bytes > CHUNK || !fits(a, CHUNK + ALIGN) ? bytes : CHUNK, e);
    if (!c)
        return NULL;
    void *p = (char *)c + ALIGN + c->used;
    c->used += bytes;
    return p;
}

void *
seg_take(struct seg_arena *a, size_t n, size_t size, struct seg_err *e)
{
    void *p = seg_take_dirty(a, n, size, e);

    return p ? memset(p, 0, n * size) : NULL;
}

void *
seg_grow(struct seg_arena *a, void *list, size_t n, size_t *capacity,
    size_t size, struct seg_err *e)
{
    if (n < *capacity)
        return list;
    size_t more = *capacity ? 2 * *capacity : 16;
    void *wider = seg_take(a, more, size, e);
    if (!wider)
        return NULL;
    if (n)
        memcpy(wider, list, n * size);
    *capacity = more;
    return wider;
}

char *
seg_take_bytes(struct seg_arena *a, const char *s, size_t n, struct seg_err *e)
{
    char *p = seg_take_dirty(a, n + 1, 1, e);

    if (p) {
        memcpy(p, s, n);
        p[n] = 0;
    }
    return p;
}

char *
seg_take_string(struct seg_arena *a, const char *s, struct seg_err *e)
{
    return seg_take_bytes(a, s, strlen(s), e);
}

char *
seg_take_text(struct seg_arena *a, struct seg_err *e, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        seg_fail(e, SEG_EMEM, "out of memory for a text");
    char *p = n < 0 ? NULL : seg_take_dirty(a, (size_t)n + 1, 1, e);
    if (!p)
        return NULL;
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return p;
}

/* Keeps the largest chunk, so that a loop soon has one chunk that holds
   everything an iteration needs. */
void
seg_arena_reset(struct seg_arena *a)
{
    struct seg_chunk *keep = NULL, *next;

    for (struct seg_chunk *c = a->chunks; c; c = c->next)
        if (!keep || c->size > keep->size)
            keep = c;
    for (struct seg_chunk *c = a->chunks; c; c = next) {
        next = c->next;
        if (c != keep)
            free(c);
    }
    a->chunks = keep;
    a->held = keep ? keep->size + ALIGN : 0;
    if (keep) {
        keep->used = 0;
        keep->next = NULL;
    }
}

void
seg_arena_free(struct seg_arena *a)
{
    struct seg_chunk *next;

    for (struct seg_chunk *c = a->chunks; c; c = next) {
        next = c->next;
        free(c);
    }
    a->chunks = NULL;
    a->held = 0;
}
