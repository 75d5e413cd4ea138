/*
 * Distances, surfaces, contours: each compared with its definition, pixel by
 * pixel, on random masks of odd sizes and spacings.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/score/boundary.h"
#include "lib/score/distance.h"
#include "tests/unit/tap.h"

enum { MASKS = 2000, SIDE = 7, MOST = SIDE * SIDE * SIDE, CLASSES = 3 };

struct masks {
    struct seg_volume_pair pair;
    size_t n;
    double tolerance;
    uint8_t truth[MOST], pred[MOST];
};

/* Blobs rather than noise: a voxel often equals the previous one. */
static void
paint(uint8_t *mask, size_t n, int used, struct seg_rng *r)
{
    for (size_t i = 0; i < n; i++)
        mask[i] = i && seg_rng_unit(r) < 0.7
                      ? mask[i - 1]
                      : (uint8_t)seg_rng_below(r, (uint64_t)used);
}

static void
random_masks(struct masks *m, int number, int flat)
{
    struct seg_rng r = seg_rng_make(1, "masks", "test", (uint64_t)number);
    struct seg_volume_pair *p = &m->pair;

    *p = (struct seg_volume_pair){.truth = m->truth, .pred = m->pred};
    m->n = 1;
    for (int i = 0; i < 3; i++) {
        p->shape[i] = flat && !i ? 1 : 1 + seg_rng_below(&r, SIDE);
        p->spacing[i] = flat ? 1 : 0.25 * (double)(1 + seg_rng_below(&r, 12));
        m->n *= p->shape[i];
    }
    m->tolerance = 0.5 * (double)seg_rng_below(&r, 5);
    paint(m->truth, m->n, 1 + (int)seg_rng_below(&r, CLASSES), &r);
    paint(m->pred, m->n, 1 + (int)seg_rng_below(&r, CLASSES), &r);
}

static void
place(size_t at[3], const struct seg_volume_pair *p, size_t i)
{
    at[2] = i % p->shape[2];
    at[1] = i / p->shape[2] % p->shape[1];
    at[0] = i / p->shape[2] / p->shape[1];
}

static double
squared(const struct seg_volume_pair *p, size_t i, size_t j)
{
    size_t a[3], b[3];
    double sum = 0;

    place(a, p, i);
    place(b, p, j);
    for (int k = 0; k < 3; k++) {
        double d = ((double)a[k] - (double)b[k]) * p->spacing[k];
        sum += d * d;
    }
    return sum;
}

/* Spacings are multiples of 1/4, so squares and their sums are exact. */
static void
test_distances(struct seg_arena *a)
{
    struct seg_err e;
    int good = 0;

    for (int i = 0; i < MASKS; i++) {
        struct masks m;
        double d[MOST];

        random_masks(&m, i, 0);
        for (size_t j = 0; j < m.n; j++)
            d[j] = m.truth[j] ? INFINITY : 0;
        seg_arena_reset(a);
        int same =
            !seg_distance_squared(d, m.pair.shape, m.pair.spacing, a, &e);
        for (size_t j = 0; j < m.n; j++) {
            double least = INFINITY;

            for (size_t k = 0; k < m.n; k++)
                if (!m.truth[k])
                    least = fmin(least, squared(&m.pair, j, k));
            same = same && d[j] == least;
        }
        good += same;
    }
    ok(good == MASKS, "%d of %d distance maps are exact", good, MASKS);
}

/* 1 if voxel i is of the class and has a face to one that is not. */
static int
is_surface(const struct seg_volume_pair *p, const uint8_t *mask, size_t i,
    int class_id, int border)
{
    size_t at[3];

    if (mask[i] != class_id)
        return 0;
    if (p->shape[0] * p->shape[1] * p->shape[2] == 1)
        return border;
    place(at, p, i);
    for (int k = 0; k < 3; k++)
        for (int step = -1; step <= 1; step += 2) {
            size_t b[3] = {at[0], at[1], at[2]};

            b[k] += (size_t)step;
            if (p->shape[k] == 1)
                continue;
            if (b[k] >= p->shape[k]
                    ? border
                    : mask[(b[0] * p->shape[1] + b[1]) * p->shape[2] + b[2]] !=
                          class_id)
                return 1;
        }
    return 0;
}

/* gap[] = distances from one surface to the other; returns their number. */
static int
gaps(double *gap, const struct seg_volume_pair *p, size_t n,
    const uint8_t *from, const uint8_t *to, int class_id, int border)
{
    int count = 0;

    for (size_t i = 0; i < n; i++) {
        double least = INFINITY;

        if (!is_surface(p, from, i, class_id, border))
            continue;
        for (size_t j = 0; j < n; j++)
            if (is_surface(p, to, j, class_id, border))
                least = fmin(least, squared(p, i, j));
        gap[count++] = sqrt(least);
    }
    return count;
}

