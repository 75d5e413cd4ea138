#include <string.h>

#include "cmd/import/paint.h"

/* A polygon and its edges may visit so many pixels in one image. */
static const int64_t most_steps = (int64_t)1 << 33;

/* The id of a name, or SEG_UNMAPPED. */
static int
find_name(const struct seg_labelmap *m, const char *name)
{
    for (int id = 0; id < m->classes; id++)
        if (!strcmp(m->name[id], name))
            return id;
    if (!strcmp(name, "ignore") ||
        (m->name[SEG_IGNORE] && !strcmp(m->name[SEG_IGNORE], name)))
        return SEG_IGNORE;
    return SEG_UNMAPPED;
}

static int
check_size(const struct seg_tensor *image, const struct cli_source *s,
    struct seg_err *e)
{
    const struct seg_polygons *p = s->polygons;

    if (!p->w || !p->h || (p->w == image->shape[1] && p->h == image->shape[0]))
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: %zux%zu pixels, its label %s has %zux%zu", s->item->image,
        image->shape[1], image->shape[0], s->item->label, p->w, p->h);
}

/* Fails if a pixel lies in no polygon. */
static int
check_all(const uint8_t *painted, size_t w, size_t h, const char *path,
    struct seg_err *e)
{
    const uint8_t *p = memchr(painted, 0, w * h);

    if (!p)
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: (x %zu, y %zu) is in no polygon and the label map has no name "
        "background, for a class or ignore",
        path, (size_t)(p - painted) % w, (size_t)(p - painted) / w);
}

int
cli_paint(struct seg_record *rec, const struct cli_source *s,
    const struct seg_labelmap *m, struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    size_t h = image->shape[0], w = image->shape[1], shape[2] = {h, w};
    const char *path = s->item->label;
    int64_t steps = most_steps;

    if (!m)
        return seg_fail(e, SEG_EDATA,
            "%s: polygons have names: a label map (-M) is required", path);
    if (check_size(image, s, e))
        return -1;
    int background = find_name(m, "background");
    if (background == SEG_UNMAPPED)
        background = find_name(m, "_background_");
    struct seg_tensor *label =
        seg_record_add(rec, "label", SEG_U8, 2, shape, e);
    uint8_t *crossing = seg_take(&rec->arena, h, w + 1, e);
    uint8_t *painted = seg_take(&rec->arena, h, w, e);
    if (!label || !crossing || !painted)
        return -1;
    memset(label->data, background, w * h);
    for (size_t i = 0; i < s->polygons->n; i++) {
        const struct seg_polygon *p = &s->polygons->polygon[i];
        int id = find_name(m, p->name);

        if (id == SEG_UNMAPPED)
            return seg_fail(e, SEG_EDATA,
                "%s: label %s of shape %zu is not a name of the label map",
                path, p->name, i);
        if (seg_polygon_fill(label->data, crossing, w, h, p, id, &steps) ||
            seg_polygon_fill(painted, crossing, w, h, p, 1, &steps))
            return seg_fail(e, SEG_EDATA,
                "%s: polygons too large or too many for an image", path);
    }
    return background == SEG_UNMAPPED ? check_all(painted, w, h, path, e) : 0;
}
