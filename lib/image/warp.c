#include <math.h>
#include <string.h>

#include "lib/image/augment.h"
#include "lib/image/warp.h"

/* The two pixels along an axis of n pixels around position v, and the weight of
   the second. */
struct between {
    size_t lo, hi;
    float share;
};

static struct between
around(float v, size_t n)
{
    float most = (float)(n - 1);

    v = v < 0 ? 0 : v > most ? most : v;
    size_t lo = (size_t)v;
    return (struct between){lo, lo + 1 < n ? lo + 1 : lo, v - (float)lo};
}

static size_t
nearest(const struct seg_tensor *in, const float *at)
{
    struct between y = around(floorf(at[0] + 0.5f), in->shape[0]);
    struct between x = around(floorf(at[1] + 0.5f), in->shape[1]);

    return y.lo * in->shape[1] + x.lo;
}

/* The four pixels around a position and their weights. */
static void
find_corners(size_t corner[4], float share[4], const struct seg_tensor *in,
    const float *at)
{
    struct between y = around(at[0], in->shape[0]);
    struct between x = around(at[1], in->shape[1]);

    for (int k = 0; k < 4; k++) {
        corner[k] =
            (k & 2 ? y.hi : y.lo) * in->shape[1] + (k & 1 ? x.hi : x.lo);
        share[k] =
            (k & 2 ? y.share : 1 - y.share) * (k & 1 ? x.share : 1 - x.share);
    }
}

static void
copy_pixel(
    struct seg_tensor *out, size_t to, const struct seg_tensor *in, size_t from)
{
    size_t px = seg_tensor_bands(in) * seg_type_size(in->type);

    memcpy((char *)out->data + to * px, (const char *)in->data + from * px, px);
}

/* Pixel i of out, bilinear; x: in as floats, gap: its gaps or NULL.  Returns 1
   if the pixel is computed, 0 if it is copied. */
static int
mix_pixel(struct seg_tensor *out, size_t i, const struct seg_tensor *in,
    const float *at, const float *x, const uint8_t *gap)
{
    size_t corner[4], c = seg_tensor_bands(in);
    float share[4];

    find_corners(corner, share, in, at);
    for (int k = 0; k < 4; k++)
        if (share[k] == 1 || (gap && share[k] > 0 && gap[corner[k]])) {
            copy_pixel(out, i, in, corner[k]);
            return 0;
        }
    for (size_t b = 0; b < c; b++) {
        float sum = 0;

        for (int k = 0; k < 4; k++)
            sum += share[k] * x[corner[k] * c + b];
        seg_tensor_put(out, i * c + b, (double)sum);
    }
    return 1;
}

int
seg_image_warp(struct seg_tensor *out, const struct seg_tensor *in,
    const float *at, enum seg_resize_mode mode, const struct seg_nodata *nodata,
    struct seg_arena *scratch, struct seg_err *e)
{
    size_t n = out->shape[0] * out->shape[1];
    uint8_t *gap;

    if (mode == SEG_RESIZE_NEAREST) {
        for (size_t i = 0; i < n; i++)
            copy_pixel(out, i, in, nearest(in, at + 2 * i));
        return 0;
    }
    float *x = seg_take_dirty(scratch, seg_tensor_count(in), sizeof *x, e);
    if (!x || seg_nodata_map(&gap, nodata, in, scratch, e))
        return -1;
    seg_tensor_floats(x, in);
    for (size_t i = 0; i < n; i++)
        if (mix_pixel(out, i, in, at + 2 * i, x, gap) && nodata->declared)
            seg_nodata_avoid(nodata, out, i);
    return 0;
}

float *
seg_elastic_field(int h, int w, double sd, double sigma, uint64_t seed,
    struct seg_arena *a, struct seg_err *e)
{
    struct seg_rng r = seg_rng_make(seed, NULL, "elastic", 0);
    size_t n = 2 * (size_t)h * (size_t)w;
    float *d = seg_take_dirty(a, n, sizeof *d, e);
    double squares = 0;

    if (!d)
        return NULL;
    for (size_t i = 0; i < n; i++)
        d[i] = (float)seg_rng_normal(&r);
    if (seg_blur(d, h, w, 2, (float)sigma, a, e))
        return NULL;
    for (size_t i = 0; i < n; i++)
        squares += (double)d[i] * (double)d[i];
    float gain = (float)(sd / sqrt(squares / (double)n));
    for (size_t i = 0; i < n; i++)
        d[i] *= gain;
    return d;
}
