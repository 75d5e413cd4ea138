#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/image/nodata.h"

/* ---- the declaration ---- */

int
seg_nodata_parse(double *value, const char *text)
{
    char *end;

    *value = strtod(text, &end);
    if (end == text)
        return -1;
    end += strspn(end, " \t\r\n");
    return *end ? -1 : 0;
}

int
seg_nodata_get(
    struct seg_nodata *q, const struct seg_record *rec, struct seg_err *e)
{
    const char *text = seg_record_meta(rec, "seg.nodata");

    *q = (struct seg_nodata){.declared = text != NULL};
    if (text && seg_nodata_parse(&q->value, text))
        return seg_fail(e, SEG_EDATA,
            "%s: seg.nodata: a number or nan expected, seen %.40s",
            seg_record_name(rec), text);
    return 0;
}

int
seg_nodata_set(struct seg_record *rec, double value, struct seg_err *e)
{
    char text[40];

    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return seg_record_set(rec, "seg.nodata", isnan(value) ? "nan" : text, e);
}

/* ---- one pixel ---- */

/*
 * Files with float pixels often declare the value with fewer digits than the
 * pixels have: -3.40282e+38 and even -3.4e38 mean the smallest float.
 */
int
seg_nodata_is(const struct seg_nodata *q, enum seg_type type, double v)
{
    const double huge = 1e37, share = 1e-3;

    if (!q->declared)
        return 0;
    if (!seg_type_is_float(type))
        return v == q->value;
    if (isnan(q->value) || isnan(v))
        return isnan(q->value) && isnan(v);
    if (fabs(q->value) >= huge)
        return fabs(v - q->value) <= share * fabs(q->value);
    return type == SEG_F32 ? (float)v == (float)q->value : v == q->value;
}

/* 1 if all bands must have the value, as it also occurs in black or saturated
   pixels. */
static int
needs_all(const struct seg_nodata *q)
{
    return q->value == 0 || q->value == 255 || q->value == 65535;
}

enum seg_gap
seg_nodata_at(const struct seg_nodata *q, const struct seg_tensor *t, size_t i)
{
    size_t bands = seg_tensor_bands(t), hits = 0;
    int finite = 1;

    for (size_t b = 0; b < bands; b++) {
        double v = seg_tensor_get(t, i * bands + b);

        if (seg_nodata_is(q, t->type, v))
            hits++;
        else
            finite &= isfinite(v) != 0;
    }
    if (hits && (hits == bands || !needs_all(q)))
        return SEG_GAP_DECLARED;
    return finite ? SEG_GAP_NONE : SEG_GAP_NOT_FINITE;
}

/* ---- many pixels ---- */

/* Fast test if the n numbers at p need no closer look: all are finite and none
   is near the declared value.  The sum of p[i] - p[i] is NaN if one is not
   finite. */
static int
are_plain(const struct seg_nodata *q, const float *p, size_t n)
{
    float sum = 0;
    int hits = 0;

    for (size_t i = 0; i < n; i++)
        sum += p[i] - p[i];
    if (sum != 0)
        return 0;
    if (!q->declared || isnan(q->value))
        return 1;
    float least = (float)fmin(q->value * 0.99, q->value * 1.01);
    float most = (float)fmax(q->value * 0.99, q->value * 1.01);
    for (size_t i = 0; i < n; i++)
        hits |= p[i] >= least && p[i] <= most;
    return !hits;
}

size_t
seg_nodata_find(uint8_t *gap, const struct seg_nodata *q,
    const struct seg_tensor *t, size_t i, size_t n)
{
    size_t bands = seg_tensor_bands(t), found = 0;

    if ((!q->declared && !seg_type_is_float(t->type)) ||
        (t->type == SEG_F32 &&
            are_plain(q, (const float *)t->data + i * bands, n * bands)))
        return 0;
    for (size_t j = 0; j < n; j++) {
        gap[j] = (uint8_t)seg_nodata_at(q, t, i + j);
        found += gap[j] != SEG_GAP_NONE;
    }
    return found;
}

int
seg_nodata_map(uint8_t **gap, const struct seg_nodata *q,
    const struct seg_tensor *t, struct seg_arena *a, struct seg_err *e)
{
    size_t n = seg_tensor_count(t) / (t->bytes ? seg_tensor_bands(t) : 1);

    *gap = NULL;
    if (!q->declared && !seg_type_is_float(t->type))
        return 0;
    uint8_t *map = seg_take_dirty(a, n, 1, e);
    if (!map)
        return -1;
    if (seg_nodata_find(map, q, t, 0, n))
        *gap = map;
    return 0;
}

void
seg_nodata_ignore(uint8_t *label, const uint8_t *gap, size_t n, int ignore)
{
    for (size_t i = 0; i < n; i++)
        if (gap[i])
            label[i] = (uint8_t)ignore;
}

