/* A set of strings, known by their XXH3-64: have we met this key before? */
#ifndef SEG_BASE_SET_H
#define SEG_BASE_SET_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_set {
    uint64_t *slot; /* 0: free */
    size_t n, room;
};

/* 1 if s is new, 0 if it was there, -1 if there is no memory.  From a. */
int seg_set_add(struct seg_set *set, struct seg_arena *a, const char *s,
    struct seg_err *e) SEG_MUST_USE;

#endif
