#include <stdio.h>
#include <string.h>

#include "lib/label/labelmap.h"

int
seg_labelmap_is_identity(const struct seg_labelmap *m)
{
    for (int id = 0; id < m->classes; id++)
        if (m->to[id] != id)
            return 0;
    return m->to[SEG_IGNORE] == SEG_IGNORE || m->to[SEG_IGNORE] == SEG_UNMAPPED;
}

int
seg_labelmap_describe(
    const struct seg_labelmap *m, struct seg_record *r, struct seg_err *e)
{
    char palette[SEG_CLASSES * 8 + 1], ignore[8];
    size_t size = 1, at = 0;

    if (seg_record_meta(r, "seg.classes"))
        return seg_fail(e, SEG_EDATA,
            "%s: labels are mapped already: the record has seg.classes",
            seg_record_name(r));
    for (int i = 0; i < m->classes; i++)
        size += strlen(m->name[i]) + 1;
    char *names = seg_take_dirty(&r->arena, size, 1, e);
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

/* The error that the map has no value for the class of pixel i. */
static int
no_value(const struct seg_labelmap *m, const struct seg_tensor *t, size_t i,
    const char *where, struct seg_err *e)
{
    int id = ((const uint8_t *)t->data)[i], color = 0;

    for (int k = 0; k < m->colors; k++)
        color |= m->color[k].id == id;
    return seg_fail(e, SEG_EDATA,
        "%s: class %d at (x %zu, y %zu) has no value in the label map%s", where,
        id, i % t->shape[1], i / t->shape[1],
        color              ? ", only a color"
        : id == SEG_IGNORE ? ": a line with ignore gives one to "
                             "ignored pixels and those without data"
                           : "");
}

/* The smallest type that holds the values of all ids. */
static enum seg_type
type_of(const struct seg_labelmap *m)
{
    int highest = 0, lowest = 0;

    for (int id = 0; id <= SEG_IGNORE; id++) {
        highest = m->value[id] > highest ? m->value[id] : highest;
        lowest = m->value[id] < lowest ? m->value[id] : lowest;
    }
    return lowest < 0      ? highest > INT16_MAX ? SEG_I32 : SEG_I16
           : highest > 255 ? SEG_U16
                           : SEG_U8;
}

int
seg_labelmap_restore(const struct seg_labelmap *m, struct seg_tensor *t,
    struct seg_arena *a, const char *where, struct seg_err *e)
{
    enum seg_type type = type_of(m);
    int wide = type != SEG_U8;
    const uint8_t *id = t->data;

    if (seg_classes_shape(t, where, e))
        return -1;
    if (type == SEG_I32)
        return seg_fail(e, SEG_EDATA,
            "%s: the values of the label map do not fit into 16 bits", where);
    size_t n = t->bytes;
    void *out = seg_take_dirty(a, n, wide ? 2 : 1, e);
    if (!out)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!m->values[id[i]])
            return no_value(m, t, i, where, e);
        if (wide)
            ((uint16_t *)out)[i] = (uint16_t)m->value[id[i]];
        else
            ((uint8_t *)out)[i] = (uint8_t)m->value[id[i]];
    }
    t->data = out;
    t->type = type;
    t->bytes = wide ? 2 * n : n;
    return 0;
}

void
seg_labelmap_colors(const struct seg_labelmap *m, uint8_t rgb[256][3])
{
    memset(rgb, 0, 256 * 3);
    for (int v = 0; v < 256; v++)
        if (m->to[v] != SEG_UNMAPPED)
            memcpy(rgb[v], m->rgb[m->to[v]], 3);
}
