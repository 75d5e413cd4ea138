/*
 * The patch-wise contrast across two domains: a value by hand, a naive twin,
 * gradients by differences, pairs that take no part, degenerate batches, wrong
 * settings, threads.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/loss/patch.h"
#include "tests/unit/tap.h"

enum { VOID = 255, FLOATS = 16 * 6 * 6 * 8, PIXELS = 16 * 24 * 24 };

static struct seg_arena arena;
static struct seg_err err;
static uint8_t label[PIXELS];
static float x[FLOATS], dx[3][FLOATS];

static void
plan(struct seg_patch_loss *l)
{
    if (seg_patch_loss_plan(l, &arena, &err))
        ok(0, "plan: %s", err.text);
}

/* n images of 1 x 2 patches, each with one feature of two channels and two
   pixels. */
static struct seg_patch_loss
pairs(int n, int source)
{
    return (struct seg_patch_loss){.labels = {.h = 1,
                                       .w = 4,
                                       .gy = 1,
                                       .gx = 2,
                                       .levels = 1,
                                       .classes = 3,
                                       .ignore = VOID,
                                       .labeled = 0.5},
        .near = 0.1,
        .far = 0.6,
        .tau = 1,
        .source = source,
        .threads = 2,
        .n = n,
        .h = 1,
        .w = 2,
        .d = 2};
}

static void
is(double seen, double expected, const char *name)
{
    ok(fabs(seen - expected) < 1e-6, "%s: %.9f, expected %.9f", name, seen,
        expected);
}

static void
by_hand(void)
{
    static const uint8_t two[] = {0, 0, 1, 1, 0, 0, 1, 1};
    /* a fifth patch whose positive is a fourth of the target domain, and a
       sixth that is between near and far for all */
    static const uint8_t three[] = {0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 1, 2};
    static const float at[] = {1, 0, 0, 2, 3, 0, 0, 1, .6f, .8f, 1, 1};
    struct seg_patch_loss l = pairs(2, 1);
    struct seg_contrast_report r;

    plan(&l);
    seg_patch_loss_label(&l, two);
    /* each anchor: similarity 1 to its positive, 0 to two negatives */
    is(seg_patch_loss(&l, dx[0], at, &r), log(1 + 2 * exp(-1)), "two classes");
    ok(r.anchors == 4 && r.positives == 1, "anchors and positives");
    is(r.alignment, 0, "alignment");
    is(r.uniformity, log((2 + 4 * exp(-4)) / 6), "uniformity");

    l = pairs(3, 1);
    l.tau = 0.5;
    plan(&l);
    seg_patch_loss_label(&l, three);
    /* patches by class: 0 | 1 | 0 | 0 | half 0, half 1 | half 1, half 2;
       positives 0-2, 0-3; negatives 1-0, 1-2, 1-3, 5-0, 5-2, 5-3 */
    double c = sqrt(.5);
    double a0 = log(exp(2) + 1 + 1 + exp(2 * c)) - 1;
    double a2 = log(exp(2) + 1 + exp(2 * c)) - 2;
    double a3 = log(1 + exp(2) + exp(2 * c));
    is(seg_patch_loss(&l, dx[0], at, &r), (a0 + a2 + a3) / 3,
        "pairs in between");
    ok(r.anchors == 3, "anchors: %g", r.anchors);
    is(r.positives, 4 / 3., "positives");
    is(r.alignment, (0 + 2) / 2., "alignment");
    ok(!dx[0][8] && !dx[0][9],
        "a patch with pairs in between only has no gradient");
}

/* ---- random batches ---- */

/* Patches of few classes, so that pairs of all kinds occur. */
static void
draw(const struct seg_patch_loss *l)
{
    struct seg_rng r = seg_rng_make(4, NULL, "batch", 0);
    int h = l->labels.h, w = l->labels.w;

    for (int i = 0; i < l->n * h * w; i++) {
        int y = i / w % h * l->labels.gy / h, side = i % w * l->labels.gx / w;
        int base = (i / (w * h) * 5 + y * 2 + side) % 3, k = base;
        if (seg_rng_below(&r, 4) == 0)
            k = (int)seg_rng_below(&r, 3);
        label[i] = (uint8_t)(seg_rng_below(&r, 9) ? k : VOID);
    }
    for (int i = 0; i < l->n * l->h * l->w * l->d; i++)
        x[i] = (float)seg_rng_normal(&r);
}

