/*
 * The contrastive losses as training calls them: golden values of the forms of
 * Zhao et al., gradients by differences through the normalization, batches
 * without valid pixels, sampling of labels.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/kernel/contrast/contrast.h"
#include "lib/kernel/norm/normalize.h"
#include "lib/loss/contrast.h"
#include "tests/unit/tap.h"

enum { PAPER, RELEASED, VOID = 255, ROWS = 256, D = 8 };

static struct seg_arena arena;
static struct seg_err err;

static struct seg_contrast_loss
loss(enum seg_contrast_scope scope, int released, int n, int h, int w, int d)
{
    struct seg_contrast_loss l = {.scope = scope,
        .released = released,
        .tau = 0.5,
        .classes = 3,
        .ignore = VOID,
        .threads = 2,
        .n = n,
        .h = h,
        .w = w,
        .d = d};

    if (seg_contrast_loss_plan(&l, &arena, &err))
        ok(0, "plan: %s", err.text);
    return l;
}

/* ---- golden values: unit vectors in the plane, four pixels an image ---- */

static const double angle_i[] = {0, .4, 1.3, 2.0};
static const double angle_i1[] = {.1, .5, 1.2, 2.2};
static const double angle_j1[] = {.2, 1.0, 1.6, 2.6};
static const int y_i[] = {0, 0, 1, 1}, y_j1[] = {0, 1, 1, 2};
static const int y_none[] = {VOID, VOID, VOID, VOID};

static void
place(struct seg_contrast_loss *l, float *f, int map, const double *angle,
    const int *y)
{
    for (int i = 0; i < 4; i++) {
        f[8 * map + 2 * i] = (float)cos(angle[i]);
        f[8 * map + 2 * i + 1] = (float)sin(angle[i]);
    }
    memcpy(l->y + 4 * map, y, 4 * sizeof *y);
}

static void
golden(const char *name, double seen, double expected)
{
    ok(fabs(seen - expected) < 1e-6, "%s: %.10f, expected %.10f", name, seen,
        expected);
}

static void
golden_within(void)
{
    static const double expected[] = {0.9822166030, 0.9363392598};
    static const char *const name[] = {"paper within", "released within"};

    for (int form = PAPER; form <= RELEASED; form++) {
        struct seg_contrast_loss l = loss(SEG_SCOPE_WITHIN, form, 1, 1, 4, 2);
        float f[16], df[16] = {0};

        place(&l, f, 0, angle_i, y_i);
        place(&l, f, 1, angle_i1, y_i);
        golden(
            name[form], seg_contrast_loss(&l, df, f, 0, NULL), expected[form]);
    }
}

/*
 * Images I and J with augmented views I^ and J^; all pixels of J are ignored.
 * Paper: J adds 0 to the mean.  Released: J is compared with I^, so that I^ is
 * compared only with itself.
 */
static void
golden_cross(int form)
{
    struct seg_contrast_loss l = loss(SEG_SCOPE_CROSS, form, 2, 1, 4, 2);
    struct seg_contrast_report r;
    float f[32], df[32] = {0};
    double value;
    uint64_t step = 0;

    place(&l, f, 0, angle_i, y_i);
    place(&l, f, 1, angle_j1, y_none);
    place(&l, f, 2, angle_i1, y_i);
    place(&l, f, 3, angle_j1, y_j1);
    do
        value = seg_contrast_loss(&l, df, f, step++, &r);
    while (l.partner[0] != 1 && step < 100);
    if (form == PAPER) {
        golden("paper cross", value, 1.4220983742 / 2);
        ok(r.anchors == 4 && r.positives == 14.0 / 4,
            "its anchors and positives");
    } else {
        golden("released cross", value, (0.4812309101 + 0.5288670672) / 2);
        ok(r.anchors == 12 && fabs(r.positives - 34.0 / 12) < 1e-12,
            "its anchors and positives");
    }
    if (form == RELEASED) {
        l.y[14] = VOID;
        do
            value = seg_contrast_loss(&l, df, f, step++, NULL);
        while (l.partner[0] != 1 && step < 200);
        ok(isfinite(value), "released cross with a void pixel");
    }
}

/* ---- random batches ---- */

