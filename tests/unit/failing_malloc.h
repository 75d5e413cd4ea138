/*
 * The allocator of the C library, replaced by one that fails if the function
 * fails() of the file that includes this returns 1.  Needs glibc, and no
 * sanitizer, which brings its own allocator.
 */
#ifndef SEG_TESTS_FAILING_MALLOC_H
#define SEG_TESTS_FAILING_MALLOC_H

#include <stddef.h>

static int fails(void);

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *
malloc(size_t n)
{
    return fails() ? NULL : __libc_malloc(n);
}

void *
calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t n)
{
    return fails() ? NULL : __libc_realloc(p, n);
}

void *
aligned_alloc(size_t align, size_t n)
{
    return fails() ? NULL : __libc_memalign(align, n);
}

#endif
