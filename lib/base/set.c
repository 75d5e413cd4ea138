#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/set.h"

static int
put(struct seg_set *set, uint64_t hash)
{
    size_t i = hash & (set->room - 1);

    while (set->slot[i] && set->slot[i] != hash)
        i = (i + 1) & (set->room - 1);
    if (set->slot[i])
        return 0;
    set->slot[i] = hash;
    set->n++;
    return 1;
}

int
seg_set_add(
    struct seg_set *set, struct seg_arena *a, const char *s, struct seg_err *e)
{
    uint64_t hash = seg_hash(s, strlen(s));

    if (2 * set->n >= set->room) { /* at most half full: probing stays short */
        struct seg_set more = {.room = set->room ? 2 * set->room : 1024};

        more.slot = seg_take(a, more.room, sizeof *more.slot, e);
        if (!more.slot)
            return -1;
        for (size_t i = 0; i < set->room; i++)
            if (set->slot[i])
                put(&more, set->slot[i]);
        *set = more;
    }
    return put(set, hash ? hash : 1);
}
