#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/stream/header.h"
#include "formats/stream/json.h"
#include "lib/base/sanitize.h"

static const char meta_key[] = "__metadata__";

int
seg_record_location_fail(const struct seg_record_location *at,
    struct seg_err *e, const char *fmt, ...)
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

int
seg_header_check_names(const struct seg_record *rec,
    const struct seg_record_location *at, struct seg_err *e)
{
    static const char *const names[][2] = {
        {"seg.key", ""}, {"seg.classes", "\t"}};

    for (int i = 0; i < 2; i++) {
        const char *value = seg_record_meta(rec, names[i][0]),
                   *bad = value ? seg_find_control(value, names[i][1]) : NULL;
        if (bad)
            return seg_record_location_fail(at, e,
                "%s: byte %zu is a control character (0x%02x)", names[i][0],
                (size_t)(bad - value) + 1, (unsigned char)*bad);
    }
    return 0;
}

struct parser {
    struct seg_json json;
    struct seg_record *rec;
    const struct seg_record_location *at;
    struct seg_err *e;
};

/* ---- one tensor ---- */

/* A tensor that is being parsed, and the fields found so far. */
struct entry {
    struct seg_tensor *t;
    const char *type;
    size_t offset[2];
    int has_shape, has_offsets;
};

static int
syntax(struct parser *p)
{
    return seg_record_location_fail(p->at, p->e, "header, byte %zu: %s",
        (size_t)(p->json.at - p->json.start), p->json.bad);
}

static int
duplicate(struct parser *p, const char *name)
{
    return seg_record_location_fail(p->at, p->e,
        "header, byte %zu: duplicate name %.100s",
        (size_t)(p->json.at - p->json.start), name);
}

/* Parses a string and the colon after it. */
static const char *
read_name(struct parser *p)
{
    const char *name = seg_json_string(&p->json);

    if (name && !seg_json_mark(&p->json, ':'))
        return name;
    syntax(p);
    return NULL;
}

static int
read_dtype(struct parser *p, struct entry *x)
{
    if (x->type)
        return duplicate(p, "dtype");
    if (seg_json_peek(&p->json) != '"')
        return seg_record_location_fail(
            p->at, p->e, "tensor %.100s: wants dtype as a string", x->t->name);
    x->type = seg_json_string(&p->json);
    return x->type ? 0 : syntax(p);
}

static int
read_shape(struct parser *p, struct entry *x)
{
    size_t rank = 0, size;
    int more;

    if (x->has_shape++)
        return duplicate(p, "shape");
    if (seg_json_peek(&p->json) != '[')
        return seg_record_location_fail(
            p->at, p->e, "tensor %.100s: shape is not a list", x->t->name);
    if (seg_json_mark(&p->json, '['))
        return syntax(p);
    for (; (more = seg_json_more(&p->json, ']', rank == 0)) > 0; rank++) {
        int status = seg_json_number(&p->json, &size);

        if (status < 0)
            return syntax(p);
        if (status > 0)
            return seg_record_location_fail(p->at, p->e,
                "tensor %.100s: size %zu of shape is not a whole number",
                x->t->name, rank + 1);
        if (rank < SEG_RANK)
            x->t->shape[rank] = size;
    }
    if (more < 0)
        return syntax(p);
    if (rank > SEG_RANK)
        return seg_record_location_fail(p->at, p->e,
            "tensor %.100s: rank %zu, at most %d", x->t->name, rank, SEG_RANK);
    x->t->rank = (int)rank;
    return 0;
}

static int
bad_offsets(struct parser *p, const struct entry *x)
{
    return seg_record_location_fail(p->at, p->e,
        "tensor %.100s: data_offsets are not [begin, end]", x->t->name);
}

