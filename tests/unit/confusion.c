/*
 * Scores against brute force: 10,000 random pairs of small masks; every ratio
 * is computed from the pixels, class by class, in integers and long double.
 */
#include <math.h>
#include <string.h>

#include "formats/table/matrix.h"
#include "lib/base/rng.h"
#include "lib/score/metrics.h"
#include "tests/unit/tap.h"

enum { MASKS = 10000, SIDE = 9, MOST = 7, IGNORE = 255 };

struct pair {
    int classes, n;
    size_t h, w;
    uint8_t truth[SIDE * SIDE], pred[SIDE * SIDE];
};

static struct pair
random_pair(int number)
{
    struct seg_rng r = seg_rng_make(1, "masks", "test", (uint64_t)number);
    struct pair p;

    p.classes = 1 + (int)seg_rng_below(&r, MOST);
    p.h = 1 + seg_rng_below(&r, SIDE);
    p.w = 1 + seg_rng_below(&r, SIDE);
    p.n = (int)(p.h * p.w);
    /* few used ids, so that some classes are missing in some masks */
    int used = 1 + (int)seg_rng_below(&r, (uint64_t)p.classes);
    double ignored = seg_rng_unit(&r) < 0.1 ? 1 : 0.3 * seg_rng_unit(&r);
    for (int i = 0; i < p.n; i++) {
        p.truth[i] = (uint8_t)seg_rng_below(&r, (uint64_t)used);
        p.pred[i] = (uint8_t)seg_rng_below(&r, (uint64_t)p.classes);
        if (seg_rng_unit(&r) < ignored)
            p.truth[i] = IGNORE;
    }
    return p;
}

static struct seg_tensor
mask(const char *name, uint8_t *data, const struct pair *p)
{
    return (struct seg_tensor){
        name, SEG_U8, 2, {p->h, p->w}, p->h * p->w, data};
}

static int
same(double x, long double over, long double under)
{
    if (under == 0)
        return isnan(x);
    return fabsl((long double)x - over / under) <= 1e-15L;
}

/* Pixels by their role for class c. */
struct counts {
    long hit, truth, pred, either;
};

static struct counts
count(const struct pair *p, int c)
{
    struct counts k = {0};

    for (int i = 0; i < p->n; i++) {
        if (p->truth[i] == IGNORE)
            continue;
        int t = p->truth[i] == c, q = p->pred[i] == c;
        k.hit += t && q;
        k.truth += t;
        k.pred += q;
        k.either += t || q;
    }
    return k;
}

static int
agrees(const struct pair *p, const struct seg_confusion *c)
{
    struct seg_scores all = seg_score_all(c, NULL);
    long double iou = 0, dice = 0, recall = 0, weighted = 0;
    long in_union = 0, in_truth = 0, hits = 0, pixels = 0;
    int good = 1;

    for (int i = 0; i < p->classes; i++) {
        struct counts k = count(p, i);
        struct seg_class_score s = seg_score_class(c, i);

        good &= same(s.iou, k.hit, k.either);
        good &= same(s.dice, 2 * k.hit, k.truth + k.pred);
        good &= same(s.precision, k.hit, k.pred);
        good &= same(s.recall, k.hit, k.truth);
        hits += k.hit;
        pixels += k.truth;
        if (k.either) {
            in_union++;
            iou += (long double)k.hit / k.either;
            dice += 2 * (long double)k.hit / (k.truth + k.pred);
            weighted += (long double)k.truth * k.hit / k.either;
        }
        if (k.truth) {
            in_truth++;
            recall += (long double)k.hit / k.truth;
        }
    }
    return good && same(all.value[SEG_MIOU], iou, in_union) &&
           same(all.value[SEG_MDICE], dice, in_union) &&
           same(all.value[SEG_MACC], recall, in_truth) &&
           same(all.value[SEG_ACCURACY], hits, pixels) &&
           same(all.value[SEG_FWIOU], weighted, pixels) &&
           all.present == in_union && (long)all.pixels == pixels &&
           (long)c->ignored == p->n - pixels;
}

