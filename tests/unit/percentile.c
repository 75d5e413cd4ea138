/* Percentiles against sorting, for values with and without ties. */
#include <math.h>
#include <stdlib.h>

#include "lib/base/rng.h"
#include "lib/image/percentile.h"
#include "tests/unit/tap.h"

enum { CASES = 300 };
static const double at[] = {0, 100, 50, 2, 98, 33.3, 99.99};
enum { ASKED = sizeof at / sizeof *at };

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double
by_sorting(const struct seg_tensor *t, size_t b, double percentile)
{
    static double x[100000];
    size_t n = 0;

    for (size_t i = b; i < seg_tensor_count(t); i += t->shape[2])
        if (isfinite(seg_tensor_get(t, i)))
            x[n++] = seg_tensor_get(t, i);
    if (!n)
        return NAN;
    qsort(x, n, sizeof *x, ascending);
    double place = percentile / 100 * (double)(n - 1);
    size_t low = (size_t)place, high = low + 1 < n ? low + 1 : low;
    return x[low] + (place - (double)low) * (x[high] - x[low]);
}

static int
agree(double a, double b)
{
    return isnan(b) ? isnan(a) : a == b;
}

int
main(void)
{
    struct seg_arena a = {0};
    struct seg_err e;
    int good = 0, bad = 0;

    for (uint64_t c = 0; c < CASES; c++) {
        struct seg_rng r = seg_rng_make(c, "percentile", "test", 0);
        uint64_t h = 1 + seg_rng_bits(&r) % 40, w = 1 + seg_rng_bits(&r) % 40;
        uint64_t bands = 1 + c % 3, kind = c % 5;
        size_t n = h * w * bands;
        float *x = seg_take(&a, n, sizeof *x, &e);
        struct seg_tensor t = {
            "image", SEG_F32, 3, {h, w, bands}, n * sizeof *x, x};
        double value[ASKED];

        for (size_t i = 0; i < n; i++) {
            uint64_t bits = seg_rng_bits(&r);

            x[i] = kind == 0   ? (float)(bits % 1000003) - 5e5f
                   : kind == 1 ? (float)(bits % 3)
                   : kind == 2 ? (float)i
                   : kind == 3 ? -(float)i
                               : 7;
            if (bits >> 60 == 0)
                x[i] = bits & 1 ? NAN : INFINITY;
        }
        for (size_t b = 0; b < bands; b++) {
            if (seg_percentiles(value, at, ASKED, &t, NULL, b, &a, &e))
                return 1;
            for (int i = 0; i < ASKED; i++)
                *(agree(value[i], by_sorting(&t, b, at[i])) ? &good : &bad) +=
                    1;
        }
        seg_arena_reset(&a);
    }
    ok(good > CASES * ASKED && !bad, "%d percentiles, %d wrong", good, bad);

    float none[2] = {NAN, -INFINITY};
    struct seg_tensor t = {"image", SEG_F32, 2, {1, 2}, sizeof none, none};
    double value;
    ok(!seg_percentiles(&value, at, 1, &t, NULL, 0, &a, &e) && isnan(value),
        "of no finite value there is none");
    seg_arena_free(&a);
    return done();
}
