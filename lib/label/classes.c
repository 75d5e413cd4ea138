#include <string.h>

#include "lib/base/text.h"
#include "lib/label/labelmap.h"

const char *const seg_classes_keys[] = {
    "seg.classes", "seg.palette", "seg.ignore", NULL};

static int
hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

int
seg_color_parse(uint8_t rgb[3], const char *s, size_t n)
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

static int
read_names(struct seg_classes *c, struct seg_arena *a, const char *text,
    const char *key, struct seg_err *e)
{
    char *copy = seg_take_string(a, text, e);

    c->name = seg_take(a, SEG_CLASSES, sizeof *c->name, e);
    if (!copy || !c->name)
        return -1;
    while (copy) {
        if (c->n == SEG_CLASSES)
            return seg_fail(e, SEG_EDATA,
                "%s: seg.classes: more than %d classes", key, SEG_CLASSES);
        c->name[c->n++] = copy;
        copy = strchr(copy, '\t');
        if (copy)
            *copy++ = 0;
    }
    return 0;
}

static int
read_colors(
    struct seg_classes *c, const char *text, const char *key, struct seg_err *e)
{
    int i = 0;

    for (const char *p = text; p && *p; i++) {
        size_t n = strcspn(p, ",");

        if (i == c->n || seg_color_parse(c->rgb[i], p, n))
            return seg_fail(e, SEG_EDATA,
                "%s: seg.palette: %d colors #rrggbb expected, seen %s", key,
                c->n, text);
        p += n + (p[n] == ',');
    }
    if (i < c->n)
        return seg_fail(e, SEG_EDATA,
            "%s: seg.palette: %d colors for %d classes", key, i, c->n);
    return 0;
}

int
seg_classes_read(struct seg_classes *c, struct seg_arena *a,
    const struct seg_record *r, struct seg_err *e)
{
    const char *names = seg_record_meta(r, "seg.classes");
    const char *palette = seg_record_meta(r, "seg.palette");
    const char *ignore = seg_record_meta(r, "seg.ignore");
    const char *key = seg_record_name(r);

    *c = (struct seg_classes){.ignore = SEG_IGNORE};
    c->rgb = seg_take(a, SEG_CLASSES + 1, sizeof *c->rgb, e);
    if (!c->rgb)
        return -1;
    for (int i = 0; i < SEG_CLASSES; i++)
        seg_color_cycle(c->rgb[i], i);
    if (ignore) {
        c->ignore = seg_text_number(ignore, UINT16_MAX);
        if (c->ignore < 0)
            return seg_fail(e, SEG_EDATA,
                "%s: seg.ignore: %s is not 0 to 65535", key, ignore);
    }
    if (names && read_names(c, a, names, key, e))
        return -1;
    return names && palette ? read_colors(c, palette, key, e) : 0;
}

int
seg_classes_shape(
    const struct seg_tensor *t, const char *where, struct seg_err *e)
{
    char seen[120];

    if (t->type == SEG_U8 && t->rank == 2)
        return 0;
    return seg_fail(e, SEG_EDATA, "%s: tensor %s is %s, expected [H,W] u8",
        where, t->name, seg_tensor_describe(seen, sizeof seen, t));
}

int
seg_classes_check(const struct seg_classes *c, const struct seg_tensor *t,
    const char *where, struct seg_err *e)
{
    const uint8_t *id = t->data;

    for (size_t i = 0; i < t->bytes; i++)
        if (id[i] >= c->n && id[i] != c->ignore &&
            (id[i] != SEG_IGNORE || strcmp(t->name, "pred")))
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s: value %d at (x %zu, y %zu) is none of %d "
                "classes",
                where, t->name, id[i], i % t->shape[1], i / t->shape[1], c->n);
    return 0;
}

int
seg_labels_binary(const uint64_t count[256])
{
    for (int v = 1; v < 255; v++)
        if (count[v])
            return 0;
    return count[0] && count[255];
}
