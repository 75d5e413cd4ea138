/*
 * The disparity of labels of patches: values by hand, a naive twin on random
 * labels, what permutations change, pixels without label, wrong settings,
 * threads.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/loss/disparity.h"
#include "tests/unit/tap.h"

enum { VOID = 255, MOST = 8192 };

static struct seg_arena arena;
static struct seg_err err;
static uint8_t label[MOST];

/* One row of patches of h x w pixels. */
static struct seg_disparity
row_of(int patches, int h, int w, int levels)
{
    struct seg_disparity d = {.n = 1,
        .h = h,
        .w = patches * w,
        .gy = 1,
        .gx = patches,
        .levels = levels,
        .classes = 3,
        .ignore = VOID,
        .labeled = 0.5,
        .threads = 2};

    if (seg_disparity_plan(&d, &arena, &err))
        ok(0, "plan: %s", err.text);
    return d;
}

static void
is(double seen, double expected, const char *name)
{
    ok(fabs(seen - expected) < 1e-14, "%s: %.15g, expected %.15g", name, seen,
        expected);
}

/* Sets the labels from digits; a point is a pixel without label. */
static void
write_labels(const char *digits)
{
    for (int i = 0; digits[i]; i++)
        label[i] = digits[i] == '.' ? VOID : (uint8_t)(digits[i] - '0');
}

static void
by_hand(void)
{
    static const double weight[] = {1, 3};
    struct seg_disparity d = row_of(4, 4, 4, 2);

    /* four rows of pixels, each with those of four patches */
    write_labels("0011"
                 "0000"
                 "1100"
                 "..11"

                 "0011"
                 "0000"
                 "1100"
                 "..11"

                 "0011"
                 "0000"
                 "1100"
                 "0011"

                 "0011"
                 "0002"
                 "1100"
                 "0011");
    seg_disparity_label(&d, label);
    /* level 0: (8 8 0)/16 and (15 0 1)/16; level 1: 0, 1, 0 and 1, but 1/4 of
       the fourth cell is of a third class */
    is(seg_disparity(&d, 0, 1), (8 / 16. + 2 / 4.) / 2, "two levels");
    is(seg_disparity(&d, 0, 2), (0 + 1) / 2., "halves exchanged");
    is(seg_disparity(&d, 1, 2), (8 / 16. + (0 + 1 + .25 + 1) / 4) / 2,
        "a cell of two classes");
    is(seg_disparity(&d, 1, 3),
        (2 / 3. + (1 + 0 + 1) / 3.) / 2, /* (4 8 0)/12 */
        "a cell without labels");
    is(seg_disparity(&d, 0, 3), (1 / 6. + 0) / 2, "it is in no histogram");
    d.weight = weight;
    is(seg_disparity(&d, 0, 2), 3, "weights of levels");
    is(seg_disparity_most(&d), 4, "largest value");
}

/* ---- random labels ---- */

/* The part of n into which pixel i falls. */
static int
part(int i, int n, int parts)
{
    int at = 0;

    while ((at + 1) * n / parts <= i)
        at++;
    return at;
}

/* Number of pixels of class k (-1: all) in a cell, pixel by pixel. */
static int
pixels(const struct seg_disparity *d, int p, int level, int cell, int k)
{
    int r = p / d->gx % d->gy, c = p % d->gx, image = p / (d->gx * d->gy);
    int y0 = r * d->h / d->gy, ph = (r + 1) * d->h / d->gy - y0;
    int x0 = c * d->w / d->gx, pw = (c + 1) * d->w / d->gx - x0;
    int up = d->levels - 1 - level, side = 1 << (d->levels - 1), n = 0;

    for (int y = 0; y < ph; y++)
        for (int x = 0; x < pw; x++) {
            int own = ((part(y, ph, side) >> up) << level) +
                      (part(x, pw, side) >> up);
            int seen = label[(image * d->h + y0 + y) * d->w + x0 + x];
            n += own == cell && seen != d->ignore && seen < d->classes &&
                 (k < 0 || seen == k);
        }
    return n;
}

