/* Histograms against sorting, merged from parts, and at the limits of types. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/image/histogram.h"
#include "lib/image/percentile.h"
#include "tests/unit/tap.h"

enum { N = 5000 };
static struct seg_arena arena;
static struct seg_err e;
static const double ps[] = {0, 0.5, 2, 33, 50, 98, 99.5, 100};
enum { PS = sizeof ps / sizeof *ps };

static void
test_exact(enum seg_type type)
{
    struct seg_rng r = seg_rng_make(1, NULL, "levels", type);
    static uint8_t bytes[N * sizeof(float)];
    struct seg_tensor t = {"x", type, 3, {N / 2, 1, 2}, 0, bytes};
    struct seg_histogram l[2], merged;
    int good = 1;

    for (int i = 0; i < N; i++) {
        int v = (int)seg_rng_below(&r, i % 2 ? 40 : 60000);

        if (type == SEG_U8)
            bytes[i] = (uint8_t)v;
        else if (type == SEG_F32)
            ((float *)(void *)bytes)[i] = (float)v;
        else
            ((uint16_t *)(void *)bytes)[i] = (uint16_t)v;
    }
    t.bytes = N * seg_type_size(type);
    for (int b = 0; b < 2; b++) {
        const uint8_t *from = bytes + (size_t)b * seg_type_size(type);
        double want[PS];

        good &= !seg_histogram_start(&l[b], &arena, &e) &&
                !seg_histogram_add(&l[b], type, from, N / 2, 2, &e) &&
                !seg_percentiles(want, ps, PS, &t, NULL, (size_t)b, &arena, &e);
        for (int k = 0; k < PS; k++)
            good &= fabs(seg_histogram_percentile(&l[b], ps[k]) - want[k]) <=
                    1e-9 * fabs(want[k]);
    }
    ok(good, "percentiles of %s are those of the image", seg_type_name(type));
    good = !seg_histogram_start(&merged, &arena, &e) &&
           !seg_histogram_merge(&merged, &l[1], &e) &&
           !seg_histogram_merge(&merged, &l[0], &e) &&
           !seg_histogram_merge(&l[0], &l[1], &e);
    struct seg_histogram_bin a = {0}, b = {0};
    uint64_t n = 0;
    while (seg_histogram_next(&merged, &a)) {
        good &=
            seg_histogram_next(&l[0], &b) && a.value == b.value && a.n == b.n;
        n += a.n;
    }
    ok(good && n == N && !seg_histogram_next(&l[0], &b), "parts add up");
}

static void
test_floats(void)
{
    static const float v[] = {-1e30f, -0.3f, -0.0f, 0.001f, 112.25f, 1.7e6f,
        3.4028235e38f, NAN, INFINITY};
    struct seg_histogram l;
    struct seg_histogram_bin at = {0};
    double last = -INFINITY, mean, sd;
    int n = 0, good = 1;

    ok(!seg_histogram_start(&l, &arena, &e) &&
            !seg_histogram_add(&l, SEG_F32, v, sizeof v / sizeof *v, 1, &e),
        "floats");
    while (seg_histogram_next(&l, &at)) {
        good &= at.value > last &&
                fabs(at.value - (double)v[n]) <= fabs((double)v[n]) / 256;
        last = at.value;
        n++;
    }
    ok(good && n == 7, "in order, within 1/256; nan and infinity do not count");
    ok(!seg_histogram_start(&l, &arena, &e) &&
            isnan(seg_histogram_percentile(&l, 50)),
        "nothing has no percentile");
    seg_histogram_mean_sd(&mean, &sd, &l, 0, 1);
    ok(isnan(mean), "nor a mean");
    ok(!seg_histogram_count(&l, -5, 1, &e) &&
            !seg_histogram_count(&l, 3, 2, &e) &&
            !seg_histogram_count(&l, 1e6, 1, &e),
        "four values");
    seg_histogram_mean_sd(&mean, &sd, &l, 0, 7);
    ok(mean == 13.0 / 4 && fabs(sd - sqrt(67.0 / 4 - mean * mean)) < 1e-12,
        "moments of what is clipped");
}

int
main(void)
{
    test_exact(SEG_U8);
    test_exact(SEG_U16);
    test_exact(SEG_F32);
    test_floats();
    seg_arena_free(&arena);
    return done();
}
