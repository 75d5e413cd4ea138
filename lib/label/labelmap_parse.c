#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/label/labelmap.h"

/* Position of the parser; every message starts with "path:line". */
struct position {
    const char *path;
    int line;
};

/* A parsed line. value and color are optional. */
struct line {
    int has_value, value, no_data, id, has_color;
    const char *name;
    uint8_t rgb[3];
};

static int
add_class(struct seg_labelmap *m, struct position at, const struct line *l,
    struct seg_err *e)
{
    int id = l->id;

    for (int i = 0; i < SEG_CLASSES; i++)
        if (i != id && m->name[i] && !strcmp(m->name[i], l->name))
            return seg_fail(e, SEG_EDATA,
                "%s:%d: name %s is taken by class %d already", at.path, at.line,
                l->name, i);
    if (m->name[id] && strcmp(m->name[id], l->name))
        return seg_fail(e, SEG_EDATA,
            "%s:%d: class %d is %s here and %s before", at.path, at.line, id,
            l->name, m->name[id]);
    return 0;
}

/* The color of a class is that of its first line, and the value written for it
   is the first one. */
static int
add_line(struct seg_labelmap *m, struct position at, const struct line *l,
    struct seg_err *e)
{
    if (l->id != SEG_IGNORE && add_class(m, at, l, e))
        return -1;
    if (!m->name[l->id]) {
        m->name[l->id] = l->name;
        if (l->has_color)
            memcpy(m->rgb[l->id], l->rgb, 3);
        else if (l->id != SEG_IGNORE)
            seg_color_cycle(m->rgb[l->id], l->id);
    }
    if (l->no_data)
        m->nodata = l->id;
    if (l->has_value) {
        m->to[l->value] = (int16_t)l->id;
        if (!m->values[l->id]++)
            m->value[l->id] = l->value;
    }
    if (l->has_color)
        m->color[m->colors++] = (struct seg_labelmap_color){
            l->rgb[0] << 16 | l->rgb[1] << 8 | l->rgb[2], l->id};
    return 0;
}

static int
parse_value(const struct seg_labelmap *m, struct position at, struct line *l,
    const char *text, struct seg_err *e)
{
    int minus = *text == '-';

    l->no_data = !strcmp(text, "nodata");
    if (l->no_data)
        return m->nodata == SEG_UNMAPPED
                   ? 0
                   : seg_fail(e, SEG_EDATA, "%s:%d: nodata occurs twice",
                         at.path, at.line);
    l->has_value = strcmp(text, "-") != 0;
    if (!l->has_value)
        return l->has_color
                   ? 0
                   : seg_fail(e, SEG_EDATA, "%s:%d: neither value nor color",
                         at.path, at.line);
    l->value =
        seg_text_number(text + minus, minus ? -SEG_VALUE_MIN : SEG_VALUE_MAX);
    if (l->value < 0)
        return seg_fail(e, SEG_EDATA, "%s:%d: value %s is not %d to %d",
            at.path, at.line, text, SEG_VALUE_MIN, SEG_VALUE_MAX);
    if (minus)
        l->value = -l->value;
    if (m->to[l->value] != SEG_UNMAPPED)
        return seg_fail(e, SEG_EDATA, "%s:%d: value %d occurs twice", at.path,
            at.line, l->value);
    return 0;
}

enum { COLUMNS = 4 };

/* Splits a line into three or four fields; returns the number, or -1 with an
   error. */
static int
split_line(
    char *field[COLUMNS + 1], struct position at, char *text, struct seg_err *e)
{
    const char *separator = seg_text_separator(text);
    int n = 0;

    if (separator)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: no tab: columns are separated by tabs, here there are %s",
            at.path, at.line, separator);
    while (n <= COLUMNS && (field[n] = seg_text_field(&text)))
        n++;
    if (n == 2 && !strcmp(field[0], "nodata") && !strcmp(field[1], "ignore"))
        field[n++] = field[1];
    if (n < COLUMNS - 1 || n > COLUMNS)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: %d columns; value, id, name and color expected, with tabs "
            "between",
            at.path, at.line, n);
    return n;
}

static int
parse_line(
    struct seg_labelmap *m, struct position at, char *text, struct seg_err *e)
{
    char *field[COLUMNS + 1];
    struct line l = {0};
    int n = split_line(field, at, text, e);

    if (n < 0)
        return -1;
    l.id = !strcmp(field[1], "ignore")
               ? SEG_IGNORE
               : seg_text_number(field[1], SEG_CLASSES - 1);
    l.name = field[2];
    l.has_color = n == COLUMNS;
    if (l.has_color && seg_color_parse(l.rgb, field[3], strlen(field[3])))
        return seg_fail(e, SEG_EDATA, "%s:%d: color %s is not #rrggbb", at.path,
            at.line, field[3]);
    if (parse_value(m, at, &l, field[0], e))
        return -1;
    if (l.id < 0)
        return seg_fail(e, SEG_EDATA,
            "%s:%d: id %s is neither 0 to %d nor ignore", at.path, at.line,
            field[1], SEG_CLASSES - 1);
    if (!*l.name)
        return seg_fail(e, SEG_EDATA, "%s:%d: name is empty", at.path, at.line);
    if (seg_text_check_name(l.name, e, "%s:%d: name", at.path, at.line))
        return -1;
    return add_line(m, at, &l, e);
}

static int
by_color(const void *a, const void *b)
{
    const struct seg_labelmap_color *x = a, *y = b;

    return x->rgb != y->rgb ? (x->rgb > y->rgb) - (x->rgb < y->rgb)
                            : (x->id > y->id) - (x->id < y->id);
}

/* Sorts the colors and removes duplicates. */
static void
sort_colors(struct seg_labelmap *m)
{
    struct seg_labelmap_color *c = m->color;
    int n = 0;

    qsort(c, (size_t)m->colors, sizeof *c, by_color);
    for (int i = 0; i < m->colors; i++)
        if (!n || c[n - 1].rgb != c[i].rgb)
            c[n++] = c[i];
        else if (c[n - 1].id != c[i].id)
            c[n - 1].id = SEG_AMBIGUOUS;
    m->colors = n;
}

int
seg_labelmap_parse(struct seg_labelmap *m, struct seg_arena *a,
    const char *text, const char *path, struct seg_err *e)
{
    enum { VALUES = SEG_VALUE_MAX - SEG_VALUE_MIN + 1 };
    struct position at = {path, 0};

    memset(m, 0, sizeof *m);
    m->nodata = SEG_UNMAPPED;
    int16_t *to = seg_take_dirty(a, VALUES, sizeof *to, e);
    char *copy = seg_take_string(a, text, e);
    m->color = seg_take(a, seg_text_lines(text), sizeof *m->color, e);
    if (!to || !copy || !m->color)
        return -1;
    memset(to, 0xff, VALUES * sizeof *to); /* SEG_UNMAPPED */
    m->to = to - SEG_VALUE_MIN;
    for (char *line; (line = seg_text_line(&copy));) {
        at.line++;
        if (*line && *line != '#' && parse_line(m, at, line, e))
            return -1;
    }
    for (int i = 0; i < SEG_CLASSES; i++) {
        if (m->name[i] && m->classes < i)
            return seg_fail(e, SEG_EDATA,
                "%s: class %d is defined but class %d is not", path, i,
                m->classes);
        m->classes += m->name[i] != NULL;
    }
    if (!m->classes)
        return seg_fail(e, SEG_EDATA, "%s: no class in the label map", path);
    sort_colors(m);
    return 0;
}
