#include <string.h>

#include "lib/base/hash.h"
#include "lib/dataset/key_counter.h"

/* The slot of the hash, or the free slot for it: linear probing. */
static struct seg_key_counter_slot *
find(struct seg_key_counter_slot *slot, size_t capacity, uint64_t hash)
{
    size_t i = (size_t)hash & (capacity - 1);

    while (slot[i].count && slot[i].hash != hash)
        i = (i + 1) & (capacity - 1);
    return slot + i;
}

static int
grow(struct seg_key_counter *s, struct seg_err *e)
{
    size_t capacity = s->capacity ? 2 * s->capacity : 1024;
    struct seg_arena arena = {0};
    struct seg_key_counter_slot *slot =
        seg_take(&arena, capacity, sizeof *slot, e);

    if (!slot)
        return -1;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->slot[i].count)
            *find(slot, capacity, s->slot[i].hash) = s->slot[i];
    seg_arena_free(&s->arena);
    s->arena = arena;
    s->slot = slot;
    s->capacity = capacity;
    return 0;
}

int
seg_key_counter_add_hash(struct seg_key_counter *s, uint64_t hash,
    struct seg_key_counter_slot **slot, struct seg_err *e)
{
    if (2 * s->used >= s->capacity && grow(s, e))
        return -1;
    *slot = find(s->slot, s->capacity, hash);
    s->used += !(*slot)->count;
    (*slot)->hash = hash;
    (*slot)->count++;
    return 0;
}

int
seg_key_counter_add(struct seg_key_counter *s, const char *key,
    uint64_t *before, struct seg_err *e)
{
    struct seg_key_counter_slot *slot;

    if (seg_key_counter_add_hash(s, seg_hash(key, strlen(key)), &slot, e))
        return -1;
    *before = slot->count - 1;
    return 0;
}

void
seg_key_counter_free(struct seg_key_counter *s)
{
    seg_arena_free(&s->arena);
    *s = (struct seg_key_counter){0};
}
