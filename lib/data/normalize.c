#include <math.h>
#include <string.h>

#include "lib/data/intensity.h"
#include "lib/data/normalize.h"

const char *const seg_normalize_names[] = {"dataset", "record", "range", NULL};

static float
normalised(float v, const struct seg_normalize *q, size_t k)
{
    v = v < q->low[k] ? q->low[k] : v > q->high[k] ? q->high[k] : v;
    return (v - q->mean[k]) / q->std[k]; /* nan stays */
}

static void
make_table(struct seg_normalize *q)
{
    for (int i = 0; i < q->c; i++)
        for (int v = 0; v < 256; v++)
            q->table[i][v] = normalised((float)v, q, (size_t)i);
}

int
seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const struct seg_normalize_how *how, struct seg_err *e)
{
    size_t n = (size_t)c;
    float *all = seg_take_dirty(a, 4 * n, sizeof *all, e);

    *q = (struct seg_normalize){.c = c, .how = *how};
    q->table = seg_take_dirty(a, n, sizeof *q->table, e);
    if (!all || !q->table)
        return -1;
    q->mean = all;
    q->std = all + n;
    q->low = all + 2 * n;
    q->high = all + 3 * n;
    for (size_t i = 0; i < n; i++) {
        q->mean[i] = how->mean[i];
        q->std[i] = how->std[i];
        q->low[i] = how->low ? how->low[i] : -INFINITY;
        q->high[i] = how->high ? how->high[i] : INFINITY;
    }
    make_table(q);
    return 0;
}

/* A picture of one value becomes 0. */
int
seg_normalize_turn(struct seg_normalize *q, const struct seg_record *rec,
    const char *where, struct seg_err *e)
{
    struct seg_intensity own;
    int tail = q->how.tail, range = q->how.kind == SEG_NORMALIZE_RANGE;

    if (q->how.kind == SEG_NORMALIZE_DATASET)
        return 0;
    seg_arena_reset(&q->scratch);
    if (seg_intensity_get(&own, &q->scratch, rec, where, e))
        return -1;
    if (own.bands != q->c)
        return seg_fail(e, SEG_EDATA,
            "%s: %d bands; the network takes [height,width,%d]", where,
            own.bands, q->c);
    for (int i = 0; i < q->c; i++) {
        float low = own.low[tail][i], high = own.high[tail][i];
        float mean = range ? low : own.mean[i];
        float std = range ? high - low : own.sd[i];

        if (!isfinite(mean) || !isfinite(std))
            return seg_fail(e, SEG_EDATA,
                "%s: band %d: mean %g and deviation %g do not serve", where, i,
                (double)mean, (double)std);
        q->mean[i] = mean;
        q->std[i] = std > 0 ? std : 1;
        if (range) {
            q->low[i] = low;
            q->high[i] = high;
        }
    }
    make_table(q);
    return 0;
}

void
seg_normalize_free(struct seg_normalize *q)
{
    seg_arena_free(&q->scratch);
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
            out[k] = normalised(out[k], q, k);
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
