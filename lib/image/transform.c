#include <math.h>
#include <string.h>

#include "lib/image/transform.h"

/* For each output position: the first input position and its filter weights. */
struct taps {
    int capacity;  /* capacity: weights per position */
    int *first;    /* by output position */
    int *n;        /* by output position */
    float *weight; /* out,most */
};

/*
 * Weights of the triangle filter for output pixel i, centered at c in the
 * input:
 *
 *   c = from + (i + 1/2) s,   s = extent / out,   r = max(s, 1)
 *   w[j] = max(0, 1 - |j + 1/2 - c| / r),  scaled to sum to 1 over 0 <= j < in
 */
static int
make_taps(struct taps *t, double from, double extent, int in, int out,
    struct seg_arena *a, struct seg_err *e)
{
    double s = extent / out, r = s > 1 ? s : 1;

    t->capacity = (int)ceil(2 * r) + 1;
    if (t->capacity > in)
        t->capacity = in;
    t->first = seg_take_dirty(a, (size_t)out, sizeof *t->first, e);
    t->n = seg_take_dirty(a, (size_t)out, sizeof *t->n, e);
    t->weight = seg_take_dirty(
        a, (size_t)out * (size_t)t->capacity, sizeof *t->weight, e);
    if (!t->first || !t->n || !t->weight)
        return -1;
    for (int i = 0; i < out; i++) {
        float *w = t->weight + (size_t)i * (size_t)t->capacity;
        double c = from + (i + 0.5) * extent / out, sum = 0;
        int first = (int)floor(c - r + 0.5), end = (int)floor(c + r + 0.5);

        first = first < 0 ? 0 : first;
        end = end > in ? in : end;
        int n = end - first > t->capacity ? t->capacity : end - first;
        for (int j = 0; j < n; j++)
            sum += fmax(0, 1 - fabs(first + j + 0.5 - c) / r);
        for (int j = 0; j < n; j++)
            w[j] = (float)(fmax(0, 1 - fabs(first + j + 0.5 - c) / r) / sum);
        /* skip pixels of weight 0: 0 * NaN would be NaN */
        while (n > 1 && w[n - 1] == 0)
            n--;
        int skip = n > 1 && w[0] == 0;
        memmove(w, w + skip, (size_t)(n - skip) * sizeof *w);
        t->first[i] = first + skip;
        t->n[i] = n - skip;
    }
    return 0;
}

/* y[i] += w x[i]; common types without a function call for each element */
static void
add_row(
    float *restrict y, const struct seg_tensor *t, size_t at, size_t n, float w)
{
    const uint8_t *u8 = (const uint8_t *)t->data + at;
    const uint16_t *u16 = (const uint16_t *)t->data + at;
    const int16_t *i16 = (const int16_t *)t->data + at;
    const float *f32 = (const float *)t->data + at;

    switch (t->type) {
    case SEG_U8:
        for (size_t i = 0; i < n; i++)
            y[i] += w * u8[i];
        break;
    case SEG_U16:
        for (size_t i = 0; i < n; i++)
            y[i] += w * u16[i];
        break;
    case SEG_I16:
        for (size_t i = 0; i < n; i++)
            y[i] += w * i16[i];
        break;
    case SEG_F32:
        for (size_t i = 0; i < n; i++)
            y[i] += w * f32[i];
        break;
    default:
        for (size_t i = 0; i < n; i++)
            y[i] += w * (float)seg_tensor_get(t, at + i);
    }
}

static float
clamp(float v, float least, float most)
{
    return v < least ? least : v > most ? most : v;
}

static void
store(struct seg_tensor *t, size_t at, float v)
{
    switch (t->type) {
    case SEG_U8:
        ((uint8_t *)t->data)[at] = (uint8_t)clamp(v + 0.5f, 0, 255);
        break;
    case SEG_U16:
        ((uint16_t *)t->data)[at] = (uint16_t)clamp(v + 0.5f, 0, 65535);
        break;
    case SEG_I16:
        ((int16_t *)t->data)[at] =
            (int16_t)clamp(floorf(v + 0.5f), -32768, 32767);
        break;
    default:
        seg_tensor_put(t, at, (double)v);
    }
}

/* Vertically first: the temporary memory is one row for any image size. */
static int
bilinear(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *b, int channels, struct seg_arena *a,
    struct seg_err *e)
{
    int h = (int)out->shape[0], w = (int)out->shape[1];
    int hin = (int)in->shape[0], win = (int)in->shape[1];
    size_t c = (size_t)channels, pitch = (size_t)win * c;
    struct taps y, x;
    float *row = seg_take_dirty(a, pitch, sizeof *row, e);

