/* Pixels without data, and operations on images that contain them. */
#include <math.h>
#include <string.h>

#include "lib/image/nodata.h"
#include "tests/unit/tap.h"

static struct seg_err e;
static struct seg_arena a;

static struct seg_tensor
tensor(enum seg_type type, size_t h, size_t w, size_t c)
{
    struct seg_tensor t = {
        "image", type, 3, {h, w, c}, h * w * c * seg_type_size(type), NULL};

    t.data = seg_take(&a, t.bytes, 1, &e);
    return t;
}

static void
test_parse(void)
{
    static const char *const good[] = {
        "-9999", " -9999.0 ", "nan", "-3.4028235e+38", "0", "1e20\n"};
    static const char *const bad[] = {"", "none", "1x", "1,5", "n/a", " "};
    double v;
    int n = 0, wrong = 0;

    for (int i = 0; i < 6; i++) {
        n += !seg_nodata_parse(&v, good[i]);
        wrong += !seg_nodata_parse(&v, bad[i]);
    }
    ok(n == 6 && !wrong, "%d numbers, %d words taken for numbers", n, wrong);
}

static void
test_set(void)
{
    static const double values[] = {
        -9999, 0.1, -3.4028234663852886e38, -2147483648., NAN, INFINITY, 0};
    static const char *const texts[] = {"-9999", "0.1",
        "-3.4028234663852886e+38", "-2147483648", "nan", "inf", "0"};
    struct seg_record rec = {0};
    struct seg_nodata q;
    int same = 0;

    ok(!seg_nodata_get(&q, &rec, &e) && !q.declared, "nothing is declared");
    for (int i = 0; i < 7; i++) {
        same += !seg_nodata_set(&rec, values[i], &e) &&
                !strcmp(seg_record_meta(&rec, "seg.nodata"), texts[i]) &&
                !seg_nodata_get(&q, &rec, &e) && q.declared &&
                (q.value == values[i] || isnan(values[i]));
    }
    ok(same == 7, "%d values there and back", same);
    ok(!seg_record_set(&rec, "seg.nodata", "no", &e) &&
            seg_nodata_get(&q, &rec, &e) && e.kind == SEG_EDATA,
        "a word is refused: %s", e.text);
    seg_record_free(&rec);
}

/* One pixel with bands x and y. */
static enum seg_gap
pixel(enum seg_type type, double value, double x, double y)
{
    struct seg_nodata q = {1, value};
    struct seg_tensor t = tensor(type, 1, 1, 2);

    seg_tensor_put(&t, 0, x);
    seg_tensor_put(&t, 1, y);
    return seg_nodata_at(&q, &t, 0);
}

static void
test_at(void)
{
    struct seg_nodata none = {0};
    struct seg_tensor t = tensor(SEG_F32, 1, 1, 1);

    ok(pixel(SEG_F32, -9999, 1, 2) == SEG_GAP_NONE &&
            pixel(SEG_F32, -9999, 1, -9999) == SEG_GAP_DECLARED &&
            pixel(SEG_I16, -9999, -9999, 1) == SEG_GAP_DECLARED,
        "one band is enough");
    ok(pixel(SEG_U8, 0, 0, 7) == SEG_GAP_NONE &&
            pixel(SEG_U8, 0, 0, 0) == SEG_GAP_DECLARED &&
            pixel(SEG_U8, 255, 255, 7) == SEG_GAP_NONE &&
            pixel(SEG_U16, 65535, 65535, 65535) == SEG_GAP_DECLARED &&
            pixel(SEG_F32, 0, 0, 1) == SEG_GAP_NONE,
        "but for 0, 255 and 65535");
    ok(pixel(SEG_F32, NAN, 1, NAN) == SEG_GAP_DECLARED &&
            pixel(SEG_F32, NAN, 1, INFINITY) == SEG_GAP_NOT_FINITE &&
            pixel(SEG_F32, -9999, NAN, 1) == SEG_GAP_NOT_FINITE &&
            pixel(SEG_F64, 0, 0, NAN) == SEG_GAP_NOT_FINITE,
        "nan is data nowhere, declared or not");
    ok(pixel(SEG_F32, 0.1, 0.1, 1) == SEG_GAP_DECLARED &&
            pixel(SEG_F32, -3.4e38, -3.4028234663852886e38, 1) ==
                SEG_GAP_DECLARED &&
            pixel(SEG_F32, -3.40282e38, -3.4028234663852886e38, 1) ==
                SEG_GAP_DECLARED &&
            pixel(SEG_F32, -3.4e38, -3e38, 1) == SEG_GAP_NONE &&
            pixel(SEG_F32, 9999, 9999.5, 1) == SEG_GAP_NONE,
        "declared in other digits than the pixels have");
    ok(pixel(SEG_U8, -9999, 0, 0) == SEG_GAP_NONE &&
            pixel(SEG_I32, -2147483648., INT32_MIN, 1) == SEG_GAP_DECLARED,
        "values at the ends of a type and beyond");
    seg_tensor_put(&t, 0, -INFINITY);
    ok(seg_nodata_at(&none, &t, 0) == SEG_GAP_NOT_FINITE, "none declared");
}