static double
naive(const struct seg_disparity *d, int p, int q)
{
    double all = 0;

    for (int l = 0; l < d->levels; l++) {
        double sum = 0;
        int cells = 0;
        for (int i = 0; i < 1 << 2 * l; i++) {
            double np = pixels(d, p, l, i, -1), nq = pixels(d, q, l, i, -1);
            for (int k = 0; k < d->classes && np > 0 && nq > 0; k++)
                sum += fabs(
                    pixels(d, p, l, i, k) / np - pixels(d, q, l, i, k) / nq);
            cells += np > 0 && nq > 0;
        }
        all += sum / 2 / cells / d->levels;
    }
    return all;
}

static void
draw(int n)
{
    struct seg_rng r = seg_rng_make(3, NULL, "label", 0);

    for (int i = 0; i < n; i++) {
        int k = (int)seg_rng_below(&r, 6);
        label[i] = (uint8_t)(k < 4 ? k : k == 4 ? VOID : 7); /* 7: no class */
    }
}

static void
random_labels(int levels)
{
    struct seg_disparity d = {.n = 3,
        .h = 23,
        .w = 18,
        .gy = 3,
        .gx = 2,
        .levels = levels,
        .classes = 4,
        .ignore = levels == 2 ? 1 : VOID,
        .threads = 1};
    int good = 1, symmetric = 1, zero = 1, bounded = 1, same = 1;
    static double first[18 * 21 * 4];

    draw(d.n * d.h * d.w);
    if (seg_disparity_plan(&d, &arena, &err))
        ok(0, "plan: %s", err.text);
    for (d.threads = 1; d.threads < 4; d.threads++) {
        size_t bytes = (size_t)d.patches * d.cells * 4 * sizeof *first;
        seg_disparity_label(&d, label);
        if (d.threads == 1)
            memcpy(first, d.histogram, bytes);
        same &= !memcmp(first, d.histogram, bytes);
    }
    for (int p = 0; p < d.patches; p++)
        for (int q = 0; q < d.patches; q++) {
            double at = seg_disparity(&d, p, q);
            good &= fabs(at - naive(&d, p, q)) < 1e-12;
            symmetric &= at == seg_disparity(&d, q, p);
            zero &= p == q ? at == 0 : at > 0;
            bounded &= at >= 0 && at <= 1;
        }
    ok(d.patches == 18 && d.cells == (levels == 1      ? 1
                                         : levels == 2 ? 5
                                                       : 21),
        "%d levels: sizes", levels);
    ok(good, "as pixel by pixel");
    ok(symmetric, "symmetric");
    ok(zero, "0 for a patch and itself only");
    ok(bounded, "between 0 and 1");
    ok(same, "the same histograms for 1, 2 and 3 threads");
}

/* ---- permutations ---- */

enum { SIDE = 12 };

static uint8_t *
pixel(int patch, int y, int x)
{
    return label + (y * 3 + patch) * SIDE + x;
}

/* Exchanges two squares of a patch. */
static void
swap(int patch, int side, int y, int x, int y2, int x2)
{
    for (int i = 0; i < side; i++)
        for (int j = 0; j < side; j++) {
            uint8_t *a = pixel(patch, y + i, x + j);
            uint8_t *b = pixel(patch, y2 + i, x2 + j), keep = *a;
            *a = *b;
            *b = keep;
        }
}

/* Patch 1 is made of patch 0, patch 2 is another one.  The disparity of 0 and 1
   must be 0 at levels below `level` and only there. */
static void
permuted(const char *name, int levels, int level)
{
    struct seg_disparity d = row_of(3, SIDE, SIDE, levels);
    int good = 1;

    seg_disparity_label(&d, label);
    for (int l = 0; l < levels; l++) {
        double only[3] = {0};
        only[l] = 1;
        d.weight = only;
        double near = seg_disparity(&d, 0, 1);
        double far = seg_disparity(&d, 0, 2) - seg_disparity(&d, 1, 2);
        good &= l < level ? near == 0 && far == 0 : near > 0.01;
    }
    d.weight = NULL;
    good &= (seg_disparity(&d, 0, 1) > 0) == (level < levels);
    ok(good, "%s, %d levels: no difference before level %d", name, levels,
        level);
}

