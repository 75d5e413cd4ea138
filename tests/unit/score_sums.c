/*
 * Mean scores under every convention, compared with exact fractions.
 *
 * 10,000 random datasets of up to four images: every mean is computed in
 * integers as a single fraction, and only then compared.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/score/score_sums.h"
#include "tests/unit/tap.h"

enum { SETS = 10000, IMAGES = 4, CLASSES = 4, PIXELS = 25 };

/* n / d; d 0: NaN */
struct fraction {
    __int128 n, d;
};

static struct fraction
fraction(__int128 n, __int128 d)
{
    __int128 a = n, b = d;

    while (b) {
        __int128 rest = a % b;

        a = b;
        b = rest;
    }
    return d ? (struct fraction){n / a, d / a} : (struct fraction){0, 0};
}

static struct fraction
sum(struct fraction a, struct fraction b)
{
    /* a.d / b.d in lowest terms, for the least common denominator */
    struct fraction q = fraction(a.d, b.d);

    return fraction(a.n * q.d + b.n * q.n, a.d * q.d);
}

static int
same(double x, struct fraction f)
{
    if (!f.d)
        return isnan(x);
    return fabsl((long double)x - (long double)f.n / (long double)f.d) <=
           4e-16L;
}

struct mean {
    struct fraction sum;
    int n, lost;
};

/* Adds a term, which may be 0/0, to a mean. */
static void
term(struct mean *m, struct fraction f, enum seg_absent rule)
{
    if (!f.d && rule == SEG_ABSENT_SKIP)
        return;
    if (!m->n++)
        m->sum = fraction(0, 1);
    if (!f.d && rule == SEG_ABSENT_NAN)
        m->lost = 1;
    else
        m->sum = sum(m->sum, f.d ? f : fraction(rule == SEG_ABSENT_ONE, 1));
}

static struct fraction
value(struct mean m)
{
    return m.n && !m.lost ? fraction(m.sum.n, m.sum.d * m.n) : fraction(0, 0);
}

/* Pixels by image and class. */
struct counts {
    int truth, pred, hit;
};

struct set {
    int images, classes;
    struct seg_convention how;
    struct counts n[IMAGES + 1][CLASSES]; /* the last: over all images */
};

enum { IOU, DICE, RECALL, RATIOS };

static struct fraction
ratio(struct counts c, int which)
{
    return which == IOU    ? fraction(c.hit, c.truth + c.pred - c.hit)
           : which == DICE ? fraction(2 * c.hit, c.truth + c.pred)
                           : fraction(c.hit, c.truth);
}

static int
takes_part(const struct set *s, int image, int class_id)
{
    return class_id != s->how.background &&
           !(s->how.of_truth && !s->n[image][class_id].truth);
}

/* Mean over the classes of an image, or of all images. */
static struct fraction
over_classes(const struct set *s, int image, int which)
{
    struct mean m = {0};

    for (int i = 0; i < s->classes; i++)
        if (takes_part(s, image, i))
            term(&m, ratio(s->n[image][i], which), s->how.absent);
    return value(m);
}

static struct fraction
over_images(const struct set *s, int class_id, int which)
{
    enum seg_absent rule =
        s->how.absent == SEG_ABSENT_NAN ? SEG_ABSENT_SKIP : s->how.absent;
    struct mean m = {0};

    for (int i = 0; i < s->images; i++)
        term(&m, ratio(s->n[i][class_id], which), rule);
    return value(m);
}

static struct fraction
expected(const struct set *s, int which)
{
    struct mean m = {0};

    if (s->how.average == SEG_POOLED)
        return over_classes(s, IMAGES, which);
    for (int i = 0; s->how.average == SEG_BY_IMAGE && i < s->images; i++)
        term(&m, over_classes(s, i, which), SEG_ABSENT_SKIP);
    for (int i = 0; s->how.average == SEG_BY_CLASS && i < s->classes; i++)
        if (takes_part(s, IMAGES, i))
            term(&m, over_images(s, i, which), s->how.absent);
    return value(m);
}

static void
count(struct counts *n, int t, int p)
{
    n[t].truth++;
    n[p].pred++;
    n[t].hit += t == p;
}

/* Adds images to the sums and to the counts of this test. */
static int
add_images(struct set *s, double *sums, struct seg_rng *r, struct seg_arena *a,
    struct seg_err *e)
{
    double *one =
        seg_take(a, (size_t)seg_score_sums_size(CLASSES), sizeof *one, e);

    for (int i = 0; one && i < s->images; i++) {
        struct seg_confusion c;
        int n = (int)seg_rng_below(r, PIXELS + 1);
        uint64_t used = 1 + seg_rng_below(r, (uint64_t)s->classes);

        if (seg_confusion_init(&c, a, s->classes, 255, e))
            return -1;
        for (int j = 0; j < n; j++) {
            int t = (int)seg_rng_below(r, used);
            int p = seg_rng_unit(r) < 0.5
                        ? t
                        : (int)seg_rng_below(r, (uint64_t)s->classes);

            c.count[t * s->classes + p]++;
            count(s->n[i], t, p);
            count(s->n[IMAGES], t, p);
        }
        seg_score_sums_case(one, &c, &s->how);
        seg_score_sums_add(sums, one, 1, s->classes);
    }
    return one ? 0 : -1;
}

static void
test_fractions(struct seg_arena *a)
{
    static const int metric[RATIOS] = {SEG_MIOU, SEG_MDICE, SEG_MACC};
    struct seg_err e;
    int good = 0, lost = 0;

    for (int i = 0; i < SETS; i++) {
        struct seg_rng r = seg_rng_make(1, "sets", "test", (uint64_t)i);
        struct set s = {.images = 1 + (int)seg_rng_below(&r, IMAGES),
            .classes = 1 + (int)seg_rng_below(&r, CLASSES)};

        s.how =
            (struct seg_convention){seg_rng_below(&r, 3), seg_rng_below(&r, 4),
                (int)seg_rng_below(&r, 2), (int)seg_rng_below(&r, 3) - 1};
        seg_arena_reset(a);
        double *sums =
            seg_take(a, (size_t)seg_score_sums_size(CLASSES), sizeof *sums, &e);
        int agree = sums && !add_images(&s, sums, &r, a, &e);
        for (int k = 0; agree && k < RATIOS; k++) {
            double x =
                seg_score_sums_scores(sums, s.classes, &s.how).value[metric[k]];

            agree = same(x, expected(&s, k));
            lost += isnan(x);
        }
        good += agree;
    }
    ok(good == SETS, "%d of %d datasets agree with fractions", good, SETS);
    ok(lost > SETS / 100 && lost < SETS, "%d of the means do not exist", lost);
}

int
main(void)
{
    struct seg_arena a = {0};

    test_fractions(&a);
    seg_arena_free(&a);
    return done();
}