static void
test_oracle(struct seg_arena *a)
{
    struct seg_err e;
    int good = 0;

    for (int i = 0; i < MASKS; i++) {
        struct pair p = random_pair(i);
        struct seg_tensor t = mask("label", p.truth, &p),
                          q = mask("pred", p.pred, &p);
        struct seg_confusion c;

        seg_arena_reset(a);
        good += !seg_confusion_init(&c, a, p.classes, IGNORE, &e) &&
                !seg_confusion_add(&c, &t, &q, "k", &e) && agrees(&p, &c);
    }
    ok(good == MASKS, "%d of %d masks agree with brute force", good, MASKS);
}

static void
test_errors(struct seg_arena *a)
{
    struct seg_err e;
    struct seg_confusion c;
    struct pair p = {3, 6, 2, 3, {0, 1, 2, 255, 1, 0}, {0, 1, 2, 2, 1, 0}};
    struct seg_tensor t = mask("label", p.truth, &p),
                      q = mask("pred", p.pred, &p);

    seg_arena_reset(a);
    if (seg_confusion_init(&c, a, 3, IGNORE, &e))
        return;
    ok(!seg_confusion_add(&c, &t, &q, "k", &e) && c.ignored == 1,
        "ignored truth is counted apart");
    p.pred[3] = 3;
    ok(seg_confusion_add(&c, &t, &q, "town", &e) && e.kind == SEG_EDATA &&
            !strcmp(e.text, "town: tensor pred: value 3 at (x 0, y 1), "
                            "expected 0 to 2"),
        "a prediction of no class names key, value and pixel: %s", e.text);
    p.pred[3] = 0;
    p.truth[5] = 17;
    ok(seg_confusion_add(&c, &t, &q, "town", &e) &&
            strstr(e.text, "label: value 17 at (x 2, y 1)"),
        "so does a truth of no class");
    t.shape[1] = 2;
    t.bytes = 4;
    ok(seg_confusion_add(&c, &t, &q, "town", &e) && strstr(e.text, "3x2") &&
            strstr(e.text, "2x2"),
        "sizes must agree: %s", e.text);
}

static void
test_matrix(struct seg_arena *a)
{
    static const char *const names[] = {
        "sky", "car", "a b", "road", "x", "y", "z"};
    struct seg_err e;
    struct seg_confusion whole, part, sum = {0};
    const char *const *back;
    int read = 1;

    seg_arena_reset(a);
    if (seg_confusion_init(&whole, a, MOST, IGNORE, &e))
        return;
    for (int i = 0; i < 40; i++) {
        struct pair p = random_pair(i);
        struct seg_tensor t = mask("label", p.truth, &p),
                          q = mask("pred", p.pred, &p);

        if (seg_confusion_init(&part, a, MOST, IGNORE, &e) ||
            seg_confusion_add(&part, &t, &q, "k", &e))
            return;
        /* larger than the exact integers of a double */
        part.count[0] += UINT64_C(1) << 54;
        seg_confusion_merge(&whole, &part);
        char *text = seg_matrix_text(&part, names, a, &e);
        read &= text && !seg_matrix_parse(&part, &back, a, text, "m", &e) &&
                !strcmp(back[2], "a b");
        if (i)
            seg_confusion_merge(&sum, &part);
        else
            sum = part;
    }
    ok(read && sum.images == 40 && sum.ignored == whole.ignored &&
            !memcmp(sum.count, whole.count, MOST * MOST * sizeof *sum.count),
        "matrices through text add up to the whole, bit for bit");

    char *text = seg_matrix_text(&whole, names, a, &e);
    size_t length = strlen(text), caught = 0;
    for (size_t n = 0; n < length; n++) {
        char *cut = seg_take_bytes(a, text, n, &e);

        caught += cut && seg_matrix_parse(&part, &back, a, cut, "m", &e) &&
                  e.kind == SEG_EDATA;
    }
    ok(caught == length, "a matrix cut at any of its %zu bytes is bad data",
        length);
}

int
main(void)
{
    struct seg_arena a = {0};

    test_oracle(&a);
    test_errors(&a);
    test_matrix(&a);
    seg_arena_free(&a);
    return done();
}
