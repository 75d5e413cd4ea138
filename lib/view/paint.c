#include <math.h>
#include <string.h>

#include "lib/image/percentile.h"
#include "lib/view/paint.h"

enum { WHITE = 255 };

static uint8_t *
pixel(struct seg_tensor *canvas, size_t y, size_t x)
{
    return (uint8_t *)canvas->data + (y * canvas->shape[1] + x) * 3;
}

int
seg_canvas(struct seg_tensor *t, struct seg_arena *a, size_t h, size_t w,
    struct seg_err *e)
{
    *t = (struct seg_tensor){"view", SEG_U8, 3, {h, w, 3}, 0, NULL};
    if (seg_tensor_size(&t->bytes, t->type, t->rank, t->shape))
        return seg_fail(e, SEG_EMEM, "image of %zux%zu pixels", w, h);
    t->data = seg_take_dirty(a, t->bytes, 1, e);
    if (!t->data)
        return -1;
    memset(t->data, WHITE, t->bytes);
    return 0;
}

/* A color of the canvas: the band it shows and the values that become black and
   white. */
struct stretch {
    size_t band;
    int stretched;
    double black, white;
};

static int
choose(struct stretch color[3], const struct seg_tensor *t, const uint8_t *gap,
    const struct seg_paint *opts, struct seg_arena *scratch, const char *where,
    struct seg_err *e)
{
    size_t c = seg_tensor_bands(t);
    double limit[2], at[] = {opts->low, opts->high};

    for (size_t k = 0; k < 3; k++) {
        struct stretch *s = color + k;

        *s = (struct stretch){opts->bands == 3   ? opts->band[k]
                              : opts->bands == 1 ? opts->band[0]
                              : c > 2            ? k
                                                 : 0,
            t->type != SEG_U8 || opts->bytes_too, 0, 0};
        if (s->band >= c)
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s has %zu bands; band %zu wanted", where, t->name,
                c, s->band + 1);
        if (k && s->band == s[-1].band) {
            *s = s[-1];
            continue;
        }
        if (!s->stretched)
            continue;
        if (seg_percentiles(limit, at, 2, t, gap, s->band, scratch, e))
            return -1;
        s->black = isnan(limit[0]) ? 0 : limit[0];
        s->white = limit[1] > s->black ? limit[1] : s->black + 1;
    }
    return 0;
}

static uint8_t
brightness(const struct seg_tensor *t, size_t at, const struct stretch *s)
{
    if (!s->stretched)
        return ((const uint8_t *)t->data)[at];
    double u = (seg_tensor_get(t, at) - s->black) / (s->white - s->black);
    return u >= 1 ? 255 : u > 0 ? (uint8_t)(255 * u + 0.5) : 0;
}

/* Paints every pixel as n x n pixels of the canvas; pixels without data are
   black. */
static void
paint_pixels(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *t, const uint8_t *gap,
    const struct stretch color[3], size_t n)
{
    size_t h = t->shape[0], w = t->shape[1], c = seg_tensor_bands(t);

    for (size_t i = 0; i < h; i++)
        for (size_t j = 0; j < w; j++) {
            size_t at = i * w + j;
            uint8_t rgb[3] = {0};

            for (int k = 0; k < 3 && !(gap && gap[at]); k++)
                rgb[k] = brightness(t, at * c + color[k].band, color + k);
            seg_paint_box(canvas, y + i * n, x + j * n, n, n, rgb);
        }
}

int
seg_paint_image(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *t, const struct seg_paint *opts, const char *where,
    struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct stretch color[3];
    char text[120];
    uint8_t *gap;

    if (t->rank < 2 || t->rank > 3 || !t->bytes)
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s is not an image; [H,W] or [H,W,C] expected",
            where, t->name, seg_tensor_describe(text, sizeof text, t));
    int status = seg_nodata_map(&gap, &opts->nodata, t, &scratch, e);
    if (!status)
        status = choose(color, t, gap, opts, &scratch, where, e);
    if (!status)
        paint_pixels(canvas, y, x, t, gap, color, opts->scale);
    seg_arena_free(&scratch);
    return status;
}

/* 1 if a neighbor of pixel (i, j) of the enlarged image has another class. */
static int
on_contour(const uint8_t *id, size_t i, size_t j, size_t h, size_t w, size_t n)
{
    size_t row = i / n * w, column = j / n;
    int mine = id[row + column];

    return (i > 0 && id[(i - 1) / n * w + column] != mine) ||
           (j > 0 && id[row + (j - 1) / n] != mine) ||
           (i + 1 < h * n && id[(i + 1) / n * w + column] != mine) ||
           (j + 1 < w * n && id[row + (j + 1) / n] != mine);
}

int
seg_paint_classes(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *label, const struct seg_classes *c,
    const struct seg_paint *opts, const char *where, struct seg_err *e)
{
    if (seg_classes_shape(label, where, e) ||
        (c->n && seg_classes_check(c, label, where, e)))
        return -1;
    const uint8_t *id = label->data;
    size_t h = label->shape[0], w = label->shape[1], n = opts->scale;
    for (size_t i = 0; i < h * n; i++)
        for (size_t j = 0; j < w * n; j++) {
            int class = id[i / n * w + j / n];
            uint8_t *p = pixel(canvas, y + i, x + j);

            if (class == c->ignore || class == SEG_IGNORE ||
                (opts->contours && !on_contour(id, i, j, h, w, n)))
                continue;
            for (int k = 0; k < 3; k++)
                p[k] = (uint8_t)(opts->alpha * c->rgb[class][k] +
                                 (1 - opts->alpha) * p[k] + 0.5);
        }
    return 0;
}

void
seg_paint_box(struct seg_tensor *canvas, size_t y, size_t x, size_t h, size_t w,
    const uint8_t rgb[3])
{
    for (size_t i = 0; i < h; i++)
        for (size_t j = 0; j < w; j++)
            memcpy(pixel(canvas, y + i, x + j), rgb, 3);
}

void
seg_paint_canvas(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *part)
{
    size_t row = part->shape[1] * 3;

    for (size_t i = 0; i < part->shape[0]; i++)
        memcpy(pixel(canvas, y + i, x), (const uint8_t *)part->data + i * row,
            row);
}