/* The 95th percentile by ranks, interpolated linearly. */
static double
percentile_95(const double *x, int n)
{
    double at = 0.95 * (n - 1), low = NAN, high = NAN;
    int below = (int)at;

    for (int i = 0; i < n; i++) {
        int less = 0, equal = 0;

        for (int j = 0; j < n; j++) {
            less += x[j] < x[i];
            equal += x[j] == x[i];
        }
        if (less <= below && below < less + equal)
            low = x[i];
        if (less <= below + 1 && below + 1 < less + equal)
            high = x[i];
    }
    return below + 1 < n ? low + (at - below) * (high - low) : low;
}

static int
close_to(double x, double y)
{
    return isnan(x) ? isnan(y) : fabs(x - y) <= 1e-12 * fmax(1, fabs(y));
}

static int
surface_agrees(const struct masks *m, int class_id, struct seg_arena *a)
{
    struct seg_err e;
    struct seg_surface s;
    double d[MOST], f[MOST], sum = 0, near = 0;
    const struct seg_volume_pair *p = &m->pair;
    int n = gaps(d, p, m->n, m->truth, m->pred, class_id, 1);
    int k = gaps(f, p, m->n, m->pred, m->truth, class_id, 1);

    seg_arena_reset(a);
    if (seg_surface_measure(&s, p, class_id, m->tolerance, a, &e))
        return 0;
    if (!n && !k)
        return s.missing == SEG_IN_NEITHER && isnan(s.hd95) && isnan(s.assd) &&
               isnan(s.nsd);
    if (!n || !k) {
        double far = sqrt(squared(p, 0, m->n - 1));

        return s.missing == (n ? SEG_IN_TRUTH : SEG_IN_PRED) &&
               close_to(s.hd95, far) && close_to(s.assd, far) && s.nsd == 0;
    }
    for (int i = 0; i < n + k; i++) {
        double gap = i < n ? d[i] : f[i - n];

        sum += gap;
        near += gap <= m->tolerance;
    }
    return s.missing == SEG_IN_BOTH &&
           close_to(s.hd95, fmax(percentile_95(d, n), percentile_95(f, k))) &&
           close_to(s.assd, sum / (n + k)) && close_to(s.nsd, near / (n + k));
}

static void
test_surfaces(struct seg_arena *a)
{
    int good = 0;

    for (int i = 0; i < MASKS; i++) {
        struct masks m;

        random_masks(&m, i, i % 2);
        good += surface_agrees(&m, i % CLASSES, a);
    }
    ok(good == MASKS, "%d of %d surfaces agree with brute force", good, MASKS);
}

static double
share(const double *gap, int n, double limit)
{
    double near = 0;

    for (int i = 0; i < n; i++)
        near += gap[i] <= limit;
    return n ? near / n : 0;
}

/* 1 if pixel i is in the inner band of width d of the class. */
static int
in_band(
    const struct masks *m, const uint8_t *mask, size_t i, int class_id, long d)
{
    long h = (long)m->pair.shape[1], w = (long)m->pair.shape[2];
    long y = (long)i / w, x = (long)i % w;

    if (mask[i] != class_id)
        return 0;
    for (long v = y - d; v <= y + d; v++)
        for (long u = x - d; u <= x + d; u++)
            if (v < 0 || u < 0 || v >= h || u >= w ||
                mask[v * w + u] != class_id)
                return 1;
    return 0;
}

static int
outline_agrees(const struct masks *m, int class_id, struct seg_arena *a)
{
    struct seg_err e;
    struct seg_boundary b = {0};
    double d[MOST], f[MOST];
    const struct seg_volume_pair *p = &m->pair;
    double diagonal = hypot((double)p->shape[1], (double)p->shape[2]);
    int n = gaps(d, p, m->n, m->truth, m->pred, class_id, 0);
    int k = gaps(f, p, m->n, m->pred, m->truth, class_id, 0);
    double r = share(d, n, 0.0075 * diagonal),
           q = share(f, k, 0.0075 * diagonal);
    uint64_t both = 0, either = 0;

    for (size_t i = 0; i < m->n; i++) {
        int t = in_band(m, m->truth, i, class_id, 1),
            s = in_band(m, m->pred, i, class_id, 1);

        both += t && s;
        either += t || s;
    }
    seg_arena_reset(a);
    if (seg_boundary_add(&b, p, class_id, a, &e) || b.both != both ||
        b.either != either)
        return 0;
    if (!n && !k)
        return b.f.n == 0;
    return b.f.n == 1 && close_to(b.f.sum, q + r > 0 ? 2 * q * r / (q + r) : 0);
}