    if (!row || make_taps(&y, b->y, b->h, hin, h, a, e) ||
        make_taps(&x, b->x, b->w, win, w, a, e))
        return -1;
    /* the columns that contribute to any output pixel */
    size_t left = (size_t)x.first[0] * c;
    size_t right = (size_t)(x.first[w - 1] + x.n[w - 1]) * c;
    for (int i = 0; i < h; i++) {
        memset(row + left, 0, (right - left) * sizeof *row);
        for (int j = 0; j < y.n[i]; j++)
            add_row(row + left, in, (size_t)(y.first[i] + j) * pitch + left,
                right - left,
                y.weight[(size_t)i * (size_t)y.capacity + (size_t)j]);
        for (int k = 0; k < w; k++) {
            const float *weight = x.weight + (size_t)k * (size_t)x.capacity;
            const float *p = row + (size_t)x.first[k] * c;
            size_t at = ((size_t)i * (size_t)w + (size_t)k) * c;

            for (size_t ch = 0; ch < c; ch++) {
                float v = 0;

                for (int j = 0; j < x.n[k]; j++)
                    v += weight[j] * p[(size_t)j * c + ch];
                store(out, at + ch, v);
            }
        }
    }
    return 0;
}

static size_t
nearest_to(double from, double extent, size_t i, size_t out, size_t in)
{
    size_t at = (size_t)(from + ((double)i + 0.5) * extent / (double)out);

    return at < in ? at : in - 1;
}

static int
nearest(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *b, size_t pixel_bytes, struct seg_arena *a,
    struct seg_err *e)
{
    size_t h = out->shape[0], w = out->shape[1];
    size_t *x = seg_take_dirty(a, w, sizeof *x, e);

    if (!x)
        return -1;
    for (size_t k = 0; k < w; k++)
        x[k] = nearest_to(b->x, b->w, k, w, in->shape[1]) * pixel_bytes;
    for (size_t i = 0; i < h; i++) {
        size_t y = nearest_to(b->y, b->h, i, h, in->shape[0]);
        const char *from =
            (const char *)in->data + y * in->shape[1] * pixel_bytes;
        char *to = (char *)out->data + i * w * pixel_bytes;

        if (pixel_bytes == 1)
            for (size_t k = 0; k < w; k++)
                to[k] = from[x[k]];
        else
            for (size_t k = 0; k < w; k++)
                memcpy(to + k * pixel_bytes, from + x[k], pixel_bytes);
    }
    return 0;
}

static int
same_kind(const struct seg_tensor *a, const struct seg_tensor *b)
{
    return a->type == b->type && a->rank == b->rank &&
           (a->rank == 2 || (a->rank == 3 && a->shape[2] == b->shape[2]));
}

int
seg_image_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    struct seg_arena *scratch, struct seg_err *e)
{
    enum { SIDE = 1 << 30 };
    char a[120], b[120];

    if (!same_kind(out, in) || !in->bytes || !out->bytes ||
        in->shape[0] > SIDE || in->shape[1] > SIDE || out->shape[0] > SIDE ||
        out->shape[1] > SIDE || seg_tensor_bands(in) > SIDE)
        return seg_fail(e, SEG_EDATA, "cannot resize %s to %s",
            seg_tensor_describe(a, sizeof a, in),
            seg_tensor_describe(b, sizeof b, out));
    size_t c = seg_tensor_bands(in);
    double h = (double)in->shape[0], w = (double)in->shape[1];
    struct seg_box all = {0, 0, h, w};
    if (!from)
        from = &all;
    if (!(from->y >= 0 && from->x >= 0 && from->h > 0 && from->w > 0 &&
            from->y + from->h <= h && from->x + from->w <= w))
        return seg_fail(e, SEG_EDATA,
            "box y %g x %g h %g w %g is not within the %g x %g image", from->y,
            from->x, from->h, from->w, w, h);
    if (mode == SEG_RESIZE_NEAREST)
        return nearest(out, in, from, c * seg_type_size(in->type), scratch, e);
    return bilinear(out, in, from, (int)c, scratch, e);
}

void
seg_image_set_channels(struct seg_tensor *out, const struct seg_tensor *in)
{
    size_t size = seg_type_size(in->type), pixels = in->shape[0] * in->shape[1];
    size_t from = in->shape[2], to = out->shape[2];

    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < to; c++)
            memcpy((char *)out->data + (i * to + c) * size,
                (const char *)in->data + (i * from + (from > 2 ? c : 0)) * size,
                size);
}
