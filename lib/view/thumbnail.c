#include <stdint.h>

#include "lib/view/thumbnail.h"

void
seg_thumbnail_size(size_t *h, size_t *w, size_t limit)
{
    size_t most = *h > *w ? *h : *w;

    if (!limit || most <= limit)
        return;
    *h = (*h * limit + most / 2) / most;
    *w = (*w * limit + most / 2) / most;
    *h += !*h;
    *w += !*w;
}

/* The input pixels, rows y0 <= y < y1 and columns x0 <= x < x1, of a thumbnail
   pixel. */
struct box {
    size_t y0, y1, x0, x1;
};

static struct box
box_of(const struct seg_tensor *out, const struct seg_tensor *in, size_t y,
    size_t x)
{
    return (struct box){y * in->shape[0] / out->shape[0],
        (y + 1) * in->shape[0] / out->shape[0],
        x * in->shape[1] / out->shape[1],
        (x + 1) * in->shape[1] / out->shape[1]};
}

static void
mean_color(uint8_t *out, const struct seg_tensor *in, struct box b)
{
    size_t sum[3] = {0}, n = (b.y1 - b.y0) * (b.x1 - b.x0);

    for (size_t y = b.y0; y < b.y1; y++) {
        const uint8_t *p =
            (const uint8_t *)in->data + (y * in->shape[1] + b.x0) * 3;

        for (size_t x = b.x0; x < b.x1; x++, p += 3)
            for (int k = 0; k < 3; k++)
                sum[k] += p[k];
    }
    for (int k = 0; k < 3; k++)
        out[k] = (uint8_t)((sum[k] + n / 2) / n);
}

static uint8_t
most_frequent(const struct seg_tensor *in, struct box b)
{
    size_t count[256] = {0};
    int most = 0;

    for (size_t y = b.y0; y < b.y1; y++)
        for (size_t x = b.x0; x < b.x1; x++)
            count[((const uint8_t *)in->data)[y * in->shape[1] + x]]++;
    for (int i = 1; i < 256; i++)
        most = count[i] > count[most] ? i : most;
    return (uint8_t)most;
}

void
seg_thumbnail_colors(struct seg_tensor *out, const struct seg_tensor *in)
{
    uint8_t *pixel = out->data;

    for (size_t y = 0; y < out->shape[0]; y++)
        for (size_t x = 0; x < out->shape[1]; x++, pixel += 3)
            mean_color(pixel, in, box_of(out, in, y, x));
}

void
seg_thumbnail_classes(struct seg_tensor *out, const struct seg_tensor *in)
{
    uint8_t *id = out->data;

    for (size_t y = 0; y < out->shape[0]; y++)
        for (size_t x = 0; x < out->shape[1]; x++)
            *id++ = most_frequent(in, box_of(out, in, y, x));
}
