/* seg_image_resize against its definition and against simple cases. */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/image/transform.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err err;

static struct seg_tensor
make(enum seg_type type, size_t h, size_t w, size_t c)
{
    struct seg_tensor t = {.type = type, .rank = c ? 3 : 2, .shape = {h, w, c}};

    if (seg_tensor_size(&t.bytes, type, t.rank, t.shape))
        t.bytes = 0;
    t.data = seg_take(&arena, t.bytes, 1, &err);
    return t;
}

static void
set(struct seg_tensor *t, size_t i, double v)
{
    if (t->type == SEG_U8)
        ((uint8_t *)t->data)[i] = (uint8_t)v;
    else if (t->type == SEG_U16)
        ((uint16_t *)t->data)[i] = (uint16_t)v;
    else if (t->type == SEG_I16)
        ((int16_t *)t->data)[i] = (int16_t)v;
    else
        ((float *)t->data)[i] = (float)v;
}

static void
fill(struct seg_tensor *t, const char *key)
{
    struct seg_rng r = seg_rng_make(1, key, "image", 0);

    for (size_t i = 0; i < seg_tensor_count(t); i++)
        set(t, i,
            t->type == SEG_U8    ? (double)seg_rng_below(&r, 256)
            : t->type == SEG_U16 ? (double)seg_rng_below(&r, 65536)
            : t->type == SEG_I16 ? (double)seg_rng_below(&r, 65536) - 32768
                                 : seg_rng_normal(&r));
}

static double
weight(double from, double extent, size_t out, size_t i, size_t j)
{
    double s = extent / (double)out, c = from + ((double)i + 0.5) * s;
    double d = 1 - fabs((double)j + 0.5 - c) / (s > 1 ? s : 1);

    return d > 0 ? d : 0;
}

/* The formula itself, as a sum over all pixels of the image. */
static double
by_definition(const struct seg_tensor *in, const struct seg_tensor *out,
    const struct seg_box *b, size_t y, size_t x, size_t ch)
{
    size_t c = in->rank == 3 ? in->shape[2] : 1;
    double sum = 0, total = 0;

    for (size_t i = 0; i < in->shape[0]; i++) {
        double wy = weight(b->y, b->h, out->shape[0], y, i);

        for (size_t j = 0; wy > 0 && j < in->shape[1]; j++) {
            double w = wy * weight(b->x, b->w, out->shape[1], x, j);

            total += w;
            sum += w * seg_tensor_get(in, (i * in->shape[1] + j) * c + ch);
        }
    }
    return sum / total;
}

/* Largest deviation from the formula, in units of the last place required. */
static double
distance(const struct seg_tensor *in, const struct seg_tensor *out,
    const struct seg_box *box)
{
    struct seg_box all = {0, 0, (double)in->shape[0], (double)in->shape[1]};
    size_t c = in->rank == 3 ? in->shape[2] : 1, at = 0;
    double worst = 0;

    for (size_t y = 0; y < out->shape[0]; y++)
        for (size_t x = 0; x < out->shape[1]; x++)
            for (size_t ch = 0; ch < c; ch++) {
                double d =
                    fabs(seg_tensor_get(out, at++) -
                         by_definition(in, out, box ? box : &all, y, x, ch));

                worst = d > worst ? d : worst;
            }
    return worst;
}

static void
test_bilinear(void)
{
    static const enum seg_type type[] = {SEG_U8, SEG_U16, SEG_I16, SEG_F32};
    static const size_t size[][2] = {
        {1, 1}, {1, 9}, {7, 5}, {11, 8}, {22, 16}, {23, 40}, {4, 3}};
    static const struct seg_box part = {1.25, 0.5, 6.5, 3.75};

    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 7; j++) {
            struct seg_tensor in = make(type[i], 11, 8, j % 2 ? 3 : 0);
            struct seg_tensor out =
                make(type[i], size[j][0], size[j][1], j % 2 ? 3 : 0);
            double limit = type[i] == SEG_F32  ? 2e-6
                           : type[i] == SEG_U8 ? 0.5001
                                               : 0.51;

            fill(&in, "bilinear");
            for (int k = 0; k < 2; k++) {
                int status = seg_image_resize(&out, &in, k ? &part : NULL,
                    SEG_RESIZE_BILINEAR, &arena, &err);

                ok(!status && distance(&in, &out, k ? &part : NULL) < limit,
                    "bilinear %s 11x8 to %zux%zu%s", seg_type_name(type[i]),
                    size[j][0], size[j][1], k ? ", a part" : "");
            }
        }
}