/* ---- pixels that are not finite ---- */

static void
name_first(char *text, size_t size, const struct seg_tensor *t, size_t i,
    const char *where)
{
    size_t bands = seg_tensor_bands(t), b = 0;

    while (b + 1 < bands && isfinite(seg_tensor_get(t, i * bands + b)))
        b++;
    double v = seg_tensor_get(t, i * bands + b);
    snprintf(text, size, "%.250s: %.40s is %s at (x %zu, y %zu), band %zu",
        where, t->name,
        isnan(v) ? "nan"
        : v > 0  ? "inf"
                 : "-inf",
        i % t->shape[1], i / t->shape[1], b);
}

void
seg_nodata_count_add(struct seg_nodata_count *g, const struct seg_tensor *t,
    const uint8_t *gap, const char *where)
{
    size_t n = gap ? t->shape[0] * t->shape[1] : 0, found = 0;

    for (size_t i = 0; i < n; i++) {
        if (gap[i] != SEG_GAP_NOT_FINITE)
            continue;
        if (!found++ && !g->images)
            name_first(g->first, sizeof g->first, t, i, where);
    }
    g->pixels += found;
    g->images += found > 0;
}

/* ---- resizing ---- */

void
seg_nodata_avoid(const struct seg_nodata *q, struct seg_tensor *t, size_t i)
{
    size_t bands = seg_tensor_bands(t);

    if (seg_nodata_at(q, t, i) != SEG_GAP_DECLARED)
        return;
    for (size_t b = 0; b < bands; b++) {
        size_t at = i * bands + b;
        double v = seg_tensor_get(t, at);

        if (!seg_nodata_is(q, t->type, v))
            continue;
        if (t->type == SEG_F32)
            seg_tensor_put(t, at, nextafterf((float)v, v < 0 ? 0 : INFINITY));
        else
            seg_tensor_put(t, at, v + 1);
        if (seg_nodata_is(q, t->type, seg_tensor_get(t, at)))
            /* v is the largest number of the type */
            seg_tensor_put(t, at, v - 1);
    }
}

/* Writes the declared value, as in input pixel `pixel`, to every output pixel
   that a gap contributes to. */
static void
put_gaps(struct seg_tensor *out, const float *share, const struct seg_nodata *q,
    const struct seg_tensor *in, size_t pixel)
{
    size_t bands = seg_tensor_bands(in), n = out->shape[0] * out->shape[1];
    size_t bytes = bands * seg_type_size(in->type);

    for (size_t i = 0; i < n; i++)
        if (share[i] > 0)
            memcpy((char *)out->data + i * bytes,
                (const char *)in->data + pixel * bytes, bytes);
        else
            seg_nodata_avoid(q, out, i);
}

/* Resizes the gaps as an image of zeros and ones, like the image. */
static int
resize_gaps(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, const struct seg_nodata *q, const uint8_t *gap,
    struct seg_arena *a, struct seg_err *e)
{
    size_t n = in->shape[0] * in->shape[1], pixel = n;
    size_t m = out->shape[0] * out->shape[1];
    struct seg_tensor one = {"gaps", SEG_F32, 2, {in->shape[0], in->shape[1]},
        n * sizeof(float), seg_take_dirty(a, n, sizeof(float), e)};
    struct seg_tensor other = {"gaps", SEG_F32, 2,
        {out->shape[0], out->shape[1]}, m * sizeof(float),
        seg_take_dirty(a, m, sizeof(float), e)};

    if (!one.data || !other.data)
        return -1;
    for (size_t i = n; i-- > 0;) {
        ((float *)one.data)[i] = gap[i] == SEG_GAP_DECLARED;
        pixel = gap[i] == SEG_GAP_DECLARED ? i : pixel;
    }
    if (pixel == n)
        return 0;
    if (seg_image_resize(&other, &one, from, SEG_RESIZE_BILINEAR, a, e))
        return -1;
    put_gaps(out, other.data, q, in, pixel);
    return 0;
}

int
seg_nodata_resize(struct seg_tensor *out, const struct seg_tensor *in,
    const struct seg_box *from, enum seg_resize_mode mode,
    const struct seg_nodata *q, struct seg_arena *scratch, struct seg_err *e)
{
    uint8_t *gap;

    if (seg_image_resize(out, in, from, mode, scratch, e))
        return -1;
    if (!q->declared || mode == SEG_RESIZE_NEAREST)
        return 0; /* NaN propagates by itself */
    if (seg_nodata_map(&gap, q, in, scratch, e))
        return -1;
    return gap ? resize_gaps(out, in, from, q, gap, scratch, e) : 0;
}
