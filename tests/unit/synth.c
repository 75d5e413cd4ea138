/* Synthetic scenes: exact, repeatable, and not solvable by color alone. */
#include <math.h>
#include <string.h>

#include "lib/label/labelmap.h"
#include "lib/synth/synth.h"
#include "tests/unit/tap.h"

enum { SIDE = 96, TRAIN = 60, TEST = 30, BINS = 8 };

static struct seg_err e;

static const uint8_t *
bytes(const struct seg_record *r, const char *name)
{
    return seg_record_find(r, name)->data;
}

static void
test_repeatable(void)
{
    struct seg_synth a = {SIDE, 72, SEG_SYNTH_A, 5}, b = a;
    struct seg_record x = {0}, y = {0};
    int same = 1, labels = 1, looks = 0;

    b.domain = SEG_SYNTH_B;
    for (uint64_t i = 0; i < 5; i++) {
        same &= !seg_synth_make(&x, &a, i, &e) &&
                !seg_synth_make(&y, &a, 9 - i, &e) &&
                !seg_synth_make(&y, &a, i, &e);
        same &= !memcmp(bytes(&x, "image"), bytes(&y, "image"), SIDE * 72 * 3);
        same &= !memcmp(bytes(&x, "label"), bytes(&y, "label"), SIDE * 72);
        same &= !seg_synth_make(&y, &b, i, &e);
        labels &= !memcmp(bytes(&x, "label"), bytes(&y, "label"), SIDE * 72);
        looks += !memcmp(bytes(&x, "image"), bytes(&y, "image"), SIDE * 72 * 3);
    }
    ok(same, "item i is a function of seed and i");
    ok(labels && !looks,
        "the domains have the labels in common, not the looks");
    ok(!strcmp(seg_record_key(&x), "synth/00004"), "the key is the number");
    a.seed = 6;
    ok(!seg_synth_make(&y, &a, 4, &e) &&
            memcmp(bytes(&x, "label"), bytes(&y, "label"), SIDE * 72),
        "another seed, another scene");
    seg_record_free(&x);
    seg_record_free(&y);
}

static void
test_described(void)
{
    struct seg_synth s = {200, 16, SEG_SYNTH_A, 1};
    struct seg_record r = {0};
    struct seg_arena a = {0};
    struct seg_classes c;
    int seen[256] = {0}, others = 0;

    ok(!seg_synth_make(&r, &s, 0, &e) && !seg_classes_read(&c, &a, &r, &e) &&
            c.n == SEG_SYNTH_CLASSES && c.ignore == SEG_IGNORE &&
            !strcmp(c.name[7], "rail") && c.rgb[1][0] == 0xa0,
        "classes, colors and the ignore value travel along");
    for (uint64_t i = 0; i < 50; i++)
        if (!seg_synth_make(&r, &s, i, &e))
            for (int p = 0; p < 200 * 16; p++)
                seen[bytes(&r, "label")[p]]++;
    for (int k = SEG_SYNTH_CLASSES; k < SEG_IGNORE; k++)
        others += seen[k];
    ok(!others && seen[SEG_IGNORE], "labels are classes or ignored");
    for (int k = 0; k < SEG_SYNTH_CLASSES; k++)
        ok(seen[k] > 100, "%s occurs", c.name[k]);
    seg_record_free(&r);
    seg_arena_free(&a);
}

static int
bin(const uint8_t *p)
{
    return (p[0] * BINS / 256 * BINS + p[1] * BINS / 256) * BINS +
           p[2] * BINS / 256;
}

/* Mean IoU over classes of the best constant answer for each color. */
static void
test_color_is_not_enough(enum seg_synth_domain domain)
{
    enum { K = SEG_SYNTH_CLASSES };
    static double count[BINS * BINS * BINS][K];
    double size[K] = {0}, hit[K] = {0}, truth[K] = {0}, said[K] = {0}, iou = 0;
    struct seg_synth s = {SIDE, SIDE, domain, 3};
    struct seg_record r = {0};

    memset(count, 0, sizeof count);
    for (uint64_t i = 0; i < TRAIN + TEST; i++) {
        if (seg_synth_make(&r, &s, i, &e))
            break;
        const uint8_t *x = bytes(&r, "image"), *y = bytes(&r, "label");
        for (int p = 0; p < SIDE * SIDE; p++) {
            const double *n = count[bin(x + 3 * p)];
            int best = 0;

            if (y[p] == SEG_IGNORE)
                continue;
            if (i < TRAIN) {
                count[bin(x + 3 * p)][y[p]]++;
                size[y[p]]++;
                continue;
            }
            /* classes have equal weight; otherwise ground would always win */
            for (int k = 1; k < K; k++)
                if (n[k] / size[k] > n[best] / size[best])
                    best = k;
            truth[y[p]]++;
            said[best]++;
            hit[y[p]] += best == y[p];
        }
    }
    double accuracy = 0;
    for (int k = 0; k < K; k++) {
        iou += hit[k] / (truth[k] + said[k] - hit[k]) / K;
        accuracy += hit[k] / truth[k] / K;
    }
    printf("# by color alone: accuracy %.3f, mIoU %.3f\n", accuracy, iou);
    ok(accuracy < 0.6 && iou < 0.4, "color alone does not tell classes, %s",
        domain == SEG_SYNTH_A ? "domain a" : "domain b");
    seg_record_free(&r);
}

int
main(void)
{
    test_repeatable();
    test_described();
    test_color_is_not_enough(SEG_SYNTH_A);
    test_color_is_not_enough(SEG_SYNTH_B);
    return done();
}
