/*
 * ONNX: a ModelProto in protobuf's wire format.  Its graph (field 7) holds the
 * weights as initializers (field 5): TensorProto with dims, type and name, and
 * the numbers as raw bytes or in a list of their kind.
 */
#include <stdint.h>
#include <string.h>

#include "formats/weights/weights.h"

struct bytes {
    const char *p, *end;
};

struct field {
    int number, wire;
    uint64_t value;    /* wire 0 */
    struct bytes data; /* wire 1, 2 and 5 */
};

/* ---- the wire format ---- */

static int
varint(struct bytes *b, uint64_t *value)
{
    *value = 0;
    for (int shift = 0; shift < 64 && b->p < b->end; shift += 7) {
        unsigned char byte = (unsigned char)*b->p++;
        *value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return 0;
    }
    return -1;
}

/* Parses the next field: 1; 0 at the end; -1 if the bytes are no field. */
static int
next(struct bytes *b, struct field *f)
{
    uint64_t tag, n = 0;

    if (b->p == b->end)
        return 0;
    if (varint(b, &tag) || tag >> 3 == 0 || tag >> 3 > 1 << 29)
        return -1;
    f->number = (int)(tag >> 3);
    f->wire = (int)(tag & 7);
    f->value = 0;
    if (f->wire == 0)
        return varint(b, &f->value) ? -1 : 1;
    if (f->wire == 2 ? varint(b, &n) : f->wire != 1 && f->wire != 5)
        return -1;
    n = f->wire == 1 ? 8 : f->wire == 5 ? 4 : n;
    if (n > (size_t)(b->end - b->p))
        return -1;
    f->data = (struct bytes){b->p, b->p + n};
    b->p += n;
    return 1;
}

/* ---- one tensor ---- */

enum {
    DIMS = 1,
    TYPE,
    FLOATS = 4,
    INTS,
    INT64S = 7,
    NAME,
    RAW,
    DOUBLES,
    UINT64S,
    EXTERNAL = 14
};

static const struct {
    int onnx;
    enum seg_type type;
    int list; /* the field of its numbers if they are not raw */
} types[] = {
    {1, SEG_F32, FLOATS},
    {2, SEG_U8, INTS},
    {3, SEG_I8, INTS},
    {4, SEG_U16, INTS},
    {5, SEG_I16, INTS},
    {6, SEG_I32, INTS},
    {7, SEG_I64, INT64S},
    {9, SEG_BOOL, INTS},
    {10, SEG_F16, INTS},
    {11, SEG_F64, DOUBLES},
    {12, SEG_U32, UINT64S},
    {13, SEG_U64, UINT64S},
    {16, SEG_BF16, INTS},
};

struct initializer {
    struct seg_tensor t;
    int list;
    uint64_t onnx_type, location;
    struct bytes name, raw, all;
};

struct file {
    struct seg_record *rec;
    const struct seg_weights_file *f;
    struct seg_err *e;
};

static int
fail(const struct file *o, const char *name, const char *text)
{
    return seg_fail(o->e, SEG_EDATA, "%.200s: ONNX: %.100s%s%s", o->f->name,
        name, *name ? ": " : "", text);
}

static int
add_dim(struct seg_tensor *t, uint64_t n)
{
    if (t->rank == SEG_RANK || n > INT64_MAX)
        return -1;
    t->shape[t->rank++] = (size_t)n;
    return 0;
}

/* Dims come one in a field, or all in one. */
static int
add_dims(struct seg_tensor *t, struct field f)
{
    uint64_t n;

    if (f.wire == 0)
        return add_dim(t, f.value);
    while (f.data.p < f.data.end)
        if (varint(&f.data, &n) || add_dim(t, n))
            return -1;
    return 0;
}

static int
read_fields(struct initializer *i)
{
    struct bytes left = i->all;
    struct field f;
    int status;

    while ((status = next(&left, &f)) > 0) {
        if (f.number == DIMS && add_dims(&i->t, f))
            return -1;
        if (f.number == TYPE)
            i->onnx_type = f.value;
        if (f.number == EXTERNAL)
            i->location = f.value;
        if (f.number == NAME && f.wire == 2)
            i->name = f.data;
        if (f.number == RAW && f.wire == 2)
            i->raw = f.data;
    }
    return status;
}

static int
store(struct seg_tensor *t, size_t i, const char *bytes)
{
    size_t size = seg_type_size(t->type);

    if (i >= t->bytes / size)
        return -1;
    memcpy((char *)t->data + i * size, bytes, size);
    return 0;
}

