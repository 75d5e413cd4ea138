#include "lib/data/normalize.h"

int
seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const float *mean, const float *std, struct seg_err *e)
{
    *q = (struct seg_normalize){.c = c, .mean = mean, .std = std};
    q->table = seg_take_dirty(a, (size_t)c, sizeof *q->table, e);
    if (!q->table)
        return -1;
    for (int i = 0; i < c; i++)
        for (int v = 0; v < 256; v++)
            q->table[i][v] = ((float)v - mean[i]) / std[i];
    return 0;
}

static void
look_up(
    float *out, const uint8_t *pixel, size_t w, const struct seg_normalize *q)
{
    size_t c = (size_t)q->c;

    for (size_t i = 0; i < w; i++)
        for (size_t k = 0; k < c; k++)
            *out++ = q->table[k][*pixel++];
}

/* A row of any other type: as floats first. */
static void
divide(float *out, const void *pixel, enum seg_type type, size_t w,
    const struct seg_normalize *q)
{
    size_t c = (size_t)q->c;
    struct seg_tensor row = {.type = type,
        .rank = 2,
        .shape = {w, c},
        .bytes = w * c * seg_type_size(type),
        .data = (void *)pixel};

    seg_tensor_floats(out, &row);
    for (size_t i = 0; i < w; i++, out += c)
        for (size_t k = 0; k < c; k++)
            out[k] = (out[k] - q->mean[k]) / q->std[k];
}

int
seg_normalize_picture(float *out, size_t out_w, const struct seg_tensor *image,
    const struct seg_normalize *q, const char *where, struct seg_err *e)
{
    size_t h = image->shape[0], w = image->shape[1], c = (size_t)q->c;
    size_t row = w * c * seg_type_size(image->type);
    char text[120];

    if (image->rank != 3 || image->shape[2] != c)
        return seg_fail(e, SEG_EDATA,
            "%s: %s is %s; the network takes [height,width,%d]", where,
            image->name, seg_tensor_describe(text, sizeof text, image), q->c);
    for (size_t y = 0; y < h; y++, out += out_w * c) {
        const char *pixel = (const char *)image->data + y * row;

        if (image->type == SEG_U8)
            look_up(out, (const uint8_t *)pixel, w, q);
        else
            divide(out, pixel, image->type, w, q);
    }
    return 0;
}
