#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/data/labelmap.h"

enum { LOWEST = INT16_MIN, VALUES = 65536, UNMAPPED = -1, NONE = INT32_MIN };

/* Where the parser stands; every message starts with file:line. */
struct place {
    const char *path;
    int line;
};

/* A colour cycle for classes that come without: evenly turned hues. */
static void
default_colour(uint8_t rgb[3], int id)
{
    static const uint8_t cycle[][3] = {{31, 119, 180}, {255, 127, 14},
        {44, 160, 44}, {214, 39, 40}, {148, 103, 189}, {140, 86, 75},
        {227, 119, 194}, {188, 189, 34}, {23, 190, 207}, {57, 59, 121},
        {99, 121, 57}, {140, 109, 49}, {132, 60, 57}, {123, 65, 115},
        {107, 110, 207}, {181, 207, 107}, {231, 186, 82}, {214, 97, 107},
        {206, 109, 189}, {156, 158, 222}};

    memcpy(rgb, cycle[id % 20], 3);
}

static int
hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* "#rrggbb" exactly n = 7 characters */
static int
parse_colour(uint8_t rgb[3], const char *s, size_t n)
{
    if (n != 7 || s[0] != '#')
        return -1;
    for (int i = 0; i < 3; i++) {
        int high = hex(s[1 + 2 * i]), low = hex(s[2 + 2 * i]);

        if (high < 0 || low < 0)
            return -1;
        rgb[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

/* Digits only, 0..max; -1 if it is anything else. */
static int
parse_number(const char *s, int max)
{
    int v = 0;

    if (!*s)
        return -1;
    for (; *s; s++) {
        if (*s < '0' || *s > '9')
            return -1;
        v = v * 10 + (*s - '0');
        if (v > max)
            return -1;
    }
    return v;
}

/* Splits a line at tabs; returns the number of fields, at most most. */
static int
split(char *line, char **field, int most)
{
    int n = 0;

    for (char *p = line; p && n < most; n++) {
        field[n] = p;
        p = strchr(p, '\t');
        if (p)
            *p++ = 0;
    }
    return n;
}

static int
add_class(struct seg_labelmap *m, struct place at, int id, const char *name,
    const uint8_t rgb[3], struct seg_err *e)
{
    for (int i = 0; i < SEG_CLASSES; i++)
        if (i != id && m->name[i] && !strcmp(m->name[i], name))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: name %s is taken by class %d already", at.path, at.line,
                name, i);
    if (m->name[id] && strcmp(m->name[id], name))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: class %d is %s here and %s before", at.path, at.line, id,
            name, m->name[id]);
    if (m->name[id] && memcmp(m->rgb[id], rgb, 3))
        return seg_fail(e, SEG_EDATA, "%s:%d: class %d (%s) has two colours",
            at.path, at.line, id, name);
    m->name[id] = name;
    memcpy(m->rgb[id], rgb, 3);
    return 0;
}

static int
parse_line(
    struct seg_labelmap *m, struct place at, char *line, struct seg_err *e)
{
    char *field[5];
    uint8_t rgb[3] = {0, 0, 0};
    int n = split(line, field, 5);

    if (n < 3 || n > 4)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: %d columns; value, id, name and colour expected, with tabs "
            "between",
            at.path, at.line, n);
    int minus = *field[0] == '-';
    int value = parse_number(field[0] + minus, minus ? -LOWEST : VALUES - 1);
    if (value < 0)
        return seg_fail(e, SEG_EDATA, "%s:%d: value %s is not -32768 to 65535",
            at.path, at.line, field[0]);
    if (minus)
        value = -value;
    if (m->to[value] != UNMAPPED)
        return seg_fail(e, SEG_EDATA, "%s:%d: value %d stands here twice",
            at.path, at.line, value);
    int ignored = !strcmp(field[1], "ignore");
    int id = ignored ? SEG_IGNORE : parse_number(field[1], SEG_CLASSES - 1);
    if (id < 0)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: id %s is neither 0 to %d nor ignore", at.path, at.line,
            field[1], SEG_CLASSES - 1);
    if (!*field[2])
        return seg_fail(e, SEG_EDATA, "%s:%d: name is empty", at.path, at.line);
    if (n == 4 && parse_colour(rgb, field[3], strlen(field[3])))
        return seg_fail(e, SEG_EDATA, "%s:%d: colour %s is not #rrggbb",
            at.path, at.line, field[3]);
    if (n == 3 && !ignored)
        default_colour(rgb, id);
    m->to[value] = (int16_t)id;
    if (!ignored)
        return add_class(m, at, id, field[2], rgb, e);
    if (!m->name[SEG_IGNORE]) { /* the first of several gives the colour */
        m->name[SEG_IGNORE] = field[2];
        memcpy(m->rgb[SEG_IGNORE], rgb, 3);
    }
    return 0;
}