/* Sets f to the embedding of a patch, of unit length. */
static void
embed(double *f, const struct seg_patch_loss *l, int p)
{
    int gy = l->labels.gy, gx = l->labels.gx;
    int r = p / gx % gy, c = p % gx, image = p / (gy * gx);
    double norm = 0;

    for (int k = 0; k < l->d; k++) {
        f[k] = 0;
        for (int i = r * l->h / gy; i < (r + 1) * l->h / gy; i++)
            for (int j = c * l->w / gx; j < (c + 1) * l->w / gx; j++)
                f[k] += (double)x[((image * l->h + i) * l->w + j) * l->d + k];
        norm += f[k] * f[k];
    }
    for (int k = 0; k < l->d; k++)
        f[k] /= sqrt(norm);
}

/* The formula of patch.h, in double. */
static double
naive(const struct seg_patch_loss *l, double *anchors)
{
    static double f[600][8];
    int m = l->labels.patches, each = m / l->n;
    double loss = 0;

    for (int i = 0; i < m; i++)
        embed(f[i], l, i);
    *anchors = 0;
    for (int i = 0; i < m; i++) {
        double all = 0, near = 0;
        int positives = 0, negatives = 0;
        for (int j = 0; j < m; j++) {
            double gap = seg_disparity(&l->labels, i, j), s = 0;
            for (int k = 0; k < l->d; k++)
                s += f[i][k] * f[j][k] / l->tau;
            int cross = (i / each < l->source) != (j / each < l->source);
            if (gap > l->far) {
                negatives++;
                all += exp(s);
            } else if (gap < l->near && cross) {
                positives++;
                all += exp(s);
                near += s;
            }
        }
        if (!positives || !negatives)
            continue;
        ++*anchors;
        loss += log(all) - near / positives;
    }
    return *anchors > 0 ? loss / *anchors : 0;
}

/* True if pairs that take no part occur, besides positives and negatives. */
static int
mixed(const struct seg_patch_loss *l)
{
    int between = 0, near = 0, far = 0;

    for (int i = 0; i < l->labels.patches; i++)
        for (int j = 0; j < i; j++) {
            double gap = seg_disparity(&l->labels, i, j);
            near += gap < l->near;
            far += gap > l->far;
            between += gap >= l->near && gap <= l->far;
        }
    return between > 3 && near > 3 && far > 3;
}

static void
threads(struct seg_patch_loss *l)
{
    struct seg_contrast_report r[3];
    double value[3], anchors, expected;
    int same = 1;

    for (int t = 0; t < 3; t++) {
        l->threads = t + 1;
        seg_patch_loss_label(l, label);
        value[t] = seg_patch_loss(l, dx[t], x, r + t);
        same &= value[t] == value[0] && !memcmp(dx[t], dx[0], sizeof *dx) &&
                !memcmp(r + t, r, sizeof *r);
    }
    ok(same, "the same bits for 1, 2 and 3 threads");
    expected = naive(l, &anchors);
    ok(anchors > 3 && r[0].anchors == anchors &&
            fabs(value[0] - expected) < 1e-5 * expected,
        "%g anchors, value %.8f, expected %.8f", anchors, value[0], expected);
}

static void
gradient(struct seg_patch_loss *l)
{
    double worst = 0, largest = 0;

    seg_patch_loss(l, dx[0], x, NULL);
    for (int i = 0; i < l->n * l->h * l->w * l->d; i += 3) {
        const double h = 1e-2;
        float keep = x[i];

        x[i] = (float)(keep + h);
        double up = seg_patch_loss(l, NULL, x, NULL);
        x[i] = (float)(keep - h);
        double down = seg_patch_loss(l, NULL, x, NULL);
        x[i] = keep;
        worst = fmax(worst, fabs((up - down) / (2 * h) - (double)dx[0][i]));
        largest = fmax(largest, fabs((double)dx[0][i]));
    }
    ok(largest > 1e-3 && worst < 2e-3 * largest, "gradient off by %.1e of %.1e",
        worst, largest);
}

static void
random_batches(int levels)
{
    struct seg_patch_loss l = {.labels = {.h = 19,
                                   .w = 13,
                                   .gy = 3,
                                   .gx = 2,
                                   .levels = levels,
                                   .classes = 3,
                                   .ignore = VOID,
                                   .labeled = 0.5},
        .near = levels == 1 ? 0.25 : 0.35,
        .far = levels == 1 ? 0.5 : 0.6,
        .tau = 0.3,
        .source = 2,
        .threads = 3,
        .n = 5,
        .h = 5,
        .w = 3,
        .d = 8};

    plan(&l);
    draw(&l);
    seg_patch_loss_label(&l, label);
    ok(mixed(&l), "%d levels: pairs of all kinds", levels);
    threads(&l);
    gradient(&l);
    l.tau = 0.02;
    double anchors, expected = naive(&l, &anchors);
    double seen = seg_patch_loss(&l, dx[0], x, NULL);
    ok(fabs(seen - expected) < 1e-4 * expected,
        "a low temperature: %.6f, expected %.6f", seen, expected);
}