static void
test_outlines(struct seg_arena *a)
{
    int good = 0;

    for (int i = 0; i < MASKS; i++) {
        struct masks m;

        random_masks(&m, i, 1);
        good += outline_agrees(&m, i % CLASSES, a);
    }
    ok(good == MASKS, "%d of %d outlines agree with brute force", good, MASKS);
}

/* A square of 40 x 40 in an image of 120 x 160, and the same square shifted:
   the diagonal is 200, so theta is 1.5 and the bands are 4 wide. */
static struct seg_boundary
moved(size_t shift, struct seg_arena *a)
{
    enum { H = 120, W = 160, FROM = 30, TO = 70 };
    static uint8_t truth[H * W], pred[H * W];
    struct seg_volume_pair p = {{1, H, W}, {1, 1, 1}, truth, pred};
    struct seg_boundary b = {0};
    struct seg_err e;

    for (size_t y = 0; y < H; y++)
        for (size_t x = 0; x < W; x++) {
            int row = y >= FROM && y < TO;

            truth[y * W + x] = row && x >= FROM && x < TO;
            pred[y * W + x] = row && x >= FROM + shift && x < TO + shift;
        }
    seg_arena_reset(a);
    if (seg_boundary_add(&b, &p, 1, a, &e))
        b.f.sum = NAN;
    return b;
}

static void
test_moved(struct seg_arena *a)
{
    struct seg_boundary same = moved(0, a), one = moved(1, a),
                        ten = moved(10, a);

    ok(same.f.sum == 1 && seg_boundary_iou(&same) == 1,
        "an outline that is right");
    ok(one.f.sum == 1, "one that is off by less than theta");
    /* bands: 4 x 40 x 4 - 4 x 16 = 576; shifted by one they share the rows
       above and below, 2 x 4 x 39, and 2 x 3 x 32 pixels of the columns */
    ok(one.both == 312 + 192 && one.either == 2 * 576 - 504,
        "its bands share 504 of 648 pixels");
    /* rows above and below share 30 columns and one more is near; of the column
       that crosses the other's rows, two more pixels are near */
    ok(fabs(ten.f.sum - 64. / 156) < 1e-12, "one that is off by ten: %g",
        ten.f.sum);
}

/* A spacing that was stored in single precision is not exactly 1. */
static void
test_slack(struct seg_arena *a)
{
    uint8_t truth[] = {1, 0, 0, 0}, pred[] = {0, 1, 0, 0};
    struct seg_volume_pair p = {{1, 1, 4}, {1, 1, 1.0000001}, truth, pred};
    struct seg_surface s = {0};
    struct seg_err e;

    seg_arena_reset(a);
    ok(!seg_surface_measure(&s, &p, 1, 1, a, &e) && s.nsd == 1,
        "one voxel is within a tolerance of one");
    seg_arena_reset(a);
    ok(!seg_surface_measure(&s, &p, 1, 0.99, a, &e) && s.nsd == 0,
        "and not within less");
}

static void
test_ignored(struct seg_arena *a)
{
    /* truth becomes the prediction at pixels with 255 */
    uint8_t truth[] = {1, 1, 255, 0, 0, 255}, pred[] = {1, 1, 1, 0, 0, 0};
    struct seg_volume_pair p = {{1, 1, 6}, {1, 1, 1}, truth, pred};
    struct seg_surface s;
    struct seg_err e;

    seg_volume_pair_agree(&p, 255);
    seg_arena_reset(a);
    ok(!memcmp(truth, pred, sizeof pred) &&
            !seg_surface_measure(&s, &p, 1, 0, a, &e) && s.hd95 == 0 &&
            s.nsd == 1,
        "an ignored voxel makes no surface");
}

int
main(void)
{
    struct seg_arena a = {0};
    struct seg_err e;
    struct masks m;
    struct seg_surface s;

    test_distances(&a);
    test_surfaces(&a);
    test_outlines(&a);
    test_moved(&a);
    test_slack(&a);
    test_ignored(&a);
    seg_arena_free(&a);
    a.limit = 1000;
    random_masks(&m, 0, 0);
    ok(seg_surface_measure(&s, &m.pair, 0, 1, &a, &e) && e.kind == SEG_EMEM,
        "no more memory than the arena may hold");
    seg_arena_free(&a);
    return done();
}
