#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/header.h"

static const char meta_key[] = "__metadata__", hash_key[] = "seg.hash",
                  no_hash[] = "0000000000000000";

int
seg_place_fail(
    const struct seg_place *at, struct seg_err *e, const char *fmt, ...)
{
    char text[600];
    const char *key = seg_record_key(at->rec);
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (*key)
        return seg_fail(e, SEG_EDATA, "%.200s: record %zu (%.100s): %s",
            at->name, at->number, key, text);
    return seg_fail(
        e, SEG_EDATA, "%.200s: record %zu: %s", at->name, at->number, text);
}

/* ---- reading ---- */

static int
read_meta(struct seg_record *rec, json_t *root, const struct seg_place *at,
    struct seg_err *e)
{
    json_t *meta = json_object_get(root, meta_key), *value;
    const char *key;
    size_t n = json_object_size(meta);

    if (!meta)
        return 0;
    if (!json_is_object(meta))
        return seg_place_fail(at, e, "__metadata__ is not an object");
    rec->meta = seg_take(&rec->arena, n, sizeof *rec->meta, e);
    if (!rec->meta)
        return -1;
    rec->meta_room = n;
    json_object_foreach(meta, key, value)
    {
        struct seg_meta *m = rec->meta + rec->nmeta;

        if (!json_is_string(value))
            return seg_place_fail(
                at, e, "metadata %.100s is not a string", key);
        m->key = seg_take_string(&rec->arena, key, e);
        m->value = seg_take_string(&rec->arena, json_string_value(value), e);
        if (!m->key || !m->value)
            return -1;
        rec->nmeta++;
    }
    return 0;
}

static int
read_shape(struct seg_tensor *t, json_t *shape, const struct seg_place *at,
    struct seg_err *e)
{
    size_t rank = json_array_size(shape);

    if (!json_is_array(shape))
        return seg_place_fail(
            at, e, "tensor %.100s: shape is not a list", t->name);
    if (rank > SEG_RANK)
        return seg_place_fail(at, e, "tensor %.100s: rank %zu, at most %d",
            t->name, rank, SEG_RANK);
    t->rank = (int)rank;
    for (size_t i = 0; i < rank; i++) {
        json_t *size = json_array_get(shape, i);

        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return seg_place_fail(at, e,
                "tensor %.100s: size %zu of shape is not a whole number",
                t->name, i + 1);
        t->shape[i] = (size_t)json_integer_value(size);
    }
    if (seg_tensor_size(&t->bytes, t->type, t->rank, t->shape))
        return seg_place_fail(at, e, "tensor %.100s: shape too large", t->name);
    return 0;
}

static int
read_offsets(size_t *begin, struct seg_tensor *t, json_t *pair,
    const struct seg_place *at, struct seg_err *e)
{
    json_t *from = json_array_get(pair, 0), *to = json_array_get(pair, 1);

    if (json_array_size(pair) != 2 || !json_is_integer(from) ||
        !json_is_integer(to) || json_integer_value(from) < 0 ||
        json_integer_value(to) < json_integer_value(from))
        return seg_place_fail(
            at, e, "tensor %.100s: data_offsets are not [begin, end]", t->name);
    *begin = (size_t)json_integer_value(from);
    size_t bytes = (size_t)json_integer_value(to) - *begin;
    char shape[120];
    if (bytes != t->bytes)
        return seg_place_fail(at, e,
            "tensor %.100s: offsets span %zu bytes, %s has %zu", t->name, bytes,
            seg_tensor_describe(shape, sizeof shape, t), t->bytes);
    return 0;
}

struct entry {
    struct seg_tensor t;
    size_t begin;
};

static int
read_tensor(struct entry *x, json_t *info, const struct seg_place *at,
    struct seg_err *e)
{
    const char *name = x->t.name,
               *type = json_string_value(json_object_get(info, "dtype")), *key;
    json_t *value;

    if (!json_is_object(info))
        return seg_place_fail(at, e, "tensor %.100s: not an object", name);
    json_object_foreach(info, key,
        value) if (strcmp(key, "dtype") && strcmp(key, "shape") &&
                   strcmp(key, "data_offsets")) return seg_place_fail(at, e,
        "tensor %.100s: unknown field %.100s", name, key);
    if (json_object_size(info) != 3 || !type)
        return seg_place_fail(
            at, e, "tensor %.100s: wants dtype, shape and data_offsets", name);
    if (seg_type_parse(&x->t.type, type))
        return seg_place_fail(at, e,
            "tensor %.100s: type %.20s is not supported (BOOL, U8 to U64, I8 "
            "to I64, F16, BF16, F32, F64 are)",
            name, type);
    if (read_shape(&x->t, json_object_get(info, "shape"), at, e))
        return -1;
    return read_offsets(
        &x->begin, &x->t, json_object_get(info, "data_offsets"), at, e);
}

/* By place; of empty tensors in one place the name decides. */
static int
by_offset(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    if (x->t.bytes != y->t.bytes)
        return x->t.bytes < y->t.bytes ? -1 : 1;
    return strcmp(x->t.name, y->t.name);
}

static int
read_tensors(struct seg_record *rec, json_t *root, const struct seg_place *at,
    struct seg_err *e)
{
    size_t room = json_object_size(root), n = 0, end = 0;
    struct entry *x = seg_take(&rec->arena, room, sizeof *x, e);
    const char *name;
    json_t *info;