static void
fill(struct seg_contrast_loss *l, float *x)
{
    int rows = 2 * l->n * l->h * l->w;
    struct seg_rng r = seg_rng_make(7, NULL, "embedding", 0);

    for (int i = 0; i < rows * l->d; i++)
        x[i] = (float)seg_rng_normal(&r);
    for (int i = 0; i < rows; i++)
        l->y[i] = i % 7 == 3 ? VOID : (int)seg_rng_below(&r, 3);
}

/* Batch and supcon: one call of the kernel's reference implementation. */
static void
one_bag(enum seg_contrast_scope scope, int released, int kernel_form)
{
    struct seg_contrast_loss l = loss(scope, released, 2, 3, 2, D);
    struct seg_contrast q = seg_contrast_forms[kernel_form];
    float x[24 * D], f[24 * D], norm[24], df[24 * D] = {0};
    double wanted[24 * D] = {0}, worst = 0;
    int group[24];

    fill(&l, x);
    seg_normalize_forward(f, norm, x, 24, D, 1);
    for (int i = 0; i < 24; i++)
        group[i] = q.groups == 2 && i >= 12;
    q.classes = 3;
    q.tau = 0.5f;
    golden(scope == SEG_SCOPE_BATCH ? "one bag" : "supcon",
        seg_contrast_loss(&l, df, f, 0, NULL),
        seg_contrast_naive(wanted, f, l.y, group, NULL, NULL, &q, 24, D));
    for (int i = 0; i < 24 * D; i++)
        worst = fmax(worst, fabs(wanted[i] - df[i]));
    ok(worst < 1e-6, "and its gradient: off by %.1e", worst);
}

static double
value_of(struct seg_contrast_loss *l, const float *x, uint64_t step)
{
    float f[ROWS * D], norm[ROWS];

    seg_normalize_forward(f, norm, x, 2 * l->n * l->h * l->w, D, 1);
    return seg_contrast_loss(l, NULL, f, step, NULL);
}

static void
gradient(enum seg_contrast_scope scope, int released)
{
    struct seg_contrast_loss l = loss(scope, released, 3, 2, 2, D);
    int rows = 24;
    float x[24 * D], f[24 * D], norm[24], df[24 * D] = {0}, dx[24 * D] = {0};
    double worst = 0, largest = 0;

    fill(&l, x);
    seg_normalize_forward(f, norm, x, rows, D, 1);
    seg_contrast_loss(&l, df, f, 5, NULL);
    seg_normalize_backward(dx, df, f, norm, 1, rows, D, 1);
    for (int i = 0; i < rows * D; i++) {
        float keep = x[i];
        const double h = 1e-2;

        x[i] = (float)(keep + h);
        double up = value_of(&l, x, 5);
        x[i] = (float)(keep - h);
        double down = value_of(&l, x, 5);
        x[i] = keep;
        worst = fmax(worst, fabs((up - down) / (2 * h) - (double)dx[i]));
        largest = fmax(largest, fabs((double)dx[i]));
    }
    ok(largest > 1e-3 && worst < 5e-4 * largest,
        "gradient of scope %d, form %d through the norm: off by %.1e of %.1e",
        scope, released, worst, largest);
}

static void
empty(enum seg_contrast_scope scope, int released)
{
    struct seg_contrast_loss l = loss(scope, released, 2, 1, 4, D);
    float x[16 * D], f[16 * D], norm[16], df[16 * D] = {0};
    struct seg_contrast_report r;
    int still = 1;

    fill(&l, x);
    seg_normalize_forward(f, norm, x, 16, D, 1);
    for (int i = 0; i < 16; i++)
        l.y[i] = VOID;
    double value = seg_contrast_loss(&l, df, f, 0, &r);
    for (int i = 0; i < 16 * D; i++)
        still &= df[i] == 0;
    ok(value == 0 && still && r.anchors == 0 && r.positives == 0,
        "scope %d, form %d: all void gives exactly 0", scope, released);
    for (int i = 0; i < 16; i++)
        l.y[i] = 1;
    value = seg_contrast_loss(&l, df, f, 0, &r);
    ok(isfinite(value) && isfinite(r.alignment) && isfinite(r.uniformity),
        "scope %d, form %d: a single class gives a number", scope, released);
}

