/*
 * Resampling: draws depend only on keys, intervals have the stated coverage,
 * and the test is exact for a small case in which all swaps can be enumerated.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/score/bootstrap.h"
#include "tests/unit/tap.h"

enum { CLASSES = 2, PIXELS = 100, MOST = 64 };

static const struct seg_convention how = {.background = -1};

/* A case of 100 pixels of class 0, `right` of them predicted correctly. */
static void
make_case(double *sums, int right)
{
    uint64_t count[4] = {(uint64_t)right, (uint64_t)(PIXELS - right), 0, 0};
    struct seg_confusion c = {CLASSES, 255, count, 0, 1};

    seg_score_sums_case(sums, &c, &how);
}

static const char *
key_of(int i)
{
    static char key[20];

    snprintf(key, sizeof key, "case/%d", i);
    return key;
}

static void
test_draws(struct seg_arena *a)
{
    enum { N = 2000 };
    struct seg_err e;
    struct seg_resamples r, back;
    double one[MOST] = {0}, mean = 0, squares = 0;

    make_case(one, PIXELS);
    if (seg_resamples_init(&r, a, N, CLASSES, 1, &e) ||
        seg_resamples_init(&back, a, N, CLASSES, 1, &e))
        return;
    for (int i = 0; i < 100; i++)
        seg_resamples_add(&r, one, key_of(i));
    for (int i = 100; i-- > 0;)
        seg_resamples_add(&back, one, key_of(i));
    size_t size = (size_t)seg_score_sums_size(CLASSES);
    ok(!memcmp(r.sums, back.sums, N * size * sizeof *r.sums),
        "cases in another order make the same resamples");
    for (int i = 0; i < N; i++) {
        /* the first of the sums is the number of pixels of class 0 */
        double times = r.sums[(size_t)i * size] / PIXELS - 100;

        mean += times / N;
        squares += times * times / N;
    }
    ok(fabs(mean) < 1 && fabs(squares - 100) < 10,
        "100 cases are drawn %.2f times, variance %.1f", 100 + mean, squares);
}

/* Coverage: how often the interval of the accuracy over 50 cases, each with a
   random number of correct pixels, contains the true accuracy. */
static void
test_coverage(struct seg_arena *a)
{
    enum { TRIALS = 200, N = 400, CASES = 50 };
    int held = 0;

    for (int i = 0; i < TRIALS; i++) {
        struct seg_rng rng = seg_rng_make(2, "", "coverage", (uint64_t)i);
        struct seg_resamples r;
        struct seg_interval v;
        struct seg_err e;
        double one[MOST] = {0};

        seg_arena_reset(a);
        if (seg_resamples_init(&r, a, N, CLASSES, (uint64_t)i, &e))
            return;
        for (int j = 0; j < CASES; j++) {
            make_case(one, (int)seg_rng_below(&rng, PIXELS + 1));
            seg_resamples_add(&r, one, key_of(j));
        }
        if (seg_resamples_interval(&v, &r, NULL, SEG_ACCURACY, &how, a, &e))
            return;
        held += v.low <= 0.5 && 0.5 <= v.high;
    }
    ok(held >= 180 && held <= 199, "%d of %d intervals hold the true value",
        held, TRIALS);
}

/* Differences of eight cases: p is the fraction of the 2^8 swaps whose
   difference is at least as large. */