/* Compares ranges with single pixels, in every type. */
static void
test_find(void)
{
    static const enum seg_type types[] = {SEG_U8, SEG_I8, SEG_U16, SEG_I16,
        SEG_U32, SEG_I32, SEG_F32, SEG_F64, SEG_F16, SEG_BF16};
    static const double declared[] = {7, 0, -7, NAN};
    int good = 0;

    for (int k = 0; k < 40; k++) {
        struct seg_tensor t = tensor(types[k / 4], 3, 16, 2);
        struct seg_nodata q = {k % 8 != 7, declared[k % 4]};
        uint8_t gap[48] = {0}, *map;
        size_t want = 0, same = 1;

        for (size_t i = 0; i < 96; i++)
            seg_tensor_put(&t, i, i == 77 ? NAN : (double)(i * 31 % 23) - 9);
        size_t found = seg_nodata_find(gap, &q, &t, 0, 48);
        for (size_t i = 0; i < 48; i++) {
            enum seg_gap at = seg_nodata_at(&q, &t, i);

            want += at != SEG_GAP_NONE;
            same &= !found || gap[i] == at;
        }
        good += found == want && same &&
                !seg_nodata_map(&map, &q, &t, &a, &e) &&
                (map != NULL) == (found > 0);
    }
    ok(good == 40, "%d of 40 images, all types, as pixel by pixel", good);
}

static void
test_count(void)
{
    struct seg_nodata_count n = {0};
    struct seg_nodata q = {1, -1};
    struct seg_tensor t = tensor(SEG_F32, 2, 3, 2);
    uint8_t *gap;

    ((float *)t.data)[4] = -1;
    ((float *)t.data)[9] = -INFINITY;
    ok(!seg_nodata_map(&gap, &q, &t, &a, &e) && gap, "gaps");
    seg_nodata_count_add(&n, &t, NULL, "x");
    seg_nodata_count_add(&n, &t, gap, "a.st: k");
    seg_nodata_count_add(&n, &t, gap, "a.st: l");
    ok(n.pixels == 2 && n.images == 2 &&
            !strcmp(n.first, "a.st: k: image is -inf at (x 1, y 1), band 1"),
        "counted and named: %s", n.first);
    uint8_t label[] = {0, 1, 2, 3, 4, 5};
    seg_nodata_ignore(label, gap, 6, 255);
    ok(!memcmp(label, (uint8_t[]){0, 1, 255, 3, 255, 5}, 6), "and ignored");
}

static void
test_resize(void)
{
    struct seg_nodata q = {1, -9999};
    struct seg_tensor in = tensor(SEG_I16, 8, 8, 2), out[3];
    int16_t *p = in.data;
    int bad = 0, gaps = 0;

    for (int i = 0; i < 128; i++)
        p[i] = (int16_t)(100 + i % 5);
    p[2 * (3 * 8 + 4)] = -9999;
    for (int k = 0; k < 3; k++) {
        static const size_t side[] = {5, 8, 13};
        size_t n = side[k] * side[k];

        out[k] = tensor(SEG_I16, side[k], side[k], 2);
        bad += seg_nodata_resize(
                   &out[k], &in, NULL, SEG_RESIZE_BILINEAR, &q, &a, &e) != 0;
        for (size_t i = 0; i < n; i++) {
            const int16_t *o = (const int16_t *)out[k].data + 2 * i;

            if (o[0] == -9999)
                gaps++;
            else
                bad += o[0] < 100 || o[0] > 104 || o[1] < 100 || o[1] > 104;
        }
    }
    ok(!bad && gaps > 3, "nothing in between: %d gaps, %d blends", gaps, bad);
    q.declared = 0;
    struct seg_tensor plain = out[0];
    plain.data = seg_take(&a, plain.bytes, 1, &e);
    ok(!seg_nodata_resize(
           &out[0], &in, NULL, SEG_RESIZE_BILINEAR, &q, &a, &e) &&
            !seg_image_resize(&plain, &in, NULL, SEG_RESIZE_BILINEAR, &a, &e) &&
            !memcmp(plain.data, out[0].data, plain.bytes),
        "the plain resize where nothing is declared");
}

