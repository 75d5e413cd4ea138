/*
 * Pseudo labels: levels of confidence, limits against a sorted list, prototypes
 * against a naive twin.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/pseudo/confidence.h"
#include "lib/pseudo/label.h"
#include "lib/pseudo/prototypes.h"
#include "tests/unit/tap.h"

static struct seg_arena arena;
static struct seg_err e;

/* ---- levels ---- */

static void
test_levels(void)
{
    int inside = 1, tight = 1, exact = 1, all = 1;

    for (int i = 0; i <= 1000000; i++) {
        float c = (float)i / 1000000;
        int level = seg_confidence_level(c);
        double low = seg_confidence_lowest(level);
        double next = level ? seg_confidence_lowest(level - 1) : 2;

        inside &= (double)c >= low - 0x1p-25 && (double)c < next;
        tight &= (double)c - low <= (1 - low) / 2048 + 0x1p-25;
    }
    ok(inside, "a confidence is in its level");
    ok(tight, "1 - c varies within a level by at most 1/2048");
    for (int m = 0; m < 4096; m++)
        exact &= seg_confidence_level(1 - (float)m * 0x1p-24F) == m &&
                 seg_confidence_lowest(m) == 1 - m * 0x1p-24;
    ok(exact, "the levels of the highest confidences are single numbers");
    for (int i = 1; i < SEG_CONFIDENCE_LEVELS; i++)
        all &= seg_confidence_lowest(i) < seg_confidence_lowest(i - 1) &&
               seg_confidence_level((float)seg_confidence_lowest(i)) == i;
    ok(all, "each level contains its lowest confidence, in falling order");
    ok(seg_confidence_level(0) == SEG_CONFIDENCE_LEVELS - 1 &&
            seg_confidence_level(-1) == SEG_CONFIDENCE_LEVELS - 1 &&
            seg_confidence_level(1) == 0 && seg_confidence_level(1.0005F) == 0,
        "the ends are levels, and values beyond them belong to them");
}

/* ---- limits ---- */

enum { PIXELS = 5000 };

static int
falling(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x < y) - (x > y);
}

/* Confidences near 1, as networks have them; every tenth occurs twice. */
static void
draw_confidences(float *c, uint8_t *class, struct seg_rng *r)
{
    for (int i = 0; i < PIXELS; i++) {
        double u = seg_rng_unit(r);

        c[i] = i % 10 == 9 ? c[i - 1] : (float)(1 - u * u * u * 0.9);
        class[i] = (uint8_t)(i % 7 == 3 ? 255 : seg_rng_unit(r) * 3);
    }
}

static void
test_limits(void)
{
    static float c[PIXELS], sorted[PIXELS];
    static uint8_t class[PIXELS];
    struct seg_confidence_counts counts = {.arena = &arena};
    struct seg_rng r = seg_rng_make(1, NULL, "pseudo", 0);
    int right = 1, n[3] = {0};

    draw_confidences(c, class, &r);
    ok(!seg_confidence_counts_add(&counts, class, c, PIXELS / 2, &e) &&
            !seg_confidence_counts_add(&counts, class + PIXELS / 2,
                c + PIXELS / 2, PIXELS - PIXELS / 2, &e),
        "confidences are counted");
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < PIXELS; i++)
            if (class[i] == k)
                sorted[n[k]++] = c[i];
        qsort(sorted, (size_t)n[k], sizeof *sorted, falling);
        for (int s = 1; s <= 100; s++) {
            int wanted = (s * n[k] + 99) / 100;
            int limit = seg_confidence_limit(&counts, k, s / 100.);

            right &= limit == seg_confidence_level(sorted[wanted - 1]);
        }
    }
    ok(counts.pixels[0] == (uint64_t)n[0] && counts.pixels[2] == (uint64_t)n[2],
        "pixels of each class are counted");
    ok(right, "the limit is the level of the last pixel of the share");
    ok(seg_confidence_limit(&counts, 0, 0) == -1 &&
            seg_confidence_limit(&counts, 3, 1) == -1,
        "there is no limit for no pixels");
    seg_confidence_counts_clear(&counts);
    ok(!counts.pixels[0] && seg_confidence_limit(&counts, 0, 1) == -1,
        "counts can be cleared");
}

