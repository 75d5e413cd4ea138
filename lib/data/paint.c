#include <math.h>
#include <string.h>

#include "lib/data/paint.h"

static uint8_t *
pixel(struct seg_tensor *canvas, size_t y, size_t x)
{
    return (uint8_t *)canvas->data + (y * canvas->shape[1] + x) * 3;
}

/* Least and greatest finite value; 0 and 1 where there is none. */
static void
range(const struct seg_tensor *t, double *least, double *greatest)
{
    size_t n = seg_tensor_count(t);

    *least = INFINITY;
    *greatest = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        double v = seg_tensor_get(t, i);

        if (isfinite(v)) {
            *least = fmin(*least, v);
            *greatest = fmax(*greatest, v);
        }
    }
    if (*least > *greatest)
        *least = 0;
    if (!(*least < *greatest))
        *greatest = *least + 1;
}

static uint8_t
stretch(double v, double least, double greatest)
{
    double u = (v - least) / (greatest - least);

    return u >= 1 ? 255 : u > 0 ? (uint8_t)(255 * u + 0.5) : 0;
}

int
seg_paint_image(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *t, struct seg_err *e)
{
    double least = 0, greatest = 0;
    char text[120];

    if (t->rank < 2 || t->rank > 3 || !t->bytes)
        return seg_fail(e, SEG_EDATA,
            "tensor %s %s is not a picture; [H,W] or [H,W,C] expected", t->name,
            seg_tensor_describe(text, sizeof text, t));
    size_t h = t->shape[0], w = t->shape[1], c = t->rank == 3 ? t->shape[2] : 1;
    if (t->type != SEG_U8)
        range(t, &least, &greatest);
    for (size_t i = 0; i < h; i++)
        for (size_t j = 0; j < w; j++)
            for (size_t k = 0; k < 3; k++) {
                size_t at = (i * w + j) * c + (c > 2 ? k : 0);

                pixel(canvas, y + i, x + j)[k] =
                    t->type == SEG_U8
                        ? ((const uint8_t *)t->data)[at]
                        : stretch(seg_tensor_get(t, at), least, greatest);
            }
    return 0;
}

static int
on_contour(const struct seg_tensor *label, size_t i, size_t j)
{
    const uint8_t *id = label->data;
    size_t h = label->shape[0], w = label->shape[1], at = i * w + j;

    return (i > 0 && id[at - w] != id[at]) || (j > 0 && id[at - 1] != id[at]) ||
           (i + 1 < h && id[at + w] != id[at]) ||
           (j + 1 < w && id[at + 1] != id[at]);
}

int
seg_paint_classes(struct seg_tensor *canvas, size_t y, size_t x,
    const struct seg_tensor *label, const struct seg_classes *c,
    const struct seg_paint *how, const char *where, struct seg_err *e)
{
    char text[120];

    if (label->rank != 2 || label->type != SEG_U8)
        return seg_fail(e, SEG_EDATA, "%s: tensor %s %s; [H,W] u8 expected",
            where, label->name, seg_tensor_describe(text, sizeof text, label));
    if (c->n && seg_classes_check(c, label, where, e))
        return -1;
    const uint8_t *id = label->data;
    size_t h = label->shape[0], w = label->shape[1];
    for (size_t i = 0; i < h; i++)
        for (size_t j = 0; j < w; j++) {
            int class = id[i * w + j];
            uint8_t *p = pixel(canvas, y + i, x + j);

            if (class == c->ignore ||
                (how->contours && !on_contour(label, i, j)))
                continue;
            for (int k = 0; k < 3; k++)
                p[k] = (uint8_t)(how->alpha * c->rgb[class][k] +
                                 (1 - how->alpha) * p[k] + 0.5);
        }
    return 0;
}

void
seg_paint_black(
    struct seg_tensor *canvas, size_t y, size_t x, size_t h, size_t w)
{
    for (size_t i = 0; i < h; i++)
        memset(pixel(canvas, y + i, x), 0, w * 3);
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
