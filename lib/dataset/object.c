#include <stdlib.h>

#include "lib/dataset/object.h"
#include "lib/dataset/sample.h"
#include "lib/label/labelmap.h"

/* Enlarges the rectangle of an object, which is empty if h is 0, by a pixel. */
static void
include_pixel(struct seg_object *o, int y, int x)
{
    int bottom = o->y + o->h, right = o->x + o->w;

    if (!o->h) {
        o->y = bottom = y;
        o->x = right = x;
    }
    o->y = y < o->y ? y : o->y;
    o->x = x < o->x ? x : o->x;
    o->h = (y + 1 > bottom ? y + 1 : bottom) - o->y;
    o->w = (x + 1 > right ? x + 1 : right) - o->x;
}

static int
by_class(const void *a, const void *b)
{
    const struct seg_object *x = a, *y = b;

    if (x->class != y->class)
        return x->class - y->class;
    return (x->component > y->component) - (x->component < y->component);
}

int
seg_objects_find(struct seg_objects *o, enum seg_object_kind kind,
    const struct seg_label_image *image, int class, struct seg_arena *a,
    struct seg_err *e)
{
    int32_t most = SEG_CLASSES;

    *o = (struct seg_objects){.kind = kind};
    if (kind == SEG_OBJECT_COMPONENT) {
        if (seg_components_find(&o->all, a, image, SEG_CONNECT_4, e))
            return -1;
        most = o->all.n;
    }
    struct seg_object *all = seg_take(a, (size_t)most + 1, sizeof *all, e);
    if (!all)
        return -1;
    for (int y = 0; y < image->h; y++)
        for (int x = 0; x < image->w; x++) {
            size_t i = (size_t)y * (size_t)image->w + (size_t)x;
            int value = image->pixel[i];
            int32_t number = o->all.of ? o->all.of[i] : value;

            if (!value || value == SEG_IGNORE ||
                (class != SEG_ANY_CLASS && value != class))
                continue;
            all[number].class = value;
            all[number].component = number;
            include_pixel(all + number, y, x);
        }
    for (int32_t i = 0; i < most; i++)
        if (all[i].h)
            all[o->n++] = all[i];
    qsort(all, (size_t)o->n, sizeof *all, by_class);
    o->list = all;
    return 0;
}

void
seg_object_mask(uint8_t *mask, const struct seg_objects *o, int i,
    const struct seg_label_image *image)
{
    const struct seg_object *p = o->list + i;
    size_t n = (size_t)image->h * (size_t)image->w;

    for (size_t k = 0; k < n; k++)
        mask[k] = o->kind == SEG_OBJECT_COMPONENT ? o->all.of[k] == p->component
                                                  : image->pixel[k] == p->class;
}