/* ---- labels ---- */

static void
test_label(void)
{
    const uint8_t class[] = {0, 0, 1, 1, 255, 2, 1};
    const uint8_t truth[] = {0, 1, 1, 9, 0, 2, 0};
    const uint8_t disputed[] = {0, 0, 0, 0, 0, 1, 0};
    const float c[] = {0.9F, 0.5F, 0.9F, 0.8F, 0, 1, 0.7F};
    struct seg_pseudo_image image = {7, class, c, disputed, truth};
    int limit[255];
    struct seg_pseudo_rule rule = {.ignore = 9, .above = 0.7F, .limit = limit};
    struct seg_pseudo_counts n[255] = {{0}};
    uint8_t label[7];

    for (int k = 0; k < 255; k++)
        limit[k] = SEG_CONFIDENCE_LEVELS;
    limit[1] = seg_confidence_level(0.8F);
    seg_pseudo_label(label, n, &image, &rule);
    ok(!memcmp(label, (uint8_t[]){0, 9, 1, 1, 9, 9, 9}, 7),
        "a pixel must reach the confidence, the limit and the agreement");
    ok(n[0].predicted == 2 && n[0].trusted == 1 && n[0].judged == 2 &&
            n[0].right == 1 && n[0].trusted_judged == 1 &&
            n[0].trusted_right == 1,
        "pixels of class 0 are counted");
    ok(n[1].predicted == 3 && n[1].trusted == 2 && n[1].judged == 2 &&
            n[1].right == 1 && n[1].trusted_judged == 1,
        "ignored truth is not judged");
    rule = (struct seg_pseudo_rule){.ignore = 1};
    image = (struct seg_pseudo_image){.n = 7, .class = class};
    seg_pseudo_label(label, n, &image, &rule);
    ok(!memcmp(label, (uint8_t[]){0, 0, 1, 1, 1, 2, 1}, 7) && n[1].trusted == 2,
        "the ignore value is never a trusted class");
}

/* ---- prototypes ---- */

enum { K = 4, D = 3, MOST = 20 * 20 };

/* A random image of the sizes in f. */
static void
draw_image(struct seg_pseudo_features *f, uint8_t *class, float *probs,
    float *x, struct seg_rng *r)
{
    int n = f->image_h * f->image_w;

    for (int i = 0; i < n * K; i++)
        probs[i] = (float)seg_rng_unit(r);
    for (int i = 0; i < n; i++)
        class[i] = (uint8_t)(i % 11 == 5 ? 255 : seg_rng_unit(r) * (K - 1));
    for (int i = 0; i < f->h * f->w * D; i++)
        x[i] = (float)(seg_rng_unit(r) * 4 - 2);
    f->class = class;
    f->probs = probs;
    f->x = x;
}

static const float *
naive_feature(const struct seg_pseudo_features *f, int y, int x)
{
    int i = (int)floor((y + 0.5) * f->h / f->image_h),
        j = (int)floor((x + 0.5) * f->w / f->image_w);

    return f->x + (i * f->w + j) * D;
}

static void
naive_means(double mean[K][D], double *n, const struct seg_pseudo_features *f)
{
    memset(mean, 0, K * sizeof *mean);
    memset(n, 0, K * sizeof *n);
    for (int y = 0; y < f->image_h; y++)
        for (int x = 0; x < f->image_w; x++) {
            int k = f->class[y * f->image_w + x];

            if (k == 255)
                continue;
            n[k]++;
            for (int c = 0; c < D; c++)
                mean[k][c] += (double)naive_feature(f, y, x)[c];
        }
    for (int k = 0; k < K; k++)
        for (int c = 0; c < D; c++)
            mean[k][c] /= n[k];
}