static int
read_offsets(struct parser *p, struct entry *x)
{
    int n = 0, more, status;

    if (x->has_offsets++)
        return duplicate(p, "data_offsets");
    if (seg_json_peek(&p->json) != '[')
        return bad_offsets(p, x);
    if (seg_json_mark(&p->json, '['))
        return syntax(p);
    for (; (more = seg_json_more(&p->json, ']', n == 0)) > 0; n++) {
        if (n == 2)
            return bad_offsets(p, x);
        status = seg_json_number(&p->json, &x->offset[n]);
        if (status)
            return status < 0 ? syntax(p) : bad_offsets(p, x);
    }
    if (more < 0)
        return syntax(p);
    return n != 2 || x->offset[1] < x->offset[0] ? bad_offsets(p, x) : 0;
}

static int
read_field(struct parser *p, struct entry *x)
{
    const char *field = read_name(p);

    if (!field)
        return -1;
    if (!strcmp(field, "dtype"))
        return read_dtype(p, x);
    if (!strcmp(field, "shape"))
        return read_shape(p, x);
    if (!strcmp(field, "data_offsets"))
        return read_offsets(p, x);
    return seg_record_location_fail(
        p->at, p->e, "tensor %.100s: unknown field %.100s", x->t->name, field);
}

/* Fails if type, shape or offsets are missing or disagree. */
static int
check_entry(struct parser *p, const struct entry *x)
{
    struct seg_tensor *t = x->t;
    char shape[120];

    if (!x->type || !x->has_shape || !x->has_offsets)
        return seg_record_location_fail(p->at, p->e,
            "tensor %.100s: wants dtype, shape and data_offsets", t->name);
    if (seg_type_parse(&t->type, x->type))
        return seg_record_location_fail(p->at, p->e,
            "tensor %.100s: type %.20s is not supported (BOOL, U8 to U64, I8 "
            "to I64, F16, BF16, F32, F64 are)",
            t->name, x->type);
    if (seg_tensor_size(&t->bytes, t->type, t->rank, t->shape))
        return seg_record_location_fail(
            p->at, p->e, "tensor %.100s: shape too large", t->name);
    if (x->offset[1] - x->offset[0] != t->bytes)
        return seg_record_location_fail(p->at, p->e,
            "tensor %.100s: offsets span %zu bytes, %s has %zu", t->name,
            x->offset[1] - x->offset[0],
            seg_tensor_describe(shape, sizeof shape, t), t->bytes);
    /* data holds the offset until all tensors are sorted */
    t->data = (void *)(uintptr_t)x->offset[0];
    return 0;
}

static int
read_tensor(struct parser *p, const char *name)
{
    struct seg_record *rec = p->rec;
    int more, first = 1;

    if (seg_record_find(rec, name))
        return duplicate(p, name);
    struct seg_tensor *list = seg_grow(&rec->arena, rec->tensors, rec->ntensors,
        &rec->tensors_capacity, sizeof *list, p->e);
    if (!list)
        return -1;
    rec->tensors = list;
    struct entry x = {.t = list + rec->ntensors++};
    x.t->name = name;
    if (seg_record_added_tensor(rec, p->e))
        return -1;
    if (seg_json_peek(&p->json) != '{')
        return seg_record_location_fail(
            p->at, p->e, "header: tensor %.100s: not an object", name);
    if (seg_json_mark(&p->json, '{'))
        return syntax(p);
    for (; (more = seg_json_more(&p->json, '}', first)) > 0; first = 0)
        if (read_field(p, &x))
            return -1;
    return more < 0 ? syntax(p) : check_entry(p, &x);
}

/* ---- metadata ---- */

static int
read_pair(struct parser *p)
{
    struct seg_record *rec = p->rec;
    const char *key = read_name(p);

    if (!key)
        return -1;
    if (seg_record_meta(rec, key))
        return duplicate(p, key);
    if (seg_json_peek(&p->json) != '"')
        return seg_record_location_fail(
            p->at, p->e, "metadata %.100s is not a string", key);
    struct seg_meta *list = seg_grow(&rec->arena, rec->meta, rec->nmeta,
        &rec->meta_capacity, sizeof *list, p->e);
    if (!list)
        return -1;
    rec->meta = list;
    list[rec->nmeta].key = key;
    list[rec->nmeta].value = seg_json_string(&p->json);
    if (!list[rec->nmeta].value)
        return syntax(p);
    rec->nmeta++;
    return seg_record_added_meta(rec, p->e);
}

