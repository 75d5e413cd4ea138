/*
 * npy, the array files of NumPy: [H,W] and [H,W,C], in C or Fortran order,
 * either byte order, header versions 1 to 3.  Any tensor but bf16 can be
 * written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/codec/image_format.h"
#include "formats/stream/stream.h"
#include "formats/table/number.h"

static const struct {
    const char *code; /* after the character of the byte order */
    enum seg_type type;
} types[] = {{"b1", SEG_BOOL}, {"u1", SEG_U8}, {"i1", SEG_I8}, {"u2", SEG_U16},
    {"i2", SEG_I16}, {"f2", SEG_F16}, {"u4", SEG_U32}, {"i4", SEG_I32},
    {"f4", SEG_F32}, {"u8", SEG_U64}, {"i8", SEG_I64}, {"f8", SEG_F64}};

enum { TYPES = sizeof types / sizeof *types, HEADER = 10000 };

/* The dictionary in the header. */
struct npy {
    enum seg_type type;
    int rank, swapped;
    int fortran; /* the first axis is the fastest */
    size_t shape[3];
};

static int
damaged(const struct seg_file *file, const char *reason, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s: damaged npy: %s", file->path, reason);
}

/* The text after 'key': or "key": in the dictionary. */
static const char *
value_of(const char *text, const char *key)
{
    size_t n = strlen(key);

    for (const char *p = text; (p = strstr(p, key)); p += n) {
        char quote = p > text ? p[-1] : 0;
        const char *q = p + n;

        if ((quote != '\'' && quote != '"') || *q++ != quote)
            continue;
        q += strspn(q, " ");
        if (*q++ == ':')
            return q + strspn(q, " ");
    }
    return NULL;
}

/* The name of a type that is not read, by its letter. */
static const char *
other_type(const char *p)
{
    if (*p == '[')
        return "fields (a structured type)";
    switch (p[1] && strchr("<>|=", p[1]) ? p[2] : p[1]) {
    case 'O':
        return "pickled objects";
    case 'c':
        return "complex numbers";
    case 'U':
    case 'S':
    case 'a':
        return "text";
    case 'M':
    case 'm':
        return "times";
    case 'V':
        return "raw bytes (void)";
    case 'f':
        return "floats of other than 16, 32 or 64 bits";
    default:
        return "unknown numbers";
    }
}

static int
parse_type(struct npy *a, const char *p, const struct seg_file *file,
    struct seg_err *e)
{
    if (!p)
        return damaged(file, "no type in its header", e);
    if ((*p == '\'' || *p == '"') && p[1] && strchr("<>|=", p[1]))
        for (int i = 0; i < TYPES; i++)
            if (!strncmp(p + 2, types[i].code, 2) && p[4] == *p) {
                a->type = types[i].type;
                a->swapped = p[1] == '>';
                return 0;
            }
    return seg_fail(e, SEG_EDATA,
        "%s: not supported: an npy of %s; whole numbers or floats expected",
        file->path, other_type(p));
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
            return damaged(file, "an invalid shape", e);
        if (a->rank < 3)
            a->shape[a->rank] = (size_t)n;
        p = end + strspn(end, "L, "); /* Python 2 wrote 3L */
    }
    if (*p != ')')
        return damaged(file, "an invalid shape", e);
    if (a->rank == 2)
        a->shape[2] = 1;
    return a->rank == 2 || a->rank == 3
               ? 0
               : seg_fail(e, SEG_EDATA,
                     "%s: not supported: an npy of %d axes; [H,W] or [H,W,C] "
                     "expected",
                     file->path, a->rank);
}

/* *at: offset of the array. */
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
    order = value_of(text, "fortran_order");
    a->fortran = order && !strncmp(order, "True", 4);
    if (!order || (!a->fortran && strncmp(order, "False", 5)))
        return damaged(file, "no order of axes in its header", e);
    return parse_type(a, value_of(text, "descr"), file, e) ||
                   parse_shape(a, value_of(text, "shape"), file, e)
               ? -1
               : 0;
}

/* Bytes after the array may be another array, which is an error. */
static int
check_bytes(const struct npy *a, const char *bytes, size_t have, size_t want,
    const struct seg_file *file, struct seg_err *e)
{
    if (want > have)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged npy: [%zu,%zu,%zu] %s is not %zu bytes", file->path,
            a->shape[0], a->shape[1], a->shape[2], seg_type_name(a->type),
            have);
    if (have - want >= 6 && !memcmp(bytes + want, "\x93NUMPY", 6))
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: several arrays in one npy; one expected",
            file->path);
    return 0;
}

/* From Fortran order, the first axis being the fastest, to C order. */
static void
to_c_order(char *to, const char *from, const size_t shape[3], size_t size)
{
    size_t h = shape[0], w = shape[1], c = shape[2];

    for (size_t y = 0; y < h; y++)
        for (size_t x = 0; x < w; x++)
            for (size_t k = 0; k < c; k++, to += size)
                memcpy(to, from + (y + h * (x + w * k)) * size, size);
}

static int
read_image(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct npy a = {0};
    size_t at, bytes, have;

    if (parse_header(&a, &at, file, e))
        return -1;
    have = file->bytes - at;
    if (seg_tensor_size(&bytes, a.type, 3, a.shape))
        bytes = SIZE_MAX;
    if (check_bytes(&a, file->data + at, have, bytes, file, e))
        return -1;
    if (a.type == SEG_BOOL)
        a.type = SEG_U8;
    struct seg_tensor *t = seg_image_add(rec, name, a.type, a.shape[0],
        a.shape[1], seg_image_channels(opts, a.shape[2]), file->path, opts, e);
    if (!t)
        return -1;
    if (a.fortran)
        to_c_order(t->data, file->data + at, a.shape, seg_type_size(a.type));
    else
        memcpy(t->data, file->data + at, bytes);
    if (a.swapped)
        seg_swap_bytes(t->data, seg_tensor_count(t), seg_type_size(a.type));
    return have == bytes ? 0
                         : seg_record_warn(rec, e,
                               "%s: %zu bytes follow the array: not used",
                               file->path, have - bytes);
}

static int
write_array(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_image_write_opts *opts, struct seg_err *e)
{
    enum { START = 10, ALIGN = 64 };
    char text[400];
    int i = 0, n;

    (void)opts;
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

/* ---- the format ---- */

static int
probe(const struct seg_file *file)
{
    return seg_file_begins(file, "\x93NUMPY", 6);
}

static int
keeps(const struct seg_record *rec, const struct seg_tensor *t)
{
    (void)rec;
    (void)t;
    return 1;
}

const struct seg_image_format seg_npy_format = {
    .name = "npy",
    .title = "npy",
    .suffix = {".npy"},
    .probe = probe,
    .read = read_image,
    .keeps = keeps,
    .write = write_array,
};
