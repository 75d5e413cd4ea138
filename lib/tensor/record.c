#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/sanitize.h"
#include "lib/tensor/record.h"

void
seg_record_clear(struct seg_record *r)
{
    seg_arena_reset(&r->arena);
    r->tensors = NULL;
    r->meta = NULL;
    r->warnings = r->read_from = NULL;
    r->tensor_names = r->meta_names = (struct seg_name_index){0};
    r->image_rounding = r->label_rounding = (struct seg_rounding){0};
    r->ntensors = r->nmeta = 0;
    r->tensors_capacity = r->meta_capacity = 0;
}

void
seg_record_free(struct seg_record *r)
{
    seg_record_clear(r);
    seg_arena_free(&r->arena);
}

static struct seg_name_list
tensors_of(const struct seg_record *r)
{
    return (struct seg_name_list){
        r->tensors, (size_t)r->ntensors, sizeof *r->tensors};
}

static struct seg_name_list
meta_of(const struct seg_record *r)
{
    return (struct seg_name_list){r->meta, (size_t)r->nmeta, sizeof *r->meta};
}

int
seg_record_added_tensor(struct seg_record *r, struct seg_err *e)
{
    return seg_names_added(&r->tensor_names, tensors_of(r), &r->arena, e);
}

int
seg_record_added_meta(struct seg_record *r, struct seg_err *e)
{
    return seg_names_added(&r->meta_names, meta_of(r), &r->arena, e);
}

void
seg_record_sweep(struct seg_record *r)
{
    int n = 0;

    for (int i = 0; i < r->ntensors; i++)
        if (r->tensors[i].name)
            r->tensors[n++] = r->tensors[i];
    r->ntensors = n;
    seg_names_changed(&r->tensor_names, tensors_of(r));
}

void
seg_record_rename(struct seg_record *r, struct seg_tensor *t, const char *name)
{
    t->name = name;
    seg_record_sweep(r);
}

struct seg_tensor *
seg_record_find(const struct seg_record *r, const char *name)
{
    size_t i = seg_names_find(&r->tensor_names, tensors_of(r), name);

    return i < (size_t)r->ntensors ? r->tensors + i : NULL;
}

static struct seg_meta *
find_meta(const struct seg_record *r, const char *key)
{
    size_t i = seg_names_find(&r->meta_names, meta_of(r), key);

    return i < (size_t)r->nmeta ? r->meta + i : NULL;
}

const char *
seg_record_meta(const struct seg_record *r, const char *key)
{
    const struct seg_meta *m = find_meta(r, key);

    return m ? m->value : NULL;
}

const char *
seg_record_key(const struct seg_record *r)
{
    const char *key = seg_record_meta(r, "seg.key");

    return key ? key : "";
}

const char *
seg_record_name(const struct seg_record *r)
{
    const char *key = seg_record_key(r);

    return *key ? key : r->read_from ? r->read_from : "a record without a key";
}

const char *
seg_record_short_name(const struct seg_record *r)
{
    static const char word[] = " record ";
    const char *name = seg_record_name(r), *at = NULL;

    if (name != r->read_from)
        return name;
    for (const char *p = name; (p = strstr(p, word)); p++)
        at = p;
    return at ? at + 1 : name;
}

/* The tensor of that name, or a new one. */
static struct seg_tensor *
find_or_add(struct seg_record *r, const char *name, struct seg_err *e)
{
    struct seg_tensor *t = seg_record_find(r, name);

    if (t)
        return t;
    t = seg_grow(
        &r->arena, r->tensors, r->ntensors, &r->tensors_capacity, sizeof *t, e);
    if (!t)
        return NULL;
    r->tensors = t;
    t += r->ntensors;
    t->name = seg_take_string(&r->arena, name, e);
    if (!t->name)
        return NULL;
    r->ntensors++;
    return seg_record_added_tensor(r, e) ? NULL : t;
}

struct seg_tensor *
seg_record_add(struct seg_record *r, const char *name, enum seg_type type,
    int rank, const size_t *shape, struct seg_err *e)
{
    size_t bytes;

    if (seg_tensor_size(&bytes, type, rank, shape)) {
        seg_fail(e, SEG_EMEM, "tensor %s: shape too large", name);
        return NULL;
    }
    void *data = seg_take_dirty(&r->arena, bytes, 1, e);
    struct seg_tensor *t = data ? find_or_add(r, name, e) : NULL;
    if (!t)
        return NULL;
    t->type = type;
    t->rank = rank;
    if (rank)
        memcpy(t->shape, shape, (size_t)rank * sizeof *shape);
    t->bytes = bytes;
    t->data = data;
    return t;
}

struct seg_tensor *
seg_record_borrow(
    struct seg_record *r, const struct seg_tensor *from, struct seg_err *e)
{
    struct seg_tensor *t = find_or_add(r, from->name, e);

    if (t) {
        const char *name = t->name;
        *t = *from;
        t->name = name;
    }
    return t;
}

void
seg_record_sanitize(struct seg_record *r)
{
    for (int i = 0; i < r->ntensors; i++)
        seg_sanitize((char *)r->tensors[i].name, "");
    for (int i = 0; i < r->nmeta; i++) {
        seg_sanitize((char *)r->meta[i].key, "");
        seg_sanitize((char *)r->meta[i].value, "\t\n");
    }
}

void
seg_record_drop(struct seg_record *r, const char *name)
{
    struct seg_tensor *t = seg_record_find(r, name);

    if (!t)
        return;
    t->name = NULL;
    seg_record_sweep(r);
}

void
seg_record_unset(struct seg_record *r, const char *key)
{
    struct seg_meta *m = find_meta(r, key);

    if (!m)
        return;
    r->nmeta--;
    memmove(m, m + 1, (size_t)(r->meta + r->nmeta - m) * sizeof *m);
    seg_names_changed(&r->meta_names, meta_of(r));
}

int
seg_record_set(
    struct seg_record *r, const char *key, const char *value, struct seg_err *e)
{
    char *copy = seg_take_string(&r->arena, value, e);
    struct seg_meta *m = copy ? find_meta(r, key) : NULL;

    if (!copy)
        return -1;
    if (m) {
        m->value = copy;
        return 0;
    }
    m = seg_grow(&r->arena, r->meta, r->nmeta, &r->meta_capacity, sizeof *m, e);
    if (!m)
        return -1;
    r->meta = m;
    m += r->nmeta;
    m->key = seg_take_string(&r->arena, key, e);
    m->value = copy;
    if (!m->key)
        return -1;
    r->nmeta++;
    return seg_record_added_meta(r, e);
}

int
seg_record_warn(struct seg_record *r, struct seg_err *e, const char *fmt, ...)
{
    char line[sizeof e->text];
    va_list args;

    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    r->warnings = seg_take_text(
        &r->arena, e, "%s%s\n", r->warnings ? r->warnings : "", line);
    return r->warnings ? 0 : -1;
}

int
seg_record_inherit(
    struct seg_record *to, const struct seg_record *from, struct seg_err *e)
{
    if (from->read_from && !to->read_from) {
        to->read_from = seg_take_string(&to->arena, from->read_from, e);
        if (!to->read_from)
            return -1;
    }
    for (int i = 0; i < from->nmeta; i++) {
        const struct seg_meta *m = from->meta + i;

        if (strcmp(m->key, "seg.hash") && !seg_record_meta(to, m->key) &&
            seg_record_set(to, m->key, m->value, e))
            return -1;
    }
    return 0;
}