static int
read_meta(struct parser *p)
{
    int more, first = 1;

    if (seg_json_peek(&p->json) != '{')
        return seg_record_location_fail(
            p->at, p->e, "__metadata__ is not an object");
    if (seg_json_mark(&p->json, '{'))
        return syntax(p);
    for (; (more = seg_json_more(&p->json, '}', first)) > 0; first = 0)
        if (read_pair(p))
            return -1;
    return more < 0 ? syntax(p) : 0;
}

/* ---- the whole ---- */

static uintptr_t
offset_of(const struct seg_tensor *t)
{
    return (uintptr_t)t->data;
}

/* By offset; empty tensors with equal offsets by name. */
static int
by_offset(const void *a, const void *b)
{
    const struct seg_tensor *x = a, *y = b;

    if (offset_of(x) != offset_of(y))
        return offset_of(x) < offset_of(y) ? -1 : 1;
    if (x->bytes != y->bytes)
        return x->bytes < y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Sorts tensors by offset and fails if there is a gap; data becomes NULL. */
static int
sort_tensors(struct parser *p)
{
    struct seg_record *rec = p->rec;
    size_t end = 0;

    if (rec->ntensors)
        qsort(rec->tensors, (size_t)rec->ntensors, sizeof *rec->tensors,
            by_offset);
    for (int i = 0; i < rec->ntensors; i++) {
        struct seg_tensor *t = rec->tensors + i;

        if (offset_of(t) != end)
            return seg_record_location_fail(p->at, p->e,
                "tensor %.100s begins at byte %zu, the one before ends at %zu",
                t->name, (size_t)offset_of(t), end);
        end += t->bytes;
        t->data = NULL;
    }
    seg_record_sweep(rec);
    return 0;
}

static int
read_all(struct parser *p)
{
    int more, first = 1, metas = 0;

    if (seg_json_mark(&p->json, '{'))
        return syntax(p);
    for (; (more = seg_json_more(&p->json, '}', first)) > 0; first = 0) {
        const char *name = read_name(p);

        if (!name)
            return -1;
        if (strcmp(name, meta_key) ? read_tensor(p, name)
            : metas++              ? duplicate(p, name)
                                   : read_meta(p))
            return -1;
    }
    return more < 0 || seg_json_end(&p->json) ? syntax(p) : sort_tensors(p);
}

int
seg_header_parse(struct seg_record *rec, const char *text, size_t n,
    const struct seg_record_location *at, struct seg_err *e)
{
    struct parser p = {.json = {text, text, text + n, NULL, NULL}, rec, at, e};

    if (n == 0 || text[0] != '{')
        return seg_record_location_fail(
            at, e, "not safetensors: no { after the length");
    /* a string and its 0 need no more bytes than the quoted text */
    p.json.out = seg_take_dirty(&rec->arena, n, 1, e);
    return p.json.out ? read_all(&p) : -1;
}

/* Inside a JSON string a quote follows a backslash, so "seg.hash":" can only be
   the key and the beginning of its value. */
char *
seg_header_digits(char *text, size_t n)
{
    enum { DIGITS = 16 };
    static const char want[] = "\"seg.hash\"";
    size_t length = sizeof want - 1;

    for (size_t i = 0; i + length < n; i++) {
        if (text[i] != '"' || memcmp(text + i, want, length))
            continue;
        size_t at = i + length;
        while (at < n && text[at] && strchr(" \t\r\n:", text[at]))
            at++;
        if (at + 1 + DIGITS <= n && text[at] == '"')
            return text + at + 1;
    }
    return NULL;
}
