/* Exact sums: compared with integers, in any order, and through text. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "lib/base/exact.h"
#include "lib/base/rng.h"
#include "tests/unit/tap.h"

enum { N = 4000 };

static int
same(const struct seg_exact *x, const struct seg_exact *y)
{
    char a[SEG_EXACT_TEXT], b[SEG_EXACT_TEXT];

    seg_exact_print(a, x);
    seg_exact_print(b, y);
    return !strcmp(a, b);
}

/* Floats of any magnitude, some of them subnormal. */
static float
any(struct seg_rng *r)
{
    uint32_t bits = (uint32_t)seg_rng_bits(r);
    float v;

    if ((bits >> 23 & 255) == 255)
        bits ^= 1u << 30;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static void
test_orders(void)
{
    static float v[N];
    struct seg_rng r = seg_rng_make(1, NULL, "exact", 0);
    struct seg_exact sum[3] = {0}, squares[3] = {0}, part, more;
    static int order[N];

    for (int i = 0; i < N; i++) {
        v[i] = any(&r);
        order[i] = i;
    }
    seg_rng_shuffle(&r, order, N);
    memset(&part, 0, sizeof part);
    memset(&more, 0, sizeof more);
    for (int i = 0; i < N; i++) {
        seg_exact_add_float(&sum[0], &squares[0], v[i]);
        seg_exact_add_float(&sum[1], &squares[1], v[order[i]]);
        seg_exact_add_float(
            i % 3 ? &sum[2] : &part, i % 3 ? &squares[2] : &more, v[N - 1 - i]);
    }
    seg_exact_merge(&sum[2], &part);
    seg_exact_merge(&squares[2], &more);
    ok(same(&sum[0], &sum[1]) && same(&squares[0], &squares[1]),
        "in another order the same");
    ok(same(&sum[0], &sum[2]) && same(&squares[0], &squares[2]),
        "in parts the same");
    for (int i = 0; i < N; i++)
        seg_exact_add_float(&sum[0], &squares[1], -v[i]);
    ok(seg_exact_value(&sum[0]) == 0, "and everything taken away is nothing");
}

static void
test_whole(void)
{
    struct seg_rng r = seg_rng_make(2, NULL, "exact", 0);
    struct seg_exact x = {0};
    __int128 sum = 0;
    int good = 1;

    for (int i = 0; i < N; i++) {
        int64_t m = (int64_t)(seg_rng_bits(&r) >> 3) - (1ll << 60);

        seg_exact_add(&x, m, i % 40);
        sum += (__int128)m * ((int64_t)1 << i % 40);
        good &= fabsl(seg_exact_value(&x) - (long double)sum) <=
                fabsl((long double)sum) * LDBL_EPSILON;
    }
    ok(good, "whole numbers");
}

static void
test_text(void)
{
    static const struct {
        int64_t m;
        int k;
        const char *text;
    } made[] = {{0, 0, "0"}, {1, 0, "1"}, {-1, 0, "-1"}, {3, -1, "0x18p-4"},
        {-3, -1, "-0x18p-4"}, {1, 119, "664613997892457936451903530140172288"},
        {1, 120, "0x1p120"}, {-5, 121, "-0xap120"}, {1, -298, "0x4p-300"},
        {(1ll << 61) + 1, -10, "0x8000000000000004p-12"}};
    static const char *const bad[] = {"", "-", "x", "1.5", "0x", "0x1", "0x1p",
        "0x1p-321", "0x1p321", "0x1p4x", "0xgp1", " 1", "1 ",
        "12345678901234567890123456789012345678", "nano"};
    struct seg_rng r = seg_rng_make(3, NULL, "exact", 0);
    char text[SEG_EXACT_TEXT], again[SEG_EXACT_TEXT];
    struct seg_exact x, y, squares;
    int good = 1;

    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        memset(&x, 0, sizeof x);
        seg_exact_add(&x, made[i].m, made[i].k);
        seg_exact_print(text, &x);
        ok(!strcmp(text, made[i].text) && !seg_exact_parse(&y, text) &&
                same(&x, &y),
            "%s", text);
    }
    memset(&x, 0, sizeof x);
    memset(&squares, 0, sizeof squares);
    for (int i = 0; i < N; i++) {
        seg_exact_add_float(&x, &squares, any(&r));
        good &= seg_exact_print(text, i % 2 ? &x : &squares) < SEG_EXACT_TEXT &&
                !seg_exact_parse(&y, text) && seg_exact_print(again, &y) > 0 &&
                !strcmp(text, again);
    }
    ok(good, "sums go through text");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ok(seg_exact_parse(&x, bad[i]) < 0, "'%s' is refused", bad[i]);
    seg_exact_add_float(&x, &squares, NAN);
    seg_exact_print(text, &x);
    ok(!strcmp(text, "nan") && isnan(seg_exact_value(&x)) &&
            !seg_exact_parse(&y, text) && y.not_finite,
        "nan stays");
}

int
main(void)
{
    test_orders();
    test_whole();
    test_text();
    return done();
}