static void
test_plain_cases(void)
{
    struct seg_tensor in = make(SEG_U8, 6, 4, 3), same = make(SEG_U8, 6, 4, 3);
    struct seg_tensor f = make(SEG_F32, 5, 5, 0), g = make(SEG_F32, 5, 5, 0);
    struct seg_tensor ramp = make(SEG_U8, 1, 2, 0),
                      wide = make(SEG_U8, 1, 4, 0);
    static const uint8_t expected[] = {0, 25, 75, 100};

    fill(&in, "same");
    ok(!seg_image_resize(&same, &in, NULL, SEG_RESIZE_BILINEAR, &arena, &err) &&
            !memcmp(in.data, same.data, in.bytes),
        "bilinear at the same size changes nothing");
    ok(!seg_image_resize(&same, &in, NULL, SEG_RESIZE_NEAREST, &arena, &err) &&
            !memcmp(in.data, same.data, in.bytes),
        "nearest at the same size changes nothing");

    fill(&f, "nan");
    ((float *)f.data)[12] = NAN;
    int nans = 0, status = seg_image_resize(
                      &g, &f, NULL, SEG_RESIZE_BILINEAR, &arena, &err);
    for (int i = 0; i < 25; i++)
        nans += isnan(((float *)g.data)[i]) != 0;
    ok(!status && nans == 1, "what is not a number stays where it is");

    ((uint8_t *)ramp.data)[1] = 100;
    ok(!seg_image_resize(
           &wide, &ramp, NULL, SEG_RESIZE_BILINEAR, &arena, &err) &&
            !memcmp(wide.data, expected, 4),
        "enlarging interpolates between centers and repeats the edge");
}

static void
test_nearest(void)
{
    static const uint8_t half[] = {5, 7, 13, 15};
    static const struct seg_box part = {1, 1, 2, 2};
    struct seg_tensor in = make(SEG_U8, 4, 4, 0), out = make(SEG_U8, 2, 2, 0);
    struct seg_tensor wide = make(SEG_U16, 3, 5, 2);
    struct seg_tensor more = make(SEG_U16, 6, 15, 2);

    for (int i = 0; i < 16; i++)
        ((uint8_t *)in.data)[i] = (uint8_t)i;
    ok(!seg_image_resize(&out, &in, NULL, SEG_RESIZE_NEAREST, &arena, &err) &&
            !memcmp(out.data, half, 4),
        "nearest at half the size takes the pixel the center falls in");
    ok(!seg_image_resize(&out, &in, &part, SEG_RESIZE_NEAREST, &arena, &err) &&
            !memcmp(out.data, (uint8_t[]){5, 6, 9, 10}, 4),
        "nearest of a part");

    fill(&wide, "nearest");
    int bad =
        seg_image_resize(&more, &wide, NULL, SEG_RESIZE_NEAREST, &arena, &err);
    for (size_t y = 0; y < 6; y++)
        for (size_t x = 0; x < 15; x++)
            bad += memcmp((uint16_t *)more.data + (y * 15 + x) * 2,
                       (uint16_t *)wide.data + (y / 2 * 5 + x / 3) * 2, 4) != 0;
    ok(!bad,
        "nearest enlarged by whole factors repeats pixels of two channels");
}

static void
test_refusals(void)
{
    static const struct seg_box outside = {0, 0, 4, 4.5}, flat = {1, 1, 0, 2};
    struct seg_tensor in = make(SEG_U8, 4, 4, 0), out = make(SEG_U8, 2, 2, 0);
    struct seg_tensor other = make(SEG_U16, 2, 2, 0),
                      empty = make(SEG_U8, 0, 2, 0);
    struct seg_tensor i = make(SEG_I32, 4, 4, 0), o = make(SEG_I32, 2, 2, 0);

    ok(seg_image_resize(&other, &in, NULL, 1, &arena, &err) < 0 &&
            err.kind == SEG_EDATA &&
            !strcmp(err.text, "cannot resize [4,4] u8 to [2,2] u16"),
        "another type is refused: %s", err.text);
    ok(seg_image_resize(&empty, &in, NULL, 0, &arena, &err) < 0,
        "an empty image is refused: %s", err.text);
    ok(seg_image_resize(&out, &in, &outside, 1, &arena, &err) < 0,
        "a box outside is refused: %s", err.text);
    ok(seg_image_resize(&out, &in, &flat, 1, &arena, &err) < 0,
        "a flat box is refused: %s", err.text);
    for (int k = 0; k < 16; k++)
        seg_tensor_put(&i, (size_t)k, -100000 * (k % 4));
    ok(!seg_image_resize(&o, &i, NULL, SEG_RESIZE_BILINEAR, &arena, &err) &&
            ((int32_t *)o.data)[0] > -100000 && ((int32_t *)o.data)[0] < 0 &&
            ((int32_t *)o.data)[0] + ((int32_t *)o.data)[1] == -300000,
        "i32 is resized too: %d and %d", ((int32_t *)o.data)[0],
        ((int32_t *)o.data)[1]);
    ok(!seg_image_resize(&o, &i, NULL, SEG_RESIZE_NEAREST, &arena, &err),
        "to the nearest as well");
}

int
main(void)
{
    test_bilinear();
    test_plain_cases();
    test_nearest();
    test_refusals();
    seg_arena_free(&arena);
    return done();
}
