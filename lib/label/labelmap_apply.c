#include <stdio.h>

#include "lib/label/labelmap.h"

enum { KINDS = 8 };

/* Values of a label image that are not in the map; only the first few are
   kept. */
struct unmapped {
    int n;
    struct {
        int value; /* value, or 0xrrggbb */
        size_t pixels, first;
    } kind[KINDS];
    size_t others; /* pixels with further values */
};

static void
add_unmapped(struct unmapped *s, int value, size_t at)
{
    for (int i = 0; i < s->n; i++)
        if (s->kind[i].value == value) {
            s->kind[i].pixels++;
            return;
        }
    if (s->n == KINDS) {
        s->others++;
        return;
    }
    s->kind[s->n].value = value;
    s->kind[s->n].pixels = 1;
    s->kind[s->n++].first = at;
}

static int
report_unmapped(const struct unmapped *s, const struct seg_labelmap *m,
    int colored, size_t w, const char *where, struct seg_err *e)
{
    char text[900];
    int at = 0;

    for (int i = 0; i < s->n; i++) {
        size_t first = s->kind[i].first, n = s->kind[i].pixels;
        char value[20];

        snprintf(
            value, sizeof value, colored ? "#%06x" : "%d", s->kind[i].value);
        at += snprintf(text + at, sizeof text - (size_t)at,
            "%s%s at (x %zu, y %zu)%s", i ? ", nor " : "", value, first % w,
            first / w, i ? "" : " is not in the label map");
        if (n > 1)
            at += snprintf(
                text + at, sizeof text - (size_t)at, " (%zu pixels)", n);
    }
    if (s->others)
        snprintf(text + at, sizeof text - (size_t)at,
            ", nor others (%zu pixels)", s->others);
    return seg_fail(e, SEG_EDATA, "%s: %s %s%s", where,
        colored ? "color" : "value", text,
        colored && !m->colors ? ", which has no colors" : "");
}

/* ---- by value ---- */

static int
value_at(const struct seg_tensor *t, size_t i)
{
    return t->type == SEG_U8    ? ((const uint8_t *)t->data)[i]
           : t->type == SEG_U16 ? ((const uint16_t *)t->data)[i]
           : t->type == SEG_I16 ? ((const int16_t *)t->data)[i]
                                : ((const int32_t *)t->data)[i];
}

/* Writes one byte for each value in place.  This is safe because byte i lies at
   or before value i, which has been read. */
static void
apply_values(const struct seg_labelmap *m, struct seg_tensor *t,
    const struct seg_nodata *nodata, size_t n, struct unmapped *unmapped)
{
    int no_data = m->nodata == SEG_UNMAPPED ? SEG_IGNORE : m->nodata;
    uint8_t *out = t->data;

    for (size_t i = 0; i < n; i++) {
        int value = value_at(t, i);
        int id = value == SEG_LABEL_NODATA ? no_data
                 : value < SEG_VALUE_MIN || value > SEG_VALUE_MAX
                     ? SEG_UNMAPPED
                     : m->to[value];

        if (id == SEG_UNMAPPED && nodata->declared && value == nodata->value)
            id = no_data;
        if (id == SEG_UNMAPPED)
            add_unmapped(unmapped, value, i);
        out[i] = (uint8_t)id;
    }
}

/* ---- by color ---- */