int
seg_labelmap_parse(struct seg_labelmap *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e)
{
    struct place at = {path, 0};

    memset(m, 0, sizeof *m);
    int16_t *to = seg_take_dirty(a, VALUES - LOWEST, sizeof *to, e);
    char *copy = seg_take_string(a, text, e);
    if (!to || !copy)
        return -1;
    memset(to, 0xff, (VALUES - LOWEST) * sizeof *to); /* UNMAPPED */
    m->to = to - LOWEST;
    for (char *line = copy, *next; line; line = next) {
        size_t n = strcspn(line, "\n");

        next = line[n] ? line + n + 1 : NULL;
        line[n] = 0;
        if (n && line[n - 1] == '\r')
            line[n - 1] = 0;
        at.line++;
        if (*line && *line != '#' && parse_line(m, at, line, e))
            return -1;
    }
    for (int i = 0; i < SEG_CLASSES; i++) {
        if (m->name[i] && m->classes < i)
            return seg_fail(e, SEG_EDATA,
                "%s: class %d is there and class %d is not", path, i,
                m->classes);
        m->classes += m->name[i] != NULL;
    }
    if (!m->classes)
        return seg_fail(e, SEG_EDATA, "%s: no class in the label map", path);
    return 0;
}

static int
unmapped(const struct seg_tensor *t, const char *where, int value, size_t i,
    struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA,
        "%s: value %d at (x %zu, y %zu) is not in the label map", where, value,
        i % t->shape[1], i / t->shape[1]);
}

/* 16-bit values shrink to one byte in place: each is read before its place is
   written. */
int
seg_labelmap_apply(const struct seg_labelmap *m, struct seg_tensor *t,
    const char *where, struct seg_err *e)
{
    uint8_t *out = t->data;
    char text[120];

    if (t->rank != 2 ||
        (t->type != SEG_U8 && t->type != SEG_U16 && t->type != SEG_I16))
        return seg_fail(e, SEG_EDATA,
            "%s: label tensor %s; [H,W] u8, u16 or i16 expected", where,
            seg_tensor_describe(text, sizeof text, t));
    size_t n = seg_tensor_count(t);
    for (size_t i = 0; i < n; i++) {
        int value = t->type == SEG_U8    ? ((const uint8_t *)t->data)[i]
                    : t->type == SEG_U16 ? ((const uint16_t *)t->data)[i]
                                         : ((const int16_t *)t->data)[i];

        if (m->to[value] == UNMAPPED)
            return unmapped(t, where, value, i, e);
        out[i] = (uint8_t)m->to[value];
    }
    t->type = SEG_U8;
    t->bytes = n;
    return 0;
}

int
seg_labelmap_describe(
    const struct seg_labelmap *m, struct seg_record *r, struct seg_err *e)
{
    char palette[SEG_CLASSES * 8 + 1], ignore[8];
    size_t room = 1, at = 0;

    if (seg_record_meta(r, "seg.classes"))
        return seg_fail(e, SEG_EDATA,
            "%s: labels are mapped already: the record has seg.classes",
            seg_record_key(r));
    for (int i = 0; i < m->classes; i++)
        room += strlen(m->name[i]) + 1;
    char *names = seg_take_dirty(&r->arena, room, 1, e);
    if (!names)
        return -1;
    for (int i = 0; i < m->classes; i++) {
        at += (size_t)sprintf(names + at, "%s%s", i ? "\t" : "", m->name[i]);
        sprintf(palette + 8 * i, "#%02x%02x%02x,", m->rgb[i][0], m->rgb[i][1],
            m->rgb[i][2]);
    }
    palette[8 * m->classes - 1] = 0;
    snprintf(ignore, sizeof ignore, "%d", SEG_IGNORE);
    return seg_record_set(r, "seg.classes", names, e) ||
                   seg_record_set(r, "seg.palette", palette, e) ||
                   seg_record_set(r, "seg.ignore", ignore, e)
               ? -1
               : 0;
}

/* The lowest value of each id in value[], or NONE, and the type for them all. */
static enum seg_type
values_of(const struct seg_labelmap *m, int value[SEG_IGNORE + 1])
{
    int highest = 0, lowest = 0;

    for (int id = 0; id <= SEG_IGNORE; id++)
        value[id] = NONE;
    for (int v = LOWEST; v < VALUES; v++)
        if (m->to[v] != UNMAPPED && value[m->to[v]] == NONE) {
            highest = value[m->to[v]] = v;
            lowest = v < lowest ? v : lowest;
        }
    return lowest < 0      ? highest > INT16_MAX ? SEG_I32 : SEG_I16
           : highest > 255 ? SEG_U16
                           : SEG_U8;
}