/* The numbers of one field of a list, packed or single, after *n others.  A
   number of less than 32 bits is in the low bits of a varint. */
static int
store_list(struct seg_tensor *t, struct field f, size_t *n)
{
    size_t size = seg_type_size(t->type);
    uint64_t v;

    if (f.wire == 0)
        return store(t, (*n)++, (const char *)&f.value);
    while (f.data.p < f.data.end) {
        if (t->type == SEG_F32 || t->type == SEG_F64) {
            if ((size_t)(f.data.end - f.data.p) < size ||
                store(t, (*n)++, f.data.p))
                return -1;
            f.data.p += size;
        } else if (varint(&f.data, &v) || store(t, (*n)++, (const char *)&v))
            return -1;
    }
    return 0;
}

static int
copy_list(struct seg_tensor *t, const struct initializer *i)
{
    struct bytes left = i->all;
    struct field f;
    size_t n = 0;

    while (next(&left, &f) > 0)
        if (f.number == i->list && store_list(t, f, &n))
            return -1;
    return n == t->bytes / seg_type_size(t->type) ? 0 : -1;
}

static int
find_type(struct initializer *i)
{
    int n = sizeof types / sizeof *types;

    for (int k = 0; k < n; k++)
        if ((uint64_t)types[k].onnx == i->onnx_type) {
            i->t.type = types[k].type;
            i->list = types[k].list;
            return 0;
        }
    return -1;
}

/* Raw bytes are copied only if they are not aligned. */
static int
add_tensor(const struct file *o, struct initializer *i)
{
    struct seg_tensor *t = &i->t, *own;
    size_t raw = (size_t)(i->raw.end - i->raw.p);

    if (seg_tensor_size(&t->bytes, t->type, t->rank, t->shape) ||
        (i->raw.p ? raw != t->bytes
                  : t->bytes > 8 * (size_t)(i->all.end - i->all.p)))
        return fail(o, t->name, "damaged: its bytes are not those of its dims");
    if (i->raw.p && (uintptr_t)i->raw.p % seg_type_size(t->type) == 0) {
        t->data = (void *)i->raw.p;
        return seg_record_borrow(o->rec, t, o->e) ? 0 : -1;
    }
    own = seg_record_add(o->rec, t->name, t->type, t->rank, t->shape, o->e);
    if (!own)
        return -1;
    if (!i->raw.p)
        return copy_list(own, i)
                   ? fail(o, t->name, "damaged: its list of numbers")
                   : 0;
    if (raw)
        memcpy(own->data, i->raw.p, raw);
    return 0;
}

static int
read_initializer(const struct file *o, struct bytes all)
{
    struct initializer i = {.all = all, .name = {all.p, all.p}};
    char *name;

    if (read_fields(&i))
        return fail(o, "", "damaged: an initializer");
    name = seg_take_bytes(
        &o->rec->arena, i.name.p, (size_t)(i.name.end - i.name.p), o->e);
    if (!name)
        return -1;
    i.t.name = name;
    if (i.location)
        return fail(o, name,
            "its numbers are in another file, which is not read: save the "
            "model in one file");
    if (find_type(&i))
        return seg_fail(o->e, SEG_EDATA,
            "%.200s: ONNX: %.100s: numbers of ONNX type %llu, which have no "
            "counterpart here",
            o->f->name, name, (unsigned long long)i.onnx_type);
    return add_tensor(o, &i);
}

/* ---- the model ---- */

static int
read_graph(const struct file *o, struct bytes graph)
{
    struct field f;
    int status;

    while ((status = next(&graph, &f)) > 0)
        if (f.number == 5 && f.wire == 2 && read_initializer(o, f.data))
            return -1;
    return status ? fail(o, "", "damaged: its graph") : 0;
}

/* The version, 1 to 31, then the producer, the graph or the operator sets. */
int
seg_onnx_is(const char *data, size_t n)
{
    return n > 16 && data[0] == 8 && data[1] > 0 && data[1] < 32 &&
           strchr("\x12\x1a\x22\x28\x32\x3a\x42", data[2]) && data[2];
}

int
seg_onnx_read(
    struct seg_record *rec, const struct seg_weights_file *f, struct seg_err *e)
{
    struct file o = {rec, f, e};
    struct bytes left = {f->data, f->data + f->bytes};
    struct field field;
    int status;

    while ((status = next(&left, &field)) > 0)
        if (field.number == 7 && field.wire == 2 && read_graph(&o, field.data))
            return -1;
    if (status)
        return fail(&o, "", "cut off, or damaged");
    return rec->ntensors ? 0 : fail(&o, "", "the graph holds no initializers");
}