static void
test_exact(struct seg_arena *a)
{
    enum { CASES = 8, N = 20000 };
    static const int first[CASES] = {80, 75, 90, 60, 55, 88, 70, 65},
                     second[CASES] = {70, 77, 80, 58, 40, 80, 71, 60};
    struct seg_err e;
    struct seg_resamples x, y;
    double one[MOST] = {0}, two[MOST] = {0};
    int seen = 0, as_large = 0;

    seg_arena_reset(a);
    if (seg_resamples_init(&x, a, N, CLASSES, 3, &e) ||
        seg_resamples_init(&y, a, N, CLASSES, 3, &e))
        return;
    for (int i = 0; i < CASES; i++) {
        make_case(one, first[i]);
        make_case(two, second[i]);
        seg_resamples_swap(&x, &y, one, two, key_of(i));
        seen += first[i] - second[i];
    }
    for (int swaps = 0; swaps < 1 << CASES; swaps++) {
        int d = 0;

        for (int i = 0; i < CASES; i++)
            d += (first[i] - second[i]) * (swaps >> i & 1 ? -1 : 1);
        as_large += d >= seen || d <= -seen;
    }
    double exact = (double)as_large / (1 << CASES);
    double p = seg_resamples_p(
        (double)seen / (CASES * PIXELS), &x, &y, SEG_ACCURACY, &how);
    ok(fabs(p - exact) < 0.006, "p %.4f of draws, %.4f of all swaps", p, exact);
}

/* Two predictors of equal quality: p is uniformly distributed. */
static void
test_null(struct seg_arena *a)
{
    enum { TRIALS = 400, CASES = 30, N = 200 };
    int low = 0, half = 0;

    for (int i = 0; i < TRIALS; i++) {
        struct seg_rng rng = seg_rng_make(4, "", "null", (uint64_t)i);
        struct seg_resamples x, y;
        struct seg_err e;
        double one[MOST] = {0}, two[MOST] = {0};
        int d = 0;

        seg_arena_reset(a);
        if (seg_resamples_init(&x, a, N, CLASSES, (uint64_t)i, &e) ||
            seg_resamples_init(&y, a, N, CLASSES, (uint64_t)i, &e))
            return;
        for (int j = 0; j < CASES; j++) {
            int right = (int)seg_rng_below(&rng, PIXELS),
                other = (int)seg_rng_below(&rng, PIXELS);

            make_case(one, right);
            make_case(two, other);
            d += right - other;
            seg_resamples_swap(&x, &y, one, two, key_of(j));
        }
        double p = seg_resamples_p(
            (double)d / (CASES * PIXELS), &x, &y, SEG_ACCURACY, &how);
        low += p <= 0.05;
        half += p <= 0.5;
    }
    ok(low >= 8 && low <= 34 && half >= 170 && half <= 230,
        "of %d tests of equals %d have p <= 0.05 and %d p <= 0.5", TRIALS, low,
        half);
}

static void
test_same(struct seg_arena *a)
{
    struct seg_err e;
    struct seg_resamples x, y, xs, ys;
    struct seg_interval v = {1, 1};
    double one[MOST] = {0};

    seg_arena_reset(a);
    if (seg_resamples_init(&x, a, 50, CLASSES, 5, &e) ||
        seg_resamples_init(&y, a, 50, CLASSES, 5, &e) ||
        seg_resamples_init(&xs, a, 50, CLASSES, 5, &e) ||
        seg_resamples_init(&ys, a, 50, CLASSES, 5, &e))
        return;
    for (int i = 0; i < 20; i++) {
        make_case(one, 3 * i);
        seg_resamples_add(&x, one, key_of(i));
        seg_resamples_add(&y, one, key_of(i));
        seg_resamples_swap(&xs, &ys, one, one, key_of(i));
    }
    ok(!seg_resamples_interval(&v, &x, &y, SEG_MIOU, &how, a, &e) &&
            v.low == 0 && v.high == 0,
        "a predictor differs from itself by 0 to 0");
    ok(seg_resamples_p(0, &xs, &ys, SEG_MIOU, &how) == 1, "with p = 1");
}

int
main(void)
{
    struct seg_arena a = {0};

    if (seg_score_sums_size(CLASSES) > MOST)
        return 1;
    test_draws(&a);
    test_coverage(&a);
    test_exact(&a);
    test_null(&a);
    test_same(&a);
    seg_arena_free(&a);
    return done();
}
