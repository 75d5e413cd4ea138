#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/npy.h"
#include "formats/number.h"
#include "formats/stream.h"

static const struct {
    const char *code; /* behind the sign of byte order */
    enum seg_type type;
} types[] = {{"b1", SEG_BOOL}, {"u1", SEG_U8}, {"i1", SEG_I8}, {"u2", SEG_U16},
    {"i2", SEG_I16}, {"f2", SEG_F16}, {"u4", SEG_U32}, {"i4", SEG_I32},
    {"f4", SEG_F32}, {"u8", SEG_U64}, {"i8", SEG_I64}, {"f8", SEG_F64}};

enum { TYPES = sizeof types / sizeof *types, HEADER = 10000 };

/* What the dictionary at the beginning says. */
struct npy {
    enum seg_type type;
    int rank, swapped;
    size_t shape[3];
};

static int
damaged(const struct seg_file *file, const char *what, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s: damaged npy: %s", file->path, what);
}

/* What stands behind 'key': in the dictionary. */
static const char *
value_of(const char *text, const char *key)
{
    const char *p = strstr(text, key);

    if (!p)
        return NULL;
    p += strlen(key);
    return p + strspn(p, " ");
}

static int
parse_type(struct npy *a, const char *p, const struct seg_file *file,
    struct seg_err *e)
{
    if (p && *p == '\'' && strchr("<>|=", p[1]))
        for (int i = 0; i < TYPES; i++)
            if (!strncmp(p + 2, types[i].code, 2) && p[4] == '\'') {
                a->type = types[i].type;
                a->swapped = p[1] == '>';
                return 0;
            }
    return seg_fail(e, SEG_EDATA,
        "%s: npy of type %.12s; whole numbers or floats expected", file->path,
        p ? p : "none");
}

static int
parse_shape(struct npy *a, const char *p, const struct seg_file *file,
    struct seg_err *e)
{
    char *end;

    if (!p || *p++ != '(')
        return damaged(file, "no shape", e);
    for (a->rank = 0; *p && *p != ')'; a->rank++) {
        unsigned long long n = strtoull(p, &end, 10);

        if (end == p || *p == '-' || n > SIZE_MAX / 2)
            return damaged(file, "no sense in its shape", e);
        if (a->rank < 3)
            a->shape[a->rank] = (size_t)n;
        p = end + strspn(end, ", ");
    }
    if (*p != ')')
        return damaged(file, "no sense in its shape", e);
    if (a->rank == 2)
        a->shape[2] = 1;
    return a->rank == 2 || a->rank == 3
               ? 0
               : seg_fail(e, SEG_EDATA,
                     "%s: npy of %d axes; [H,W] or [H,W,C] expected",
                     file->path, a->rank);
}

/* *at: where the array begins. */
static int
parse_header(
    struct npy *a, size_t *at, const struct seg_file *file, struct seg_err *e)
{
    char text[HEADER + 1];
    const uint8_t *p = (const uint8_t *)file->data;
    const char *order;
    size_t n, start;

    if (file->bytes < 12 || p[6] < 1 || p[6] > 3)
        return damaged(file, "no header of version 1, 2 or 3", e);
    start = p[6] == 1 ? 10 : 12;
    n = (size_t)p[8] | (size_t)p[9] << 8;
    if (p[6] > 1)
        n |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
    if (n > HEADER || n > file->bytes - start)
        return damaged(file, "its header is too long", e);
    memcpy(text, file->data + start, n);
    text[n] = 0;
    *at = start + n;
    order = value_of(text, "'fortran_order':");
    if (!order || strncmp(order, "False", 5))
        return seg_fail(e, SEG_EDATA,
            "%s: npy in Fortran order; C order expected", file->path);
    return parse_type(a, value_of(text, "'descr':"), file, e) ||
                   parse_shape(a, value_of(text, "'shape':"), file, e)
               ? -1
               : 0;
}

int
seg_npy_read(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct npy a = {0};
    size_t at, bytes;

    if (parse_header(&a, &at, file, e))
        return -1;
    if (seg_tensor_size(&bytes, a.type, 3, a.shape) ||
        bytes != file->bytes - at)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged npy: [%zu,%zu,%zu] %s is not %zu bytes", file->path,
            a.shape[0], a.shape[1], a.shape[2], seg_type_name(a.type),
            file->bytes - at);
    if (a.type == SEG_BOOL)
        a.type = SEG_U8;
    struct seg_tensor *t = seg_image_add(rec, name, a.type, a.shape[0],
        a.shape[1], seg_image_channels(opts, a.shape[2]), file->path, opts, e);
    if (!t)
        return -1;
    memcpy(t->data, file->data + at, bytes);
    if (a.swapped)
        seg_swap_bytes(t->data, seg_tensor_count(t), seg_type_size(a.type));
    if (a.type <= SEG_F32 && a.type != SEG_F16)
        return 0;
    struct seg_tensor in = *t;
    t = seg_record_add(rec, name, SEG_F32, in.rank, in.shape, e);
    if (t)
        seg_tensor_floats(t->data, &in);
    return t ? 0 : -1;
}

int
seg_npy_write(
    int fd, const char *path, const struct seg_tensor *t, struct seg_err *e)
{
    enum { START = 10, ALIGN = 64 };
    char text[400];
    int i = 0, n;

    while (i < TYPES && types[i].type != t->type)
        i++;
    if (i == TYPES)
        return seg_fail(e, SEG_EDATA, "%s: tensor %s: %s does not go into npy",
            path, t->name, seg_type_name(t->type));
    n = START + sprintf(text + START,
                    "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
                    seg_type_size(t->type) > 1 ? '<' : '|', types[i].code);
    for (int k = 0; k < t->rank; k++)
        n += sprintf(text + n,
            t->rank == 1 ? "%zu,"
            : k          ? ", %zu"
                         : "%zu",
            t->shape[k]);
    n += sprintf(text + n, "), }");
    while (n % ALIGN != ALIGN - 1)
        text[n++] = ' ';
    text[n++] = '\n';
    memcpy(text, "\x93NUMPY\x01\x00", 8);
    text[8] = (char)(n - START);
    text[9] = (char)((n - START) >> 8);
    return seg_write_all(fd, path, text, (size_t)n, e) ||
                   seg_write_all(fd, path, t->data, t->bytes, e)
               ? -1
               : 0;
}