int
seg_labelmap_ambiguous(const struct seg_labelmap *m)
{
    int value[SEG_IGNORE + 1], ambiguous = -1;

    values_of(m, value);
    for (int v = VALUES - 1; v >= LOWEST; v--)
        if (m->to[v] != UNMAPPED && value[m->to[v]] != v)
            ambiguous = m->to[v];
    return ambiguous;
}

int
seg_labelmap_restore(const struct seg_labelmap *m, struct seg_tensor *t,
    struct seg_arena *a, const char *where, struct seg_err *e)
{
    int value[SEG_IGNORE + 1];
    enum seg_type type = values_of(m, value);
    int wide = type != SEG_U8;
    const uint8_t *id = t->data;
    char text[120];

    if (t->rank != 2 || t->type != SEG_U8)
        return seg_fail(e, SEG_EDATA, "%s: tensor %s %s; [H,W] u8 expected",
            where, t->name, seg_tensor_describe(text, sizeof text, t));
    if (type == SEG_I32)
        return seg_fail(e, SEG_EDATA,
            "%s: the values of the label map do not fit into 16 bits", where);
    size_t n = t->bytes;
    void *out = seg_take_dirty(a, n, wide ? 2 : 1, e);
    if (!out)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (value[id[i]] == NONE)
            return seg_fail(e, SEG_EDATA,
                "%s: class %d at (x %zu, y %zu) has no value in the label map",
                where, id[i], i % t->shape[1], i / t->shape[1]);
        if (wide)
            ((uint16_t *)out)[i] = (uint16_t)value[id[i]];
        else
            ((uint8_t *)out)[i] = (uint8_t)value[id[i]];
    }
    t->data = out;
    t->type = type;
    t->bytes = wide ? 2 * n : n;
    return 0;
}

void
seg_labelmap_colours(const struct seg_labelmap *m, uint8_t rgb[256][3])
{
    memset(rgb, 0, 256 * 3);
    for (int v = 0; v < 256; v++)
        if (m->to[v] != UNMAPPED)
            memcpy(rgb[v], m->rgb[m->to[v]], 3);
}

static int
read_names(struct seg_classes *c, struct seg_arena *a, const char *text,
    struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e);

    c->name = seg_take(a, SEG_CLASSES, sizeof *c->name, e);
    if (!copy || !c->name)
        return -1;
    while (copy) {
        if (c->n == SEG_CLASSES)
            return seg_fail(
                e, SEG_EDATA, "seg.classes: more than %d classes", SEG_CLASSES);
        c->name[c->n++] = copy;
        copy = strchr(copy, '\t');
        if (copy)
            *copy++ = 0;
    }
    return 0;
}

static int
read_colours(struct seg_classes *c, const char *text, struct seg_err *e)
{
    int i = 0;

    for (const char *p = text; p && *p; i++) {
        size_t n = strcspn(p, ",");

        if (i == c->n || parse_colour(c->rgb[i], p, n))
            return seg_fail(e, SEG_EDATA,
                "seg.palette: %d colours #rrggbb expected, seen %s", c->n,
                text);
        p += n + (p[n] == ',');
    }
    if (i < c->n)
        return seg_fail(
            e, SEG_EDATA, "seg.palette: %d colours for %d classes", i, c->n);
    return 0;
}

int
seg_classes_read(struct seg_classes *c, struct seg_arena *a,
    const struct seg_record *r, struct seg_err *e)
{
    const char *names = seg_record_meta(r, "seg.classes");
    const char *palette = seg_record_meta(r, "seg.palette");
    const char *ignore = seg_record_meta(r, "seg.ignore");

    *c = (struct seg_classes){.ignore = SEG_IGNORE};
    c->rgb = seg_take(a, SEG_CLASSES + 1, sizeof *c->rgb, e);
    if (!c->rgb)
        return -1;
    for (int i = 0; i < SEG_CLASSES; i++)
        default_colour(c->rgb[i], i);
    if (ignore) {
        c->ignore = parse_number(ignore, VALUES - 1);
        if (c->ignore < 0)
            return seg_fail(
                e, SEG_EDATA, "seg.ignore: %s is not 0 to 65535", ignore);
    }
    if (names && read_names(c, a, names, e))
        return -1;
    return names && palette ? read_colours(c, palette, e) : 0;
}

int
seg_classes_check(const struct seg_classes *c, const struct seg_tensor *t,
    const char *where, struct seg_err *e)
{
    const uint8_t *id = t->data;

    for (size_t i = 0; i < t->bytes; i++)
        if (id[i] >= c->n && id[i] != c->ignore)
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s: value %d at (x %zu, y %zu) is none of %d "
                "classes",
                where, t->name, id[i], i % t->shape[1], i / t->shape[1], c->n);
    return 0;
}
