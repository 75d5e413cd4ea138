#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/dataset/intensity.h"
#include "lib/dataset/normalize.h"

const char *const seg_normalize_names[] = {"dataset", "record", "range", NULL};

static float
normalized(float v, const struct seg_normalize *q, size_t k)
{
    v = v < q->low[k] ? q->low[k] : v > q->high[k] ? q->high[k] : v;
    return (v - q->mean[k]) / q->std[k]; /* NaN stays NaN */
}

static void
make_table(struct seg_normalize *q)
{
    for (int i = 0; i < q->c; i++)
        for (int v = 0; v < 256; v++)
            q->table[i][v] = normalized((float)v, q, (size_t)i);
}

int
seg_normalize_start(struct seg_normalize *q, struct seg_arena *a, int c,
    const struct seg_normalize_opts *opts, struct seg_err *e)
{
    size_t n = (size_t)c;
    float *all = seg_take_dirty(a, 5 * n, sizeof *all, e);

    *q = (struct seg_normalize){.c = c, .opts = *opts};
    q->table = seg_take_dirty(a, n, sizeof *q->table, e);
    if (!all || !q->table)
        return -1;
    q->mean = all;
    q->std = all + n;
    q->low = all + 2 * n;
    q->high = all + 3 * n;
    q->fill = all + 4 * n;
    for (size_t i = 0; i < n; i++) {
        q->mean[i] = opts->mean[i];
        q->std[i] = opts->std[i];
        q->low[i] = opts->low ? opts->low[i] : -INFINITY;
        q->high[i] = opts->high ? opts->high[i] : INFINITY;
        q->fill[i] = 0;
    }
    make_table(q);
    return 0;
}

/* An image with a single value becomes 0. */
int
seg_normalize_prepare(struct seg_normalize *q, const struct seg_record *rec,
    const char *where, struct seg_err *e)
{
    struct seg_intensity own;
    int tail = q->opts.tail, range = q->opts.kind == SEG_NORMALIZE_RANGE;

    if (seg_nodata_get(&q->nodata, rec, e))
        return -1;
    if (q->opts.kind == SEG_NORMALIZE_DATASET)
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
                "%s: band %d: mean %g and deviation %g cannot be used", where,
                i, (double)mean, (double)std);
        q->mean[i] = mean;
        q->std[i] = std > 0 ? std : 1;
        if (range) {
            q->low[i] = low;
            q->high[i] = high;
            q->fill[i] = normalized(own.mean[i], q, (size_t)i);
        }
    }
    make_table(q);
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

/* A row of a type other than u8: converted to floats first. */
static void
normalize_row(float *out, const void *pixel, enum seg_type type, size_t w,
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
            out[k] = normalized(out[k], q, k);
}

/* Replaces the pixels of a row that have no data by the mean of each band. */
static void
fill_gaps(float *out, size_t w, const struct seg_tensor *image, size_t y,
    const struct seg_normalize *q)
{
    size_t c = (size_t)q->c;

    if (!seg_nodata_find(q->gap, &q->nodata, image, y * w, w))
        return;
    for (size_t x = 0; x < w; x++)
        if (q->gap[x])
            memcpy(out + x * c, q->fill, c * sizeof *out);
}

static int
reserve_gap_row(struct seg_normalize *q, size_t w, struct seg_err *e)
{
    if (w <= q->gap_capacity)
        return 0;
    seg_arena_reset(&q->row);
    q->gap_capacity = 0;
    q->gap = seg_take_dirty(&q->row, w, 1, e);
    if (!q->gap)
        return -1;
    q->gap_capacity = w;
    return 0;
}

/* Keeps the normalized value with the largest magnitude, and its pixel. */
static void
update_extreme(struct seg_normalize *q, const float *out, size_t w,
    const struct seg_tensor *image, size_t y, const char *where)
{
    size_t n = w * (size_t)q->c, at = 0;
    float most = 0;

    for (size_t i = 0; i < n; i++)
        most = fabsf(out[i]) > most ? fabsf(out[i]) : most;
    if (!(most > q->extreme.size))
        return;
    while (fabsf(out[at]) < most)
        at++;
    q->extreme = (struct seg_extreme){.size = most,
        .stored = seg_tensor_get(image, y * n + at),
        .x = at / (size_t)q->c,
        .y = y,
        .band = at % (size_t)q->c};
    snprintf(q->extreme.where, sizeof q->extreme.where, "%s", where);
}

int
seg_normalize_image(float *out, size_t out_w, const struct seg_tensor *image,
    struct seg_normalize *q, const char *where, struct seg_err *e)
{
    size_t h = image->shape[0], w = image->shape[1], c = (size_t)q->c;
    size_t row = w * c * seg_type_size(image->type);
    char text[120];

    if (image->rank != 3 || image->shape[2] != c)
        return seg_fail(e, SEG_EDATA,
            "%s: %s is %s; the network takes [height,width,%d]", where,
            image->name, seg_tensor_describe(text, sizeof text, image), q->c);
    if (reserve_gap_row(q, w, e))
        return -1;
    for (size_t y = 0; y < h; y++, out += out_w * c) {
        const char *pixel = (const char *)image->data + y * row;

        if (image->type == SEG_U8)
            look_up(out, (const uint8_t *)pixel, w, q);
        else
            normalize_row(out, pixel, image->type, w, q);
        fill_gaps(out, w, image, y, q);
        if (image->type != SEG_U8)
            update_extreme(q, out, w, image, y, where);
    }
    return 0;
}

void
seg_normalize_reset_extreme(struct seg_normalize *q)
{
    q->extreme = (struct seg_extreme){.size = 0};
}

const char *
seg_normalize_explain(char *text, size_t size, const struct seg_normalize *q)
{
    const struct seg_extreme *x = &q->extreme;
    const float far = 1000;

    *text = 0;
    if (x->size > far)
        snprintf(text, size,
            "%s: image is %g at (x %zu, y %zu), band %zu, %.3g deviations "
            "from the mean of the model",
            x->where, x->stored, x->x, x->y, x->band, (double)x->size);
    return text;
}

void
seg_normalize_free(struct seg_normalize *q)
{
    seg_arena_free(&q->scratch);
    seg_arena_free(&q->row);
}