static void
permutations(void)
{
    for (int levels = 1; levels <= 3; levels++) {
        int cell = SIDE >> (levels - 1);

        draw(SIDE * SIDE * 3);
        for (int y = 0; y < SIDE; y++)
            memcpy(pixel(1, y, 0), pixel(0, y, 0), SIDE);
        permuted("a copy", levels, levels);
        /* rows upside down and columns exchanged, cell by cell */
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                *pixel(1, y, x) =
                    *pixel(0, y / cell * cell + cell - 1 - y % cell,
                        x / cell * cell + (x + 1) % cell);
        permuted("pixels within the finest cells", levels, levels);
        if (levels == 1)
            continue;
        for (int i = 0; i < SIDE; i += 2 * cell)
            for (int j = 0; j < SIDE; j += 2 * cell)
                swap(1, cell, i, j, i + cell, j);
        permuted("finest cells within coarser ones", levels, levels - 1);
        swap(1, SIDE / 2, 0, 0, SIDE / 2, SIDE / 2);
        swap(1, SIDE / 2, 0, SIDE / 2, SIDE / 2, 0);
        permuted("quarters", levels, 1);
    }
}

/* ---- pixels without label ---- */

static void
unlabeled(void)
{
    static const double coarse[] = {1, 0};
    struct seg_disparity d = row_of(2, 4, 4, 2);

    /* left half of one patch, right half of the other */
    for (int i = 0; i < 32; i++)
        label[i] = i % 8 < 2 || i % 8 > 5 ? 1 : VOID;
    seg_disparity_label(&d, label);
    ok(d.valid[0] && d.valid[1], "half of the pixels are enough");
    ok(isnan(seg_disparity(&d, 0, 1)), "no common cell: not defined");
    ok(seg_disparity(&d, 0, 0) == 0, "with itself: defined");
    d.weight = coarse;
    ok(seg_disparity(&d, 0, 1) == 0, "a level of weight 0 needs no cell");
    label[0] = VOID;
    seg_disparity_label(&d, label);
    ok(!d.valid[0] && d.valid[1] && isnan(seg_disparity(&d, 0, 1)) &&
            isnan(seg_disparity(&d, 1, 0)) && isnan(seg_disparity(&d, 0, 0)),
        "fewer than half: the patch takes no part");
    d.labeled = 0.25;
    seg_disparity_label(&d, label);
    ok(d.valid[0] && seg_disparity(&d, 0, 1) == 0, "a lower share");
    memset(label, VOID, sizeof label);
    d.labeled = 0;
    seg_disparity_label(&d, label);
    ok(!d.valid[0] && isnan(seg_disparity(&d, 0, 0)),
        "share 0, but no pixel at all");
}

/* ---- wrong settings ---- */

static void
refused(const char *name, struct seg_disparity d, int kind, const char *text)
{
    int failed = seg_disparity_plan(&d, &arena, &err);

    ok(failed && err.kind == kind && strstr(err.text, text), "%s: %s", name,
        failed ? err.text : "accepted");
}

static void
wrong(void)
{
    static const double negative[] = {1, -1}, none[] = {0, 0}, nan[] = {1, NAN};
    struct seg_disparity good = row_of(2, 4, 4, 2), d = good;

    d.levels = 0;
    refused("no level", d, SEG_EUSAGE, "0 levels: want 1 to 6");
    d.levels = 7;
    refused("too many levels", d, SEG_EUSAGE, "7 levels");
    d = good;
    d.gx = 0;
    refused("no patch", d, SEG_EUSAGE, "0x1");
    d = good;
    d.gx = 5;
    refused("small patches", d, SEG_EDATA,
        "8x4 pixels are too small for 5x1 patches of 2x2 cells: want at least "
        "10x2");
    d = good;
    d.labeled = 1.5;
    refused("share", d, SEG_EUSAGE, "1.5: want 0 to 1");
    d = good;
    d.weight = negative;
    refused("negative weight", d, SEG_EUSAGE, "-1 of level 1");
    d.weight = nan;
    refused("weight NaN", d, SEG_EUSAGE, "nan of level 1");
    d.weight = none;
    refused("no weight", d, SEG_EUSAGE, "all level weights are 0");
}

int
main(void)
{
    by_hand();
    for (int levels = 1; levels <= 3; levels++)
        random_labels(levels);
    permutations();
    unlabeled();
    wrong();
    seg_arena_free(&arena);
    return done();
}