int
seg_labelmap_find(const struct seg_labelmap *m, int rgb)
{
    int low = 0, high = m->colors;

    while (low < high) {
        int middle = (low + high) / 2;

        if (m->color[middle].rgb < rgb)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m->colors && m->color[low].rgb == rgb ? m->color[low].id
                                                       : SEG_UNMAPPED;
}

static int
square(int rgb, int other)
{
    int r = (rgb >> 16) - (other >> 16), b = (rgb & 255) - (other & 255);
    int g = (rgb >> 8 & 255) - (other >> 8 & 255);

    return r * r + g * g + b * b;
}

/* The id of the color, or of the nearest one in the map; the first of
   equals. */
static int
look_up(const struct seg_labelmap *m, int rgb, double near)
{
    int id = seg_labelmap_find(m, rgb), least = INT32_MAX;

    if (id != SEG_UNMAPPED || near <= 0)
        return id;
    for (int i = 0; i < m->colors; i++) {
        int d = square(rgb, m->color[i].rgb);

        if (d < least && d <= near * near) {
            least = d;
            id = m->color[i].id;
        }
    }
    return id;
}

static int
apply_colors(const struct seg_labelmap *m, struct seg_tensor *t, size_t n,
    double near, struct unmapped *unmapped, const char *where,
    struct seg_err *e)
{
    size_t c = t->shape[2];
    uint8_t *out = t->data;
    const uint8_t *p = t->data;
    int last = -1, id = SEG_UNMAPPED;

    for (size_t i = 0; i < n; i++, p += c) {
        int rgb = c == 1 ? p[0] * 0x10101 : p[0] << 16 | p[1] << 8 | p[2];

        if (c == 4 && p[3] != 255)
            return seg_fail(e, SEG_EDATA,
                "%s: alpha %d at (x %zu, y %zu): a label is opaque", where,
                p[3], i % t->shape[1], i / t->shape[1]);
        if (rgb != last)
            id = look_up(m, last = rgb, near);
        if (id == SEG_AMBIGUOUS)
            return seg_fail(e, SEG_EDATA,
                "%s: color #%06x at (x %zu, y %zu) stands for several classes "
                "in the label map",
                where, rgb, i % t->shape[1], i / t->shape[1]);
        if (id == SEG_UNMAPPED)
            add_unmapped(unmapped, rgb, i);
        out[i] = (uint8_t)id;
    }
    return 0;
}

int
seg_labelmap_apply(const struct seg_labelmap *m, struct seg_tensor *t,
    const struct seg_nodata *nodata, double near, const char *where,
    struct seg_err *e)
{
    struct unmapped unmapped = {0};
    char text[120];
    int colored = t->rank == 3 && t->type == SEG_U8 &&
                  (t->shape[2] == 1 || t->shape[2] == 3 || t->shape[2] == 4);

    if (!colored &&
        (t->rank != 2 || (t->type != SEG_U8 && t->type != SEG_U16 &&
                             t->type != SEG_I16 && t->type != SEG_I32)))
        return seg_fail(e, SEG_EDATA,
            "%s: label tensor %s; [H,W] u8, u16 or i16, or [H,W,3] u8 expected",
            where, seg_tensor_describe(text, sizeof text, t));
    size_t n = t->shape[0] * t->shape[1];
    if (!colored)
        apply_values(m, t, nodata, n, &unmapped);
    else if (apply_colors(m, t, n, near, &unmapped, where, e))
        return -1;
    if (unmapped.n)
        return report_unmapped(&unmapped, m, colored, t->shape[1], where, e);
    t->type = SEG_U8;
    t->rank = 2;
    t->bytes = n;
    return 0;
}

void
seg_label_narrow(struct seg_tensor *t)
{
    struct seg_tensor in = *t;
    size_t n = seg_tensor_count(t);
    const int32_t *value = t->data;
    int low = 0, high = 0;

    if (t->rank != 2 || t->type != SEG_I32)
        return;
    for (size_t i = 0; i < n; i++) {
        if (value[i] == SEG_LABEL_NODATA)
            continue;
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
    }
    t->type = low < 0 ? SEG_I16 : high > UINT8_MAX ? SEG_U16 : SEG_U8;
    t->bytes = n * seg_type_size(t->type);
    /* in place, as in apply_values */
    for (size_t i = 0; i < n; i++) {
        int v = value_at(&in, i);

        seg_tensor_put(t, i, v == SEG_LABEL_NODATA ? SEG_IGNORE : v);
    }
}
