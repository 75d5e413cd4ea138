#include <stdio.h>
#include <string.h>

#include "formats/weights/torch_state.h"

enum { NESTED = 4, ENTRIES = 1 << 16 }; /* bounds of a dictionary in others */

/* ---- storages ---- */

static struct seg_name_list
names_of(const struct seg_torch_storages *all)
{
    return (struct seg_name_list){all->list, all->n, sizeof *all->list};
}

struct seg_torch_storage *
seg_torch_find(const struct seg_torch_storages *all, const char *key)
{
    size_t i = seg_names_find(&all->names, names_of(all), key);

    return i < all->n ? all->list[i].storage : NULL;
}

static struct seg_torch_storage *
add_storage(struct seg_torch_storages *all, struct seg_arena *a,
    const struct seg_torch_storage *s, struct seg_err *e)
{
    void *list =
        seg_grow(a, all->list, all->n, &all->capacity, sizeof *all->list, e);
    struct seg_torch_storage *own =
        list ? seg_take(a, 1, sizeof *own, e) : NULL;

    if (!own)
        return NULL;
    *own = *s;
    all->list = list;
    all->list[all->n].key = own->key;
    all->list[all->n++].storage = own;
    return seg_names_added(&all->names, names_of(all), a, e) ? NULL : own;
}

struct seg_torch_storage *
seg_torch_storage(struct seg_torch_storages *all, struct seg_arena *a,
    const char *key, enum seg_type type, size_t elements, const char *file,
    struct seg_err *e)
{
    struct seg_torch_storage *old = seg_torch_find(all, key),
                             s = {.key = key, .type = type};

    if (seg_mul(&s.bytes, elements, seg_type_size(type)) ||
        (old && (old->type != type || old->bytes != s.bytes))) {
        seg_fail(e, SEG_EDATA,
            "%.200s: damaged: storage %.100s of %zu elements of type %s", file,
            key, elements, seg_type_name(type));
        return NULL;
    }
    return old ? old : add_storage(all, a, &s, e);
}

/* ---- tensors ---- */

/* Whole numbers of a list, none below 0; how many, or -1. */
static int
read_sizes(size_t out[SEG_RANK], const struct seg_pickle_value *list)
{
    if (list->kind != SEG_PICKLE_LIST || list->n > SEG_RANK)
        return -1;
    for (size_t i = 0; i < list->n; i++) {
        const struct seg_pickle_value *v = list->item[i];
        if (v->kind != SEG_PICKLE_WHOLE || v->whole < 0)
            return -1;
        out[i] = (size_t)v->whole;
    }
    return (int)list->n;
}

struct seg_torch_tensor *
seg_torch_tensor(struct seg_arena *a, struct seg_pickle_value *const args[4],
    const char *file, struct seg_err *e)
{
    struct seg_torch_tensor *t = seg_take(a, 1, sizeof *t, e);

    if (!t)
        return NULL;
    if (args[0]->kind == SEG_PICKLE_OBJECT && args[0]->whole == 1 &&
        args[1]->kind == SEG_PICKLE_WHOLE && args[1]->whole >= 0) {
        t->storage = args[0]->object;
        t->type = t->storage->type;
        t->offset = (size_t)args[1]->whole;
        t->rank = read_sizes(t->shape, args[2]);
        if (t->rank >= 0 && read_sizes(t->stride, args[3]) == t->rank)
            return t;
    }
    seg_fail(e, SEG_EDATA,
        "%.200s: a tensor without a storage, or of sizes and strides that are "
        "not up to %d whole numbers",
        file, SEG_RANK);
    return NULL;
}

/* The elements that the tensor spans in its storage; -1 if more than a size_t
   counts. */
static int
span(const struct seg_torch_tensor *t, size_t *elements)
{
    *elements = t->offset;
    for (int i = 0; i < t->rank; i++) {
        size_t step;
        if (!t->shape[i]) {
            *elements = 0;
            return 0;
        }
        if (seg_mul(&step, t->shape[i] - 1, t->stride[i]) ||
            __builtin_add_overflow(*elements, step, elements))
            return -1;
    }
    return __builtin_add_overflow(*elements, 1, elements) ? -1 : 0;
}

static int
is_contiguous(const struct seg_torch_tensor *t)
{
    size_t step = 1;

    for (int i = t->rank; i-- > 0;) {
        if (t->shape[i] != 1 && t->stride[i] != step)
            return 0;
        step *= t->shape[i];
    }
    return 1;
}

/* ---- the record ---- */

struct state {
    struct seg_record *rec;
    const struct seg_weights_file *f;
    struct seg_err *e;
    size_t entries, copied;
};

static void
copy_strided(char *to, const struct seg_torch_tensor *t, const char *from)
{
    size_t index[SEG_RANK] = {0}, size = seg_type_size(t->type);

    for (;;) {
        memcpy(to, from, size);
        to += size;
        int i = t->rank - 1;
        while (i >= 0 && ++index[i] == t->shape[i]) {
            from -= (t->shape[i] - 1) * t->stride[i] * size;
            index[i--] = 0;
        }
        if (i < 0)
            return;
        from += t->stride[i] * size;
    }
}

