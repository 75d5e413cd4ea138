/*
 * An index over a list of named things: the place of a name in a list of many.
 *
 * Items lie one after the other, stride bytes each, and begin with a pointer to
 * their name, as struct seg_tensor and struct seg_meta do.  A short list is
 * searched from its beginning and has no slots; a longer one gets a hash table
 * in the arena.  The list is the caller's: after a change of its items, or of
 * their order, the caller says so.
 */
#ifndef SEG_TENSOR_NAMES_H
#define SEG_TENSOR_NAMES_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_name_index {
    uint32_t *slot; /* 1 + number of the item; 0: free */
    size_t slots;   /* a power of two; 0: none */
};

struct seg_name_list {
    const void *items;
    size_t n, stride;
};

/* The number of the item of that name; list.n if there is none. */
size_t seg_names_find(const struct seg_name_index *x, struct seg_name_list list,
    const char *name);

/* The last item of the list is new.  0 or -1. */
int seg_names_added(struct seg_name_index *x, struct seg_name_list list,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Items were removed, renamed or moved. */
void seg_names_changed(struct seg_name_index *x, struct seg_name_list list);

#endif