    rec->tensors = seg_take(&rec->arena, room, sizeof *rec->tensors, e);
    if (!x || !rec->tensors)
        return -1;
    json_object_foreach(root, name, info)
    {
        if (!strcmp(name, meta_key))
            continue;
        x[n].t.name = seg_take_string(&rec->arena, name, e);
        if (!x[n].t.name || read_tensor(x + n, info, at, e))
            return -1;
        n++;
    }
    qsort(x, n, sizeof *x, by_offset);
    for (size_t i = 0; i < n; i++) {
        if (x[i].begin != end)
            return seg_place_fail(at, e,
                "tensor %.100s begins at byte %zu, the one before ends at %zu",
                x[i].t.name, x[i].begin, end);
        end += x[i].t.bytes;
        rec->tensors[i] = x[i].t;
    }
    rec->ntensors = (int)n;
    rec->tensors_room = room;
    return 0;
}

int
seg_header_parse(struct seg_record *rec, const char *text, size_t n,
    const struct seg_place *at, struct seg_err *e)
{
    json_error_t why;

    if (n == 0 || text[0] != '{')
        return seg_place_fail(at, e, "not safetensors: no { after the length");
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &why);
    if (!root && json_error_code(&why) == json_error_out_of_memory)
        return seg_fail(e, SEG_EMEM, "%s: out of memory", at->name);
    if (!root)
        return seg_place_fail(
            at, e, "header, byte %d: %s", why.position, why.text);
    int status = read_meta(rec, root, at, e);
    if (!status)
        status = read_tensors(rec, root, at, e);
    json_decref(root);
    return status;
}

/* ---- writing ---- */

/* The reference writer's order of types. */
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

static json_t *
write_meta(struct seg_arena *a, const struct seg_record *rec, struct seg_err *e)
{
    size_t n = (size_t)rec->nmeta;
    struct seg_meta *m = seg_take(a, n + 1, sizeof *m, e);
    json_t *out = m ? json_object() : NULL;

    if (!out)
        return NULL;
    n = 0;
    for (int i = 0; i < rec->nmeta; i++)
        if (strcmp(rec->meta[i].key, hash_key))
            m[n++] = rec->meta[i];
    m[n++] = (struct seg_meta){hash_key, no_hash};
    qsort(m, n, sizeof *m, by_key);
    for (size_t i = 0; i < n; i++)
        if (json_object_set_new(out, m[i].key, json_string(m[i].value))) {
            seg_fail(e, SEG_EDATA, "%.200s: metadata %.100s is not UTF-8",
                seg_record_key(rec), m[i].key);
            json_decref(out);
            return NULL;
        }
    return out;
}

static json_t *
write_tensor(const struct seg_tensor *t, size_t begin)
{
    json_t *shape = json_array();

    for (int i = 0; i < t->rank; i++)
        json_array_append_new(shape, json_integer((json_int_t)t->shape[i]));
    return json_pack("{s:s, s:o, s:[I, I]}", "dtype", seg_type_name(t->type),
        "shape", shape, "data_offsets", (json_int_t)begin,
        (json_int_t)(begin + t->bytes));
}

static int
write_tensors(json_t *root, struct seg_arena *a, int *order,
    const struct seg_record *rec, struct seg_err *e)
{
    size_t n = (size_t)rec->ntensors, begin = 0;
    const struct seg_tensor **t =
        seg_take(a, n, sizeof(struct seg_tensor *), e);

    if (!t)
        return -1;
    for (size_t i = 0; i < n; i++)
        t[i] = rec->tensors + i;
    qsort(t, n, sizeof *t, by_type);
    for (size_t i = 0; i < n; i++) {
        order[i] = (int)(t[i] - rec->tensors);
        if (!strcmp(t[i]->name, meta_key) ||
            json_object_set_new(root, t[i]->name, write_tensor(t[i], begin)))
            return seg_fail(e, SEG_EDATA,
                "%.200s: tensor name %.100s is not legal", seg_record_key(rec),
                t[i]->name);
        begin += t[i]->bytes;
    }
    return 0;
}

char *
seg_header_write(struct seg_arena *a, size_t *n, int *order,
    const struct seg_record *rec, struct seg_err *e)
{
    char *text = NULL;

    /* what is said if jansson fails; our own failures say more */
    seg_fail(e, SEG_EMEM, "out of memory");
    json_t *root = json_object(), *meta = write_meta(a, rec, e);
    if (root && meta && !json_object_set(root, meta_key, meta) &&
        !write_tensors(root, a, order, rec, e)) {
        size_t bytes = json_dumpb(root, NULL, 0, JSON_COMPACT);

        *n = (bytes + 7) / 8 * 8;
        text = seg_take_dirty(a, *n, 1, e);
        if (text) {
            memset(text, ' ', *n);
            json_dumpb(root, text, *n, JSON_COMPACT);
        }
    }
    json_decref(meta);
    json_decref(root);
    return text;
}

/*
 * Inside a JSON string a quote has a backslash before it, so quoted seg.hash
 * followed by a colon and a quote is the key and its value, nowhere else.
 */
char *
seg_header_digits(char *text, size_t n)
{
    static const char want[] = "\"seg.hash\"";
    size_t length = sizeof want - 1;

    for (size_t i = 0; i + length < n; i++) {
        if (text[i] != '"' || memcmp(text + i, want, length))
            continue;
        size_t at = i + length;
        while (at < n && text[at] && strchr(" \t\r\n:", text[at]))
            at++;
        if (at + sizeof no_hash <= n && text[at] == '"')
            return text + at + 1;
    }
    return NULL;
}
