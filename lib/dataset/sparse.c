#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/dataset/sparse.h"
#include "lib/label/labelmap.h"
#include "lib/post/components.h"

/* The dense label and the sparse one that is drawn. */
struct sheet {
    struct seg_label_image dense;
    uint8_t *sparse;
};

/* Moves the dense label to scratch and ignores every pixel of label. */
static int
begin(struct sheet *p, struct seg_tensor *label, const char *key,
    struct seg_arena *scratch, struct seg_err *e)
{
    if (seg_classes_shape(label, key, e))
        return -1;
    if (label->bytes > INT32_MAX)
        return seg_fail(
            e, SEG_EDATA, "%s: the label has more than 2^31 - 1 pixels", key);
    p->dense.pixel = seg_take_dirty(scratch, label->bytes, 1, e);
    if (!p->dense.pixel)
        return -1;
    p->dense.h = (int)label->shape[0];
    p->dense.w = (int)label->shape[1];
    p->sparse = label->data;
    memcpy(p->dense.pixel, label->data, label->bytes);
    memset(label->data, SEG_IGNORE, label->bytes);
    return 0;
}

/* Draws what the pen covers at pixel (y, x) of the dense label. */
static void
mark(const struct sheet *p, int y, int x, int width)
{
    int h = p->dense.h, w = p->dense.w, radius = width / 2;
    uint8_t class = p->dense.pixel[(size_t)y * (size_t)w + (size_t)x];

    for (int i = y - radius; i <= y + radius; i++)
        for (int j = x - radius; j <= x + radius; j++) {
            int far = 4 * ((i - y) * (i - y) + (j - x) * (j - x));
            size_t at = (size_t)i * (size_t)w + (size_t)j;

            if (i >= 0 && j >= 0 && i < h && j < w && far <= width * width &&
                p->dense.pixel[at] == class)
                p->sparse[at] = class;
        }
}

int
seg_sparse_points(struct seg_tensor *label, const struct seg_sparse *s,
    const char *key, struct seg_arena *scratch, struct seg_err *e)
{
    struct seg_rng r = seg_rng_make(s->seed, key, "sparse.points", 0);
    uint64_t left[256] = {0}, wanted[256];
    struct sheet p;

    if (begin(&p, label, key, scratch, e))
        return -1;
    for (size_t i = 0; i < label->bytes; i++)
        left[p.dense.pixel[i]]++;
    for (int c = 0; c < 256; c++)
        wanted[c] = (uint64_t)s->points;
    /* selection sampling: Knuth, volume 2, 3.4.2, algorithm S */
    for (size_t i = 0; i < label->bytes; i++) {
        int c = p.dense.pixel[i];

        if (c == SEG_IGNORE || seg_rng_below(&r, left[c]--) >= wanted[c])
            continue;
        wanted[c]--;
        mark(&p, (int)(i / (size_t)p.dense.w), (int)(i % (size_t)p.dense.w),
            s->width);
    }
    return 0;
}

/* ---- scribbles ---- */

struct stroke {
    const struct sheet *sheet;
    const struct seg_components *all;
    int32_t component;
    int width;
};

/* 1 if position (y, x) lies in the component of the stroke. */
static int
is_inside(const struct stroke *s, double y, double x)
{
    int h = s->sheet->dense.h, w = s->sheet->dense.w;

    return y >= 0 && x >= 0 && y < h && x < w &&
           s->all->of[(size_t)y * (size_t)w + (size_t)x] == s->component;
}

/* Draws n pixels of a random walk from pixel `start` on. */
static void
walk(const struct stroke *s, int32_t start, int n, struct seg_rng *r)
{
    enum { DIRECTIONS = 16 };
    const double pi = acos(-1);
    int w = s->sheet->dense.w;
    double y = start / w + 0.5, x = start % w + 0.5;
    double angle = seg_rng_range(r, -pi, pi);

    for (int i = 0; i < n; i++) {
        int tries = 0;

        mark(s->sheet, (int)y, (int)x, s->width);
        angle += pi / 12 * seg_rng_normal(r);
        while (!is_inside(s, y + sin(angle), x + cos(angle))) {
            if (++tries > DIRECTIONS)
                return;
            angle = seg_rng_range(r, -pi, pi);
        }
        y += sin(angle);
        x += cos(angle);
    }
}

/* A random pixel of each component, in memory from a; NULL if there is none. */
static int32_t *
draw_starts(const struct seg_components *all, size_t pixels, uint64_t seed,
    const char *key, struct seg_arena *a, struct seg_err *e)
{
    struct seg_rng r = seg_rng_make(seed, key, "sparse.starts", 0);
    int32_t *start = seg_take(a, (size_t)all->n + 1, sizeof *start, e);
    int32_t *left = seg_take(a, (size_t)all->n + 1, sizeof *left, e);

    if (!start || !left)
        return NULL;
    for (int32_t c = 0; c < all->n; c++)
        left[c] = (int32_t)seg_rng_below(&r, (uint64_t)all->list[c].pixels);
    for (size_t i = 0; i < pixels; i++) {
        int32_t c = all->of[i];

        if (c != SEG_NO_COMPONENT && left[c]-- == 0)
            start[c] = (int32_t)i;
    }
    return start;
}

int
seg_sparse_scribbles(struct seg_tensor *label, const struct seg_sparse *s,
    const char *key, struct seg_arena *scratch, struct seg_err *e)
{
    struct seg_components all;
    struct sheet p;

    if (begin(&p, label, key, scratch, e) ||
        seg_components_find(&all, scratch, &p.dense, SEG_CONNECT_4, e))
        return -1;
    int32_t *start = draw_starts(&all, label->bytes, s->seed, key, scratch, e);
    if (!start)
        return -1;
    for (int32_t c = 0; c < all.n; c++) {
        struct stroke stroke = {&p, &all, c, s->width};
        struct seg_rng r =
            seg_rng_make(s->seed, key, "sparse.stroke", (uint64_t)c);
        int pixels = all.list[c].pixels;

        if (pixels >= s->width * s->width)
            walk(&stroke, start[c], (int)ceil(sqrt(pixels)), &r);
    }
    return 0;
}
