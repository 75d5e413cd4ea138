#include <limits.h>

#include "lib/label/labelmap.h"
#include "lib/post/components.h"

const int seg_neighbor[8][2] = {
    {-1, 0}, {0, -1}, {0, 1}, {1, 0}, {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};

int32_t
seg_neighbor_of(const struct seg_label_image *image, int32_t i, int direction)
{
    int y = i / image->w + seg_neighbor[direction][0],
        x = i % image->w + seg_neighbor[direction][1];

    return y < 0 || x < 0 || y >= image->h || x >= image->w ? -1
                                                            : y * image->w + x;
}

/* The pixels that touch `first` and have its class get number n; queue holds
   those whose neighbors are still to be visited. */
static struct seg_component
fill(const struct seg_label_image *image, int connectivity, int32_t first,
    int32_t n, int32_t *of, int32_t *queue)
{
    struct seg_component c = {.class = image->pixel[first], .first = first};
    int32_t queued = 0;

    queue[queued++] = first;
    of[first] = n;
    while (c.pixels < queued) {
        int32_t i = queue[c.pixels++];
        int y = i / image->w, x = i % image->w;
        c.at_edge |= y == 0 || x == 0 || y == image->h - 1 || x == image->w - 1;
        for (int d = 0; d < connectivity; d++) {
            int32_t j = seg_neighbor_of(image, i, d);
            if (j < 0 || of[j] != SEG_NO_COMPONENT ||
                image->pixel[j] != c.class)
                continue;
            of[j] = n;
            queue[queued++] = j;
        }
    }
    return c;
}

int
seg_components_find(struct seg_components *c, struct seg_arena *a,
    const struct seg_label_image *image, enum seg_connectivity connectivity,
    struct seg_err *e)
{
    size_t pixels = (size_t)image->h * (size_t)image->w, capacity = 0;

    if (pixels > INT32_MAX)
        return seg_fail(e, SEG_EDATA,
            "an image of %d x %d pixels, more than 2^31 - 1: cut it", image->w,
            image->h);
    *c = (struct seg_components){.of = seg_take(a, pixels, sizeof *c->of, e)};
    int32_t *queue = seg_take(a, pixels, sizeof *queue, e);
    if (!c->of || !queue)
        return -1;
    for (size_t i = 0; i < pixels; i++)
        c->of[i] = SEG_NO_COMPONENT;
    for (int32_t i = 0; i < (int32_t)pixels; i++) {
        if (c->of[i] != SEG_NO_COMPONENT || image->pixel[i] == SEG_IGNORE)
            continue;
        void *list =
            seg_grow(a, c->list, (size_t)c->n, &capacity, sizeof *c->list, e);
        if (!list)
            return -1;
        c->list = list;
        c->list[c->n] = fill(image, (int)connectivity, i, c->n, c->of, queue);
        c->n++;
    }
    return 0;
}
