#include <stdlib.h>
#include <string.h>

#include "formats/stream/keyed.h"

static int
by_key(const void *a, const void *b)
{
    const struct seg_keyed_entry *x = a, *y = b;

    return strcmp(x->key, y->key);
}

int
seg_keyed_open(
    struct seg_keyed *k, struct seg_reader *reader, struct seg_err *e)
{
    struct seg_record rec = {0};
    int status = -1;

    *k = (struct seg_keyed){.reader = reader};
    if (seg_reader_index(reader, &k->n, e))
        return -1;
    k->entry = seg_take(&k->arena, k->n, sizeof *k->entry, e);
    if (!k->entry)
        return -1;
    for (size_t i = 0; i < k->n; i++) {
        if (seg_reader_at(reader, i, &rec, e))
            goto out;
        k->entry[i].number = i;
        k->entry[i].key = seg_take_string(&k->arena, seg_record_key(&rec), e);
        if (!k->entry[i].key)
            goto out;
    }
    qsort(k->entry, k->n, sizeof *k->entry, by_key);
    for (size_t i = 1; i < k->n; i++)
        if (!strcmp(k->entry[i - 1].key, k->entry[i].key)) {
            seg_fail(e, SEG_EDATA, "%s: key %s occurs twice",
                seg_reader_name(reader), k->entry[i].key);
            goto out;
        }
    status = 0;
out:
    seg_record_free(&rec);
    return status;
}

int
seg_keyed_find(struct seg_keyed *k, const char *key, struct seg_record *rec,
    struct seg_err *e)
{
    struct seg_keyed_entry want = {.key = key}, *found;

    found = bsearch(&want, k->entry, k->n, sizeof want, by_key);
    if (!found)
        return seg_fail(e, SEG_EDATA, "%s: no record of key %s",
            seg_reader_name(k->reader), key);
    if (found->found++)
        return seg_fail(e, SEG_EDATA, "%s: key %s is asked for twice",
            seg_reader_name(k->reader), key);
    return seg_reader_at(k->reader, found->number, rec, e);
}

int
seg_keyed_all_found(const struct seg_keyed *k, struct seg_err *e)
{
    size_t missed = 0, first = 0;

    for (size_t i = k->n; i-- > 0;)
        if (!k->entry[i].found) {
            missed++;
            first = i;
        }
    if (missed)
        return seg_fail(e, SEG_EDATA,
            "%s: %zu of %zu records have no counterpart, first %s",
            seg_reader_name(k->reader), missed, k->n, k->entry[first].key);
    return 0;
}

void
seg_keyed_free(struct seg_keyed *k)
{
    seg_arena_free(&k->arena);
}
