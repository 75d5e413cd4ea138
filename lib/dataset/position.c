#include <ctype.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/dataset/key_group.h"
#include "lib/dataset/position.h"

enum { DIGITS = 9 }; /* of a number that fits int */

/* Finds the last number of the key before @: 1 with its place, or 0. */
static int
find_number(const char *key, size_t *at, size_t *n, uint32_t *number)
{
    size_t end = strcspn(key, "@");

    while (end && !isdigit((unsigned char)key[end - 1]))
        end--;
    *at = end;
    while (*at && isdigit((unsigned char)key[*at - 1]) && end - *at < DIGITS)
        --*at;
    *n = end - *at;
    *number = 0;
    for (size_t i = *at; i < end; i++)
        *number = *number * 10 + (uint32_t)(key[i] - '0');
    return *n > 0;
}

/* The slot of the volume of a key, and the number of its slice: 1, 0 or -1.
   slot->first holds the lowest number in its upper half, the highest below. */
static int
find_volume(struct seg_positions *p, const char *key,
    struct seg_key_counter_slot **slot, uint32_t *number, struct seg_err *e)
{
    struct seg_key_group group;
    size_t at, n;
    uint64_t hash;

    if (!find_number(key, &at, &n, number))
        return 0;
    if (p->pattern) {
        if (!seg_key_group_find(&group, p->pattern, key))
            return 0;
        hash = seg_hash(group.at, group.length);
    } else {
        size_t end = strcspn(key, "@");
        hash = seg_hash(key, at);
        hash = seg_hash_more(hash, "\n", 1); /* in place of the number */
        hash = seg_hash_more(hash, key + at + n, end - at - n);
    }
    return seg_key_counter_add_hash(&p->volume, hash, slot, e) ? -1 : 1;
}

int
seg_positions_add(struct seg_positions *p, const char *key, struct seg_err *e)
{
    struct seg_key_counter_slot *s;
    uint32_t number;
    int got = find_volume(p, key, &s, &number, e);

    if (got != 1)
        return got;
    uint32_t lowest = (uint32_t)(s->first >> 32), highest = (uint32_t)s->first;
    if (s->count == 1 || number < lowest)
        lowest = number;
    if (s->count == 1 || number > highest)
        highest = number;
    s->first = (uint64_t)lowest << 32 | highest;
    return 1;
}

int
seg_position_part(size_t i, size_t n, int parts)
{
    return (int)(i * (size_t)parts / n);
}

int
seg_positions_part(struct seg_positions *p, const char *key, int parts,
    int *part, struct seg_err *e)
{
    struct seg_key_counter_slot *s;
    uint32_t number;
    int got = find_volume(p, key, &s, &number, e);

    if (got != 1)
        return got;
    uint32_t lowest = (uint32_t)(s->first >> 32), highest = (uint32_t)s->first;
    if (s->count == 1 || number < lowest || number > highest)
        return 0;
    *part =
        seg_position_part(number - lowest, (size_t)highest - lowest + 1, parts);
    return 1;
}

void
seg_positions_free(struct seg_positions *p)
{
    seg_key_counter_free(&p->volume);
}