/* More patches than one tile of the matrix product. */
static void
large(void)
{
    struct seg_patch_loss l = {.labels = {.h = 24,
                                   .w = 24,
                                   .gy = 6,
                                   .gx = 6,
                                   .levels = 2,
                                   .classes = 3,
                                   .ignore = VOID,
                                   .labeled = 0.5},
        .near = 0.3,
        .far = 0.6,
        .tau = 0.1,
        .source = 8,
        .n = 16,
        .h = 6,
        .w = 6,
        .d = 8};

    l.threads = 3;
    plan(&l);
    draw(&l);
    ok(l.labels.patches == 576, "576 patches");
    threads(&l);
}

/* ---- degenerate batches ---- */

static void
still(struct seg_patch_loss *l, const char *name, const uint8_t *y)
{
    static const float at[] = {1, 0, 0, 2, 3, 0, 0, 1};
    struct seg_contrast_report r;
    int zero = 1;

    for (int i = 0; i < 8; i++)
        dx[0][i] = 7;
    seg_patch_loss_label(l, y);
    double value = seg_patch_loss(l, dx[0], at, &r);
    for (int i = 0; i < 8; i++)
        zero &= dx[0][i] == 0;
    ok(value == 0 && zero && !r.anchors && !r.positives,
        "%s: 0, without gradient (%g)", name, value);
}

static void
degenerate(void)
{
    static const uint8_t one[8] = {0}, none[] = {VOID, VOID, VOID, VOID, VOID,
                                           VOID, VOID, VOID};
    static const uint8_t apart[] = {0, 0, 0, 0, 1, 1, 1, 1};
    static const uint8_t between[] = {0, 1, 0, 2, 0, 1, 0, 2};
    static const uint8_t half[] = {0, 0, 1, 1, VOID, VOID, VOID, VOID};
    static const uint8_t two[] = {0, 0, 1, 1, 0, 0, 1, 1};
    static const float origin[] = {0, 0, 0, 2, 3, 0, 0, 1};
    struct seg_patch_loss l = pairs(2, 1);
    int finite = 1;

    plan(&l);
    still(&l, "one class, no negatives", one);
    still(&l, "domains without a common class", apart);
    still(&l, "no negatives, some in between", between);
    still(&l, "no labels", none);
    still(&l, "no labels in the target domain", half);
    seg_patch_loss_label(&l, two);
    double value = seg_patch_loss(&l, dx[0], origin, NULL);
    for (int i = 0; i < 8; i++)
        finite &= isfinite(dx[0][i]);
    ok(isfinite(value) && finite && !dx[0][0] && !dx[0][1],
        "a patch of features 0 has no gradient");
}

/* ---- wrong settings ---- */

static void
refused(const char *name, struct seg_patch_loss l, int kind, const char *text)
{
    int failed = seg_patch_loss_plan(&l, &arena, &err);

    ok(failed && err.kind == kind && strstr(err.text, text), "%s: %s", name,
        failed ? err.text : "accepted");
}

static void
wrong(void)
{
    struct seg_patch_loss good = pairs(2, 1), l = good;

    l.source = 0;
    refused("no source", l, SEG_EUSAGE, "0 of 2 images from the source");
    l.source = 2;
    refused("no target", l, SEG_EUSAGE, "2 of 2 images from the source");
    l = good;
    l.tau = 0;
    refused("temperature", l, SEG_EUSAGE, "temperature 0");
    l = good;
    l.near = 0;
    refused("near 0", l, SEG_EUSAGE, "near 0 and far 0.6");
    l.near = 0.7;
    refused("near above far", l, SEG_EUSAGE, "near 0.7 and far 0.6");
    l.far = 1;
    refused("far that no pair exceeds", l, SEG_EUSAGE, "far < 1");
    l = good;
    l.w = 1;
    refused("small maps", l, SEG_EDATA, "1x1 are too small for 2x1 patches");
    l = good;
    l.labels.levels = 9;
    refused("levels", l, SEG_EUSAGE, "9 levels");
}

int
main(void)
{
    by_hand();
    for (int levels = 1; levels <= 3; levels++)
        random_batches(levels);
    large();
    degenerate();
    wrong();
    seg_arena_free(&arena);
    return done();
}
