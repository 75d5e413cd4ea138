#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stream/header.h"
#include "formats/stream/json.h"

static const char meta_key[] = "__metadata__", hash_key[] = "seg.hash",
                  no_hash[] = "0000000000000000";

/* The order of types in the reference implementation. */
static int
rank_of(enum seg_type t)
{
    static const enum seg_type order[SEG_TYPES] = {SEG_BOOL, SEG_U8, SEG_I8,
        SEG_I16, SEG_U16, SEG_F16, SEG_BF16, SEG_I32, SEG_U32, SEG_F32, SEG_F64,
        SEG_I64, SEG_U64};
    int i = 0;

    while (order[i] != t)
        i++;
    return i;
}

static int
by_type(const void *a, const void *b)
{
    const struct seg_tensor *x = *(struct seg_tensor *const *)a,
                            *y = *(struct seg_tensor *const *)b;
    int d = rank_of(y->type) - rank_of(x->type);

    return d ? d : strcmp(x->name, y->name);
}

static int
by_key(const void *a, const void *b)
{
    const struct seg_meta *x = a, *y = b;

    return strcmp(x->key, y->key);
}

/* Tensors and metadata in the order of the text. */
struct plan {
    const struct seg_record *rec;
    struct seg_meta *meta;
    const struct seg_tensor **tensor;
    size_t nmeta, ntensors;
};

static int
make_plan(struct plan *p, struct seg_arena *a, const struct seg_record *rec,
    struct seg_err *e)
{
    size_t nmeta = (size_t)rec->nmeta, n = (size_t)rec->ntensors;

    *p = (struct plan){.rec = rec, .ntensors = n};
    p->meta = seg_take(a, nmeta + 1, sizeof *p->meta, e);
    p->tensor = seg_take(a, n, sizeof *p->tensor, e);
    if (!p->meta || !p->tensor)
        return -1;
    for (size_t i = 0; i < nmeta; i++)
        if (strcmp(rec->meta[i].key, hash_key))
            p->meta[p->nmeta++] = rec->meta[i];
    p->meta[p->nmeta++] = (struct seg_meta){hash_key, no_hash};
    qsort(p->meta, p->nmeta, sizeof *p->meta, by_key);
    for (size_t i = 0; i < n; i++)
        p->tensor[i] = rec->tensors + i;
    qsort(p->tensor, n, sizeof *p->tensor, by_type);
    return 0;
}

/* Sets *bytes to the length of all strings; fails if one is not UTF-8. */
static int
measure(const struct plan *p, size_t *bytes, struct seg_err *e)
{
    *bytes = 0;
    for (size_t i = 0; i < p->nmeta; i++) {
        size_t key = seg_json_print(NULL, p->meta[i].key),
               value = seg_json_print(NULL, p->meta[i].value);
        if (!key || !value)
            return seg_fail(e, SEG_EDATA,
                "%.200s: metadata %.100s is not UTF-8", seg_record_name(p->rec),
                p->meta[i].key);
        *bytes += key + value;
    }
    for (size_t i = 0; i < p->ntensors; i++) {
        const char *name = p->tensor[i]->name;
        size_t n = seg_json_print(NULL, name);
        if (!n || !strcmp(name, meta_key))
            return seg_fail(e, SEG_EDATA,
                "%.200s: tensor name %.100s is not legal",
                seg_record_name(p->rec), name);
        *bytes += n;
    }
    return 0;
}

static char *
print_meta(char *to, const struct plan *p)
{
    to += sprintf(to, "{\"%s\":{", meta_key);
    for (size_t i = 0; i < p->nmeta; i++) {
        if (i)
            *to++ = ',';
        to += seg_json_print(to, p->meta[i].key);
        *to++ = ':';
        to += seg_json_print(to, p->meta[i].value);
    }
    *to++ = '}';
    return to;
}

static char *
print_tensor(char *to, const struct seg_tensor *t, size_t begin)
{
    *to++ = ',';
    to += seg_json_print(to, t->name);
    to += sprintf(to, ":{\"dtype\":\"%s\",\"shape\":[", seg_type_name(t->type));
    for (int i = 0; i < t->rank; i++)
        to += sprintf(to, i ? ",%zu" : "%zu", t->shape[i]);
    return to + sprintf(to, "],\"data_offsets\":[%zu,%zu]}", begin,
                    begin + t->bytes);
}

char *
seg_header_write(struct seg_arena *a, size_t *n, int *order,
    const struct seg_record *rec, struct seg_err *e)
{
    /* the longest text of a tensor and of a key without strings */
    enum { TENSOR = 80 + 21 * (SEG_RANK + 2), KEY = 2, REST = 40 };
    struct plan p;
    size_t strings, begin = 0;

    if (make_plan(&p, a, rec, e) || measure(&p, &strings, e))
        return NULL;
    char *text = seg_take_dirty(
        a, strings + TENSOR * p.ntensors + KEY * p.nmeta + REST, 1, e);
    if (!text)
        return NULL;
    char *to = print_meta(text, &p);
    for (size_t i = 0; i < p.ntensors; i++) {
        order[i] = (int)(p.tensor[i] - rec->tensors);
        to = print_tensor(to, p.tensor[i], begin);
        begin += p.tensor[i]->bytes;
    }
    *to++ = '}';
    while ((to - text) % 8)
        *to++ = ' ';
    *n = (size_t)(to - text);
    return text;
}
