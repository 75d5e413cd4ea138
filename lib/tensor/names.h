/*
 * Lookup by name in a list of structs.
 *
 * The structs are adjacent in memory, stride bytes each, and begin with a
 * pointer to their name, like struct seg_tensor and struct seg_meta.  A short
 * list is searched from its beginning; a longer one gets a hash table in the
 * arena.  The list belongs to the caller, who must report changes with
 * seg_names_added or seg_names_changed.
 */
#ifndef SEG_TENSOR_NAMES_H
#define SEG_TENSOR_NAMES_H

#include <stdint.h>

#include "lib/base/arena.h"

struct seg_name_index {
    uint32_t *slot; /* 1 + index of the item; 0: free */
    size_t slots;   /* a power of two; 0: no hash table */
};

struct seg_name_list {
    const void *items;
    size_t n, stride;
};

/* The index of the item with that name; list.n if there is none. */
size_t seg_names_find(const struct seg_name_index *x, struct seg_name_list list,
    const char *name);

/* Call after appending an item to the list.  0 or -1. */
int seg_names_added(struct seg_name_index *x, struct seg_name_list list,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Call after items were removed, renamed or moved. */
void seg_names_changed(struct seg_name_index *x, struct seg_name_list list);

#endif
