#include <string.h>

#include "lib/base/hash.h"
#include "lib/tensor/names.h"

enum {
    SHORT = 16
}; /* up to this length a list is searched without a hash table */

static const char *
name_of(struct seg_name_list list, size_t i)
{
    return *(const char *const *)((const char *)list.items + i * list.stride);
}

static size_t
first_slot(const struct seg_name_index *x, const char *name)
{
    return (size_t)seg_hash(name, strlen(name)) & (x->slots - 1);
}

size_t
seg_names_find(
    const struct seg_name_index *x, struct seg_name_list list, const char *name)
{
    if (!x->slots) {
        size_t i = 0;

        while (i < list.n && strcmp(name_of(list, i), name))
            i++;
        return i;
    }
    for (size_t at = first_slot(x, name); x->slot[at];
         at = (at + 1) & (x->slots - 1))
        if (!strcmp(name_of(list, x->slot[at] - 1), name))
            return x->slot[at] - 1;
    return list.n;
}

static void
insert(struct seg_name_index *x, struct seg_name_list list, size_t i)
{
    size_t at = first_slot(x, name_of(list, i));

    while (x->slot[at])
        at = (at + 1) & (x->slots - 1);
    x->slot[at] = (uint32_t)i + 1;
}

void
seg_names_changed(struct seg_name_index *x, struct seg_name_list list)
{
    if (x->slots)
        memset(x->slot, 0, x->slots * sizeof *x->slot);
    for (size_t i = 0; x->slots && i < list.n; i++)
        insert(x, list, i);
}

int
seg_names_added(struct seg_name_index *x, struct seg_name_list list,
    struct seg_arena *a, struct seg_err *e)
{
    if (list.n <= SHORT && !x->slots)
        return 0;
    if (2 * list.n <= x->slots) {
        insert(x, list, list.n - 1);
        return 0;
    }
    if (list.n > UINT32_MAX / 4)
        return seg_fail(
            e, SEG_EMEM, "out of memory: more than %u names", UINT32_MAX / 4);
    size_t slots = x->slots ? 2 * x->slots : 4 * SHORT;
    uint32_t *slot = seg_take(a, slots, sizeof *slot, e);
    if (!slot)
        return -1;
    *x = (struct seg_name_index){slot, slots};
    seg_names_changed(x, list);
    return 0;
}