static void
test_avoid(void)
{
    static const struct {
        enum seg_type type;
        double value, becomes;
    } cases[] = {{SEG_U8, 0, 1}, {SEG_U8, 255, 254}, {SEG_I16, -32768, -32767},
        {SEG_U16, 65535, 65534}, {SEG_I32, -5, -4}};
    int good = 0;

    for (int i = 0; i < 5; i++) {
        struct seg_nodata q = {1, cases[i].value};
        struct seg_tensor t = tensor(cases[i].type, 1, 1, 1);

        seg_tensor_put(&t, 0, cases[i].value);
        seg_nodata_avoid(&q, &t, 0);
        good += seg_tensor_get(&t, 0) == cases[i].becomes;
    }
    struct seg_nodata q = {1, -9999};
    struct seg_tensor t = tensor(SEG_F32, 1, 1, 1);
    seg_tensor_put(&t, 0, -9999);
    seg_nodata_avoid(&q, &t, 0);
    ok(good == 5 && ((float *)t.data)[0] > -9999 &&
            ((float *)t.data)[0] < -9998,
        "moved off the declared value: %d, %.9g", good,
        (double)((float *)t.data)[0]);
}

/* All 16-bit values converted in both directions; the limits of other types. */
static void
test_put(void)
{
    static const struct {
        enum seg_type type;
        double least, most;
    } ends[] = {{SEG_BOOL, 0, 1}, {SEG_U8, 0, 255}, {SEG_I8, -128, 127},
        {SEG_U16, 0, 65535}, {SEG_I16, -32768, 32767},
        {SEG_U32, 0, 4294967295.}, {SEG_I32, -2147483648., 2147483647.},
        {SEG_U64, 0, 18446744073709551615.},
        {SEG_I64, -9223372036854775808., 9223372036854775807.}};
    int good = 0, same = 0;

    for (int i = 0; i < 9; i++) {
        struct seg_tensor t = tensor(ends[i].type, 1, 4, 1);

        seg_tensor_put(&t, 0, -1e30);
        seg_tensor_put(&t, 1, 1e30);
        seg_tensor_put(&t, 2, 0.5);
        seg_tensor_put(&t, 3, NAN);
        good += seg_tensor_get(&t, 0) == ends[i].least &&
                seg_tensor_get(&t, 1) == ends[i].most &&
                seg_tensor_get(&t, 2) == 1 &&
                seg_tensor_get(&t, 3) == ends[i].least;
    }
    ok(good == 9, "%d types are kept within their range", good);
    for (int k = 0; k < 2; k++) {
        struct seg_tensor t = tensor(k ? SEG_BF16 : SEG_F16, 1, 2, 1);
        uint16_t *p = t.data;

        for (int i = 0; i < 65536; i++) {
            p[0] = (uint16_t)i;
            double v = seg_tensor_get(&t, 0);
            seg_tensor_put(&t, 1, v);
            same += p[1] == p[0] || (isnan(v) && isnan(seg_tensor_get(&t, 1)));
        }
    }
    ok(same == 2 * 65536, "%d numbers of 16 bits come back", same);
    struct seg_tensor t = tensor(SEG_F16, 1, 1, 1);
    seg_tensor_put(&t, 0, 2048 + 1); /* a tie: rounds to even */
    ok(seg_tensor_get(&t, 0) == 2048, "halves are rounded to even");
    seg_tensor_put(&t, 0, 2047.9);
    ok(seg_tensor_get(&t, 0) == 2048, "a carry reaches the exponent");
}

int
main(void)
{
    test_parse();
    test_set();
    test_at();
    test_find();
    test_count();
    test_resize();
    test_avoid();
    test_put();
    seg_arena_free(&a);
    return done();
}