static int
add_copy(struct state *s, const char *name, const struct seg_torch_tensor *t,
    const char *from, size_t bytes)
{
    struct seg_tensor *own;

    if (bytes > 2 * s->f->bytes || s->copied > 2 * s->f->bytes - bytes)
        return seg_fail(s->e, SEG_EDATA,
            "%.200s: %.100s: strided tensors of more than twice the bytes of "
            "the file",
            s->f->name, name);
    s->copied += bytes;
    own = seg_record_add(s->rec, name, t->type, t->rank, t->shape, s->e);
    if (!own)
        return -1;
    if (bytes)
        copy_strided(own->data, t, from);
    return 0;
}

static int
add_tensor(struct state *s, const char *name, const struct seg_torch_tensor *t)
{
    size_t size = seg_type_size(t->type), bytes, elements;

    if (seg_tensor_size(&bytes, t->type, t->rank, t->shape) ||
        span(t, &elements) || elements > t->storage->bytes / size)
        return seg_fail(s->e, SEG_EDATA,
            "%.200s: damaged: %.100s reaches beyond its storage of %zu bytes",
            s->f->name, name, t->storage->bytes);
    const char *from = t->storage->data + (bytes ? t->offset * size : 0);
    if (!is_contiguous(t) || (uintptr_t)from % size)
        return add_copy(s, name, t, from, bytes);
    struct seg_tensor view = {.name = name,
        .type = t->type,
        .rank = t->rank,
        .bytes = bytes,
        .data = (void *)from};
    memcpy(view.shape, t->shape, sizeof view.shape);
    return seg_record_borrow(s->rec, &view, s->e) ? 0 : -1;
}

static int
is_tensor(const struct seg_pickle_value *v)
{
    return v->kind == SEG_PICKLE_OBJECT && v->object && v->whole != 1;
}

/* Tensors of d and of dictionaries in it: "encoder" in "encoder.weight". */
static int
add_all(struct state *s, const struct seg_pickle_value *d, const char *prefix,
    int depth)
{
    for (size_t i = 0; i + 1 < d->n; i += 2) {
        const struct seg_pickle_value *key = d->item[i], *v = d->item[i + 1];
        int nested = v->kind == SEG_PICKLE_DICT;

        if (++s->entries > ENTRIES || (nested && depth == NESTED))
            return seg_fail(s->e, SEG_EDATA,
                "%.200s: more than %d entries, or dictionaries in more than %d "
                "others",
                s->f->name, ENTRIES, NESTED);
        if (key->kind != SEG_PICKLE_TEXT || (!nested && !is_tensor(v)))
            continue;
        const char *name =
            seg_take_text(&s->rec->arena, s->e, "%s%.250s", prefix, key->text);
        const char *inner =
            nested && name ? seg_take_text(&s->rec->arena, s->e, "%s.", name)
                           : name;
        if (!inner || (nested ? add_all(s, v, inner, depth + 1)
                              : add_tensor(s, name, v->object)))
            return -1;
    }
    return 0;
}

/* ---- the state dictionary among other things ---- */

static int
has_tensors(const struct seg_pickle_value *d)
{
    for (size_t i = 1; i < d->n; i += 2)
        if (is_tensor(d->item[i]))
            return 1;
    return 0;
}

/* The dictionary under one of the names that training programs use, the first
   of this list; the others that are there are named in a warning. */
static const struct seg_pickle_value *
choose(struct state *s, const struct seg_pickle_value *top)
{
    static const char *const keys[] = {"state_dict", "model_state_dict",
        "model", "module", "net", "params", "state_dict_ema", "model_ema",
        "ema", "params_ema", NULL};
    const struct seg_pickle_value *found = NULL;
    const char *taken = NULL;

    if (has_tensors(top))
        return top;
    for (const char *const *key = keys; *key; key++) {
        const struct seg_pickle_value *d = seg_pickle_get(top, *key);
        if (!d || d->kind != SEG_PICKLE_DICT)
            continue;
        if (!found) {
            found = d;
            taken = *key;
        } else if (seg_record_warn(s->rec, s->e,
                       "%.200s: holds %s and %s: %s is read", s->f->name, taken,
                       *key, taken))
            return NULL;
    }
    return found ? found : top;
}

int
seg_torch_state(struct seg_record *rec, const struct seg_pickle_value *top,
    const struct seg_weights_file *f, struct seg_err *e)
{
    struct state s = {rec, f, e, 0, 0};
    const struct seg_pickle_value *d = top;

    for (int depth = 0; d && d->kind == SEG_PICKLE_DICT && depth < 2; depth++)
        d = choose(&s, d);
    if (!d)
        return -1;
    if (d->kind == SEG_PICKLE_DICT && add_all(&s, d, "", 1))
        return -1;
    return rec->ntensors ? 0
                         : seg_fail(e, SEG_EDATA,
                               "%.200s: holds no dictionary of tensors: save "
                               "model.state_dict() with torch.save",
                               f->name);
}