static void
partners(void)
{
    struct seg_contrast_loss l = loss(SEG_SCOPE_CROSS, PAPER, 5, 1, 1, D);
    float f[10 * D] = {0};
    int met[5] = {0}, fixed = 0, same = 1, first[5];

    for (uint64_t step = 0; step < 50; step++) {
        seg_contrast_loss(&l, NULL, f, step, NULL);
        if (!step)
            memcpy(first, l.partner, sizeof first);
        same &= !memcmp(first, l.partner, sizeof first);
        for (int i = 0; i < 5; i++) {
            met[l.partner[i]]++;
            fixed += l.partner[i] == i;
        }
    }
    ok(!fixed, "no image is its own partner in the paper's form");
    ok(met[0] == 50 && met[1] == 50 && met[2] == 50 && met[3] == 50,
        "every image is somebody's partner");
    ok(!same, "partners change from step to step");
    seg_contrast_loss(&l, NULL, f, 0, NULL);
    ok(!memcmp(first, l.partner, sizeof first), "and are those of the step");

    struct seg_contrast_loss alone = loss(SEG_SCOPE_CROSS, PAPER, 1, 2, 2, D);
    struct seg_contrast_loss in = loss(SEG_SCOPE_WITHIN, PAPER, 1, 2, 2, D);
    float x[8 * D];
    fill(&alone, x);
    fill(&in, x);
    golden("cross of a single image is within", value_of(&alone, x, 0),
        value_of(&in, x, 0));
}

/* Labels that are their own position: column + 16 row. */
static void
labels(int label_h, int label_w, int feature_h, int feature_w, const int *rows,
    const int *columns)
{
    struct seg_contrast_loss l = loss(SEG_SCOPE_WITHIN, PAPER, 2, 3, 3, D);
    uint8_t label[512];
    int good = 1;

    for (int i = 0; i < 2 * label_h * label_w; i++)
        label[i] = (uint8_t)(i % label_w + 16 * (i / label_w % label_h) +
                             (i >= label_h * label_w));
    seg_contrast_loss_label(&l, label, label_h, label_w, feature_h, feature_w);
    for (int n = 0; n < 4; n++)
        for (int i = 0; i < 9; i++)
            good &= l.y[9 * n + i] == columns[i % 3] + 16 * rows[i / 3] + n % 2;
    ok(good,
        "labels %dx%d, features %dx%d, grid 3x3: sampled at the same positions",
        label_w, label_h, feature_w, feature_h);
}

/* Blocks of 2 x 3 pixels: all one class, most of it, a tie, mostly void. */
static void
pooled_labels(void)
{
    static const uint8_t label[] = {1, 1, 1, 2, 2, 0, /**/ 1, 1, 1, 2, 2,
        0, /**/
        0, 0, 0, VOID, VOID, VOID, /**/ 3, 3, 3, VOID, VOID, 1};
    static const int half[] = {1, 2, 0, VOID}, most[] = {1, VOID, VOID, VOID};
    int y[8];
    struct seg_contrast_loss l = {
        .ignore = VOID, .n = 1, .h = 2, .w = 2, .y = y};

    seg_contrast_loss_pool(&l, label, 4, 6, 0.5);
    ok(!memcmp(y, half, sizeof half) && !memcmp(y + 4, half, sizeof half),
        "pooled labels: %d %d %d %d", y[0], y[1], y[2], y[3]);
    seg_contrast_loss_pool(&l, label, 4, 6, 0.9);
    ok(!memcmp(y, most, sizeof most), "of nine tenths: %d %d %d %d", y[0], y[1],
        y[2], y[3]);
}

int
main(void)
{
    pooled_labels();
    golden_within();
    golden_cross(PAPER);
    golden_cross(RELEASED);
    one_bag(SEG_SCOPE_BATCH, PAPER, SEG_BATCH);
    one_bag(SEG_SCOPE_BATCH, RELEASED, SEG_RELEASED_WITHIN);
    one_bag(SEG_SCOPE_SUPCON, PAPER, SEG_SUPCON);
    for (int scope = 0; scope <= SEG_SCOPE_SUPCON; scope++)
        for (int form = PAPER; form <= RELEASED; form++) {
            gradient(scope, form);
            empty(scope, form);
        }
    partners();
    labels(9, 9, 5, 5, (int[]){0, 4, 8}, (int[]){0, 4, 8});
    labels(9, 9, 9, 9, (int[]){0, 4, 8}, (int[]){0, 4, 8});
    labels(10, 12, 5, 6, (int[]){0, 5, 9}, (int[]){0, 7, 11});
    seg_arena_free(&arena);
    return done();
}
