/*
 * PyTorch files.  A zip archive holds PREFIX/data.pkl, a pickle of the saved
 * value, and PREFIX/data/KEY, the bytes of each storage; the format before
 * version 1.6 is a chain of pickles, then the storages.  In the pickle a tensor
 * is a call of torch._utils._rebuild_tensor_v2 with a storage, an offset,
 * sizes and strides.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "formats/weights/pickle.h"
#include "formats/weights/torch_state.h"
#include "formats/weights/weights.h"
#include "formats/weights/zip.h"

enum { PICKLE_MEMORY = 128 << 20 };

static const char legacy_magic[] =
    "\x80\2\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

struct file {
    const struct seg_weights_file *f;
    struct seg_arena arena; /* of the pickle's values */
    struct seg_torch_storages storages;
    struct seg_err *e;
};

/* ---- names that a state dictionary needs ---- */

enum meaning {
    DICTIONARY, /* a dictionary of the pairs in its first argument */
    FIRST,      /* its first argument, or an empty list */
    TENSOR,     /* storage, offset, sizes, strides */
    TENSOR_V3,  /* the same, type in the 7th argument */
    STORAGE,    /* the type of a storage */
    TYPE,       /* a type of elements */
    PLAIN       /* data that is no weight; skipped */
};

static const struct {
    const char *module, *name;
    enum meaning meaning;
    enum seg_type type;
} names[] = {
    {"collections", "OrderedDict", DICTIONARY, 0},
    {"collections", "defaultdict", DICTIONARY, 0},
    {"torch._utils", "_rebuild_tensor", TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v2", TENSOR, 0},
    {"torch._utils", "_rebuild_tensor_v3", TENSOR_V3, 0},
    {"torch._utils", "_rebuild_parameter", FIRST, 0},
    {"torch._utils", "_rebuild_parameter_with_state", FIRST, 0},
    {"torch", "Size", FIRST, 0},
    {"builtins", "set", FIRST, 0},
    {"__builtin__", "set", FIRST, 0},
    {"torch", "BoolStorage", STORAGE, SEG_BOOL},
    {"torch", "ByteStorage", STORAGE, SEG_U8},
    {"torch", "CharStorage", STORAGE, SEG_I8},
    {"torch", "ShortStorage", STORAGE, SEG_I16},
    {"torch", "IntStorage", STORAGE, SEG_I32},
    {"torch", "LongStorage", STORAGE, SEG_I64},
    {"torch", "HalfStorage", STORAGE, SEG_F16},
    {"torch", "BFloat16Storage", STORAGE, SEG_BF16},
    {"torch", "FloatStorage", STORAGE, SEG_F32},
    {"torch", "DoubleStorage", STORAGE, SEG_F64},
    {"torch.storage", "UntypedStorage", STORAGE, SEG_U8},
    {"torch", "bool", TYPE, SEG_BOOL},
    {"torch", "uint8", TYPE, SEG_U8},
    {"torch", "int8", TYPE, SEG_I8},
    {"torch", "uint16", TYPE, SEG_U16},
    {"torch", "int16", TYPE, SEG_I16},
    {"torch", "uint32", TYPE, SEG_U32},
    {"torch", "int32", TYPE, SEG_I32},
    {"torch", "uint64", TYPE, SEG_U64},
    {"torch", "int64", TYPE, SEG_I64},
    {"torch", "float16", TYPE, SEG_F16},
    {"torch", "bfloat16", TYPE, SEG_BF16},
    {"torch", "float32", TYPE, SEG_F32},
    {"torch", "float64", TYPE, SEG_F64},
    {"torch", "device", PLAIN, 0},
    {"argparse", "Namespace", PLAIN, 0},
    {"numpy", "dtype", PLAIN, 0},
    {"numpy.core.multiarray", "scalar", PLAIN, 0},
    {"numpy._core.multiarray", "scalar", PLAIN, 0},
    {"_codecs", "encode", PLAIN, 0},
};

static int
find_name(
    void *context, const char *module, const char *name, struct seg_err *e)
{
    const struct file *t = context;
    int n = sizeof names / sizeof *names;

    for (int i = 0; i < n; i++)
        if (!strcmp(names[i].module, module) && !strcmp(names[i].name, name))
            return i;
    return seg_fail(e, SEG_EDATA,
        "%.200s: holds %.100s.%.100s, which is no part of weights and is not "
        "executed: save model.state_dict() alone, with torch.save",
        t->f->name, module, name);
}

/* ---- what they make ---- */

static struct seg_pickle_value *
odd(struct seg_err *e, const struct file *t, const char *text)
{
    seg_fail(e, SEG_EDATA, "%.200s: %s", t->f->name, text);
    return NULL;
}

/* OrderedDict() or OrderedDict([(key, value), ...]) */
static struct seg_pickle_value *
make_dictionary(struct file *t, const struct seg_pickle_value *args)
{
    struct seg_pickle_value *d =
        seg_pickle_new(&t->arena, SEG_PICKLE_DICT, t->e);
    const struct seg_pickle_value *pairs = args->n ? args->item[0] : NULL;

    if (!d || !pairs || pairs->kind != SEG_PICKLE_LIST)
        return d;
    d->item = seg_take(&t->arena, pairs->n, 2 * sizeof *d->item, t->e);
    if (!d->item)
        return NULL;
    d->capacity = 2 * pairs->n;
    for (size_t i = 0; i < pairs->n; i++) {
        const struct seg_pickle_value *pair = pairs->item[i];
        if (pair->kind != SEG_PICKLE_LIST || pair->n != 2)
            return odd(t->e, t, "a dictionary of what is no pair");
        d->item[d->n++] = pair->item[0];
        d->item[d->n++] = pair->item[1];
    }
    return d;
}

static struct seg_pickle_value *
make_tensor(struct file *t, const struct seg_pickle_value *args, int v3)
{
    const struct seg_pickle_value *type =
        v3 && args->n > 6 ? args->item[6] : NULL;
    struct seg_pickle_value *v;

    if (args->n < (v3 ? 7 : 4) ||
        (v3 && (type->kind != SEG_PICKLE_NAME ||
                   names[type->whole].meaning != TYPE)))
        return odd(t->e, t, "a tensor of too few arguments");
    v = seg_pickle_new(&t->arena, SEG_PICKLE_OBJECT, t->e);
    if (!v)
        return NULL;
    v->object = seg_torch_tensor(&t->arena, args->item, t->f->name, t->e);
    if (!v->object)
        return NULL;
    if (v3)
        ((struct seg_torch_tensor *)v->object)->type = names[type->whole].type;
    return v;
}

static struct seg_pickle_value *
make(void *context, int name, struct seg_pickle_value *args, struct seg_err *e)
{
    struct file *t = context;

    switch (names[name].meaning) {
    case DICTIONARY:
        return make_dictionary(t, args);
    case FIRST:
        return args->n ? args->item[0]
                       : seg_pickle_new(&t->arena, SEG_PICKLE_LIST, e);
    case TENSOR:
        return make_tensor(t, args, 0);
    case TENSOR_V3:
        return make_tensor(t, args, 1);
    case PLAIN:
        return seg_pickle_new(&t->arena, SEG_PICKLE_OBJECT, e);
    default:
        return odd(e, t, "a type is called like a function");
    }
}

/* ('storage', torch.FloatStorage, key, place, elements[, view]) */
static struct seg_pickle_value *
find_storage(void *context, struct seg_pickle_value *id, struct seg_err *e)
{
    struct file *t = context;
    struct seg_pickle_value **a = id->item, *v;

    if (id->kind != SEG_PICKLE_LIST || id->n < 5 ||
        a[0]->kind != SEG_PICKLE_TEXT || strcmp(a[0]->text, "storage") ||
        a[1]->kind != SEG_PICKLE_NAME ||
        names[a[1]->whole].meaning != STORAGE ||
        a[2]->kind != SEG_PICKLE_TEXT || a[4]->kind != SEG_PICKLE_WHOLE ||
        a[4]->whole < 0)
        return odd(e, t, "a storage of another form than PyTorch writes");
    if (id->n > 5 && a[5]->kind != SEG_PICKLE_NONE)
        return odd(e, t,
            "a storage that is a view of another one, as PyTorch wrote before "
            "version 0.4: load it and save it anew");
    v = seg_pickle_new(&t->arena, SEG_PICKLE_OBJECT, e);
    if (!v)
        return NULL;
    v->whole = 1;
    v->object = seg_torch_storage(&t->storages, &t->arena, a[2]->text,
        names[a[1]->whole].type, (size_t)a[4]->whole, t->f->name, e);
    return v->object ? v : NULL;
}

/* One pickle between *at and end. */
static struct seg_pickle_value *
unpickle(struct file *t, const char **at, const char *end)
{
    const struct seg_pickle_hooks hooks = {t, find_name, make, find_storage};
    struct seg_pickle_value *v =
        seg_pickle_read(&t->arena, at, end, t->f->name, &hooks, t->e);

    if (!v && t->e->kind == SEG_EMEM)
        seg_fail(t->e, SEG_EDATA,
            "%.200s: its pickle describes more than %d MiB of values",
            t->f->name, PICKLE_MEMORY >> 20);
    return v;
}

/* ---- the two formats ---- */

/* The archive's name is in front of all members: "model/data.pkl". */
static const struct seg_zip_member *
find_pickle(const struct seg_zip *z)
{
    for (size_t i = 0; i < z->n; i++) {
        const char *slash = strchr(z->member[i].name, '/');
        if (slash && !strcmp(slash, "/data.pkl"))
            return z->member + i;
    }
    return NULL;
}

static int
bind_members(struct file *t, const struct seg_zip *z, const char *pickle)
{
    int prefix = (int)(strlen(pickle) - strlen("data.pkl"));

    for (size_t i = 0; i < t->storages.n; i++) {
        struct seg_torch_storage *s = t->storages.list[i].storage;
        char *name = seg_take_text(
            &t->arena, t->e, "%.*sdata/%s", prefix, pickle, s->key);
        if (!name)
            return -1;
        const struct seg_zip_member *m = seg_zip_find(z, name);
        if (!m || !m->stored || m->bytes < s->bytes)
            return seg_fail(t->e, SEG_EDATA,
                "%.200s: member %.100s %s: %zu of %zu bytes are there",
                t->f->name, name,
                !m          ? "is missing"
                : m->stored ? "is too short"
                            : "is compressed",
                m ? m->bytes : 0, s->bytes);
        s->data = m->data;
    }
    return 0;
}

static int
is_big_endian(const struct seg_zip *z, const char *pickle)
{
    size_t prefix = strlen(pickle) - strlen("data.pkl");

    for (size_t i = 0; i < z->n; i++) {
        const struct seg_zip_member *m = z->member + i;
        if (!strncmp(m->name, pickle, prefix) &&
            !strcmp(m->name + prefix, "byteorder"))
            return m->bytes == 3 && !memcmp(m->data, "big", 3);
    }
    return 0;
}

static struct seg_pickle_value *
read_zip(struct file *t)
{
    struct seg_zip z;

    if (seg_zip_open(
            &z, &t->arena, t->f->data, t->f->bytes, t->f->name, t->e)) {
        if (t->e->kind == SEG_EMEM)
            t->e->kind = SEG_EDATA;
        return NULL;
    }
    const struct seg_zip_member *m = find_pickle(&z);
    if (!m)
        return odd(t->e, t,
            "a zip archive without data.pkl: not a file that torch.save wrote");
    if (is_big_endian(&z, m->name))
        return odd(t->e, t, "written on a big-endian machine");
    if (!m->stored)
        return odd(t->e, t,
            "data.pkl is compressed, which PyTorch never does: unzip the "
            "archive and zip it anew with -0");
    const char *at = m->data;
    struct seg_pickle_value *top = unpickle(t, &at, at + m->bytes);
    return top && !bind_members(t, &z, m->name) ? top : NULL;
}

/* The storages in the order of the keys: elements in 8 bytes, then the bytes.
   Storages that no tensor uses are skipped by their stated size; only used ones
   have a known type. */
static int
bind_chain(struct file *t, const struct seg_pickle_value *keys, const char *at)
{
    const char *end = t->f->data + t->f->bytes;

    if (keys->kind != SEG_PICKLE_LIST)
        return seg_fail(
            t->e, SEG_EDATA, "%.200s: no list of storages", t->f->name);
    for (size_t i = 0; i < keys->n; i++) {
        const struct seg_pickle_value *key = keys->item[i];
        struct seg_torch_storage *s =
            key->kind == SEG_PICKLE_TEXT
                ? seg_torch_find(&t->storages, key->text)
                : NULL;
        if (!s)
            return seg_fail(t->e, SEG_EDATA,
                "%.200s: storage %zu belongs to no tensor", t->f->name, i + 1);
        if ((size_t)(end - at) < 8 || (size_t)(end - at) - 8 < s->bytes)
            return seg_fail(t->e, SEG_EDATA,
                "%.200s: cut off in storage %.100s", t->f->name, s->key);
        uint64_t count = 0;
        memcpy(&count, at, 8);
        if (count != s->bytes / seg_type_size(s->type))
            return seg_fail(t->e, SEG_EDATA,
                "%.200s: damaged: storage %.100s has %llu elements, the pickle "
                "wants %zu",
                t->f->name, s->key, (unsigned long long)count,
                s->bytes / seg_type_size(s->type));
        s->data = at + 8;
        at += 8 + s->bytes;
    }
    return 0;
}

/* Magic number, protocol, system, value, keys of storages; then their bytes. */
static struct seg_pickle_value *
read_chain(struct file *t)
{
    const char *at = t->f->data, *end = at + t->f->bytes;
    struct seg_pickle_value *v[5];

    for (int i = 0; i < 5; i++)
        if (!(v[i] = unpickle(t, &at, end)))
            return NULL;
    if (bind_chain(t, v[4], at))
        return NULL;
    for (size_t i = 0; i < t->storages.n; i++)
        if (!t->storages.list[i].storage->data)
            return odd(t->e, t, "the bytes of a storage are missing");
    return v[3];
}

int
seg_torch_is(const char *data, size_t n)
{
    return (n > 30 && !memcmp(data, "PK\3\4", 4)) ||
           (n > sizeof legacy_magic &&
               !memcmp(data, legacy_magic, sizeof legacy_magic - 1));
}

int
seg_torch_read(
    struct seg_record *rec, const struct seg_weights_file *f, struct seg_err *e)
{
    struct file t = {.f = f, .arena.limit = PICKLE_MEMORY, .e = e};
    struct seg_pickle_value *top =
        *f->data == 'P' ? read_zip(&t) : read_chain(&t);
    int status = top ? seg_torch_state(rec, top, f, e) : -1;

    seg_arena_free(&t.arena);
    return status;
}