/* The products w p of a pixel, which do not underflow here; their sum. */
static double
naive_products(double *v, double mean[K][D], const double *n,
    const struct seg_pseudo_features *f, int y, int x, double t)
{
    double sum = 0;

    for (int k = 0; k < K; k++) {
        double d = 0;

        for (int c = 0; c < D; c++)
            d += pow((double)naive_feature(f, y, x)[c] - mean[k][c], 2);
        v[k] = n[k] > 0 ? exp(-sqrt(d) / t) *
                              (double)f->probs[(y * f->image_w + x) * K + k]
                        : 0;
        sum += v[k];
    }
    return sum;
}

static int
agrees(const uint8_t *class, const float *confidence,
    const struct seg_pseudo_features *f, double t)
{
    double mean[K][D], n[K], v[K];

    naive_means(mean, n, f);
    for (int y = 0; y < f->image_h; y++)
        for (int x = 0; x < f->image_w; x++) {
            int at = y * f->image_w + x, best = 0;
            double sum = naive_products(v, mean, n, f, y, x, t);

            for (int k = 1; k < K; k++)
                best = v[k] > v[best] ? k : best;
            if (f->class[at] == 255) {
                if (class[at] != 255 || confidence[at] != 0)
                    return 0;
            } else if (class[at] != best ||
                       fabs((double)confidence[at] - v[best] / sum) > 1e-6)
                return 0;
        }
    return 1;
}

static void
test_prototypes(void)
{
    static const int sizes[][4] = {{5, 7, 5, 7}, {20, 20, 5, 5}, {17, 13, 4, 3},
        {3, 20, 1, 1}, {6, 5, 11, 9}};
    static uint8_t before[MOST], class[MOST], again[MOST];
    static float probs[MOST * K], x[MOST * D], confidence[MOST], other[MOST];
    struct seg_rng r = seg_rng_make(2, NULL, "pseudo", 0);

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct seg_pseudo_features f = {.image_h = sizes[i][0],
            .image_w = sizes[i][1],
            .h = sizes[i][2],
            .w = sizes[i][3]};
        struct seg_prototypes p;
        size_t n = (size_t)f.image_h * f.image_w;

        draw_image(&f, before, probs, x, &r);
        if (seg_prototypes_start(&p, K, D, &arena, &e))
            return;
        seg_prototypes_add(&p, &f);
        seg_prototypes_finish(&p);
        seg_prototypes_classify(class, confidence, &p, &f, 0.5, 1);
        ok(agrees(class, confidence, &f, 0.5),
            "prototypes: as the naive twin, features [%d,%d] for [%d,%d]", f.h,
            f.w, f.image_h, f.image_w);
        seg_prototypes_classify(again, other, &p, &f, 0.5, 3);
        ok(!memcmp(class, again, n) &&
                !memcmp(confidence, other, n * sizeof *other),
            "prototypes: three threads give the same bits");
    }
}

/* Weights of other classes underflow: exp(-1e6) is 0. */
static void
test_far(void)
{
    const uint8_t before[] = {0, 1, 0, 255};
    const float probs[] = {1, 0, 0, 1, 0, 1, 0, 0}, x[] = {0, 1e6F, 0, 0};
    struct seg_pseudo_features f = {1, 4, before, probs, 1, 4, x};
    struct seg_prototypes p;
    uint8_t class[4];
    float c[4];

    ok(!seg_prototypes_start(&p, 2, 1, &arena, &e), "two prototypes");
    seg_prototypes_add(&p, &f);
    seg_prototypes_finish(&p);
    seg_prototypes_classify(class, c, &p, &f, 1, 1);
    ok(class[0] == 0 && class[1] == 1 && class[2] == 1 && c[2] == 1 &&
            class[3] == 255 && c[3] == 0,
        "a class of probability 0 loses, however far the other one is");
}

int
main(void)
{
    test_levels();
    test_limits();
    test_label();
    test_prototypes();
    test_far();
    seg_arena_free(&arena);
    return done();
}
