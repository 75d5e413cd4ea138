/*
 * The losses of Hu et al. (local), SimCLR, Chaitanya et al. and Lee et al.
 * (whole images) as training calls them: golden values, naive twins, gradients
 * by differences through the normalization, blocks, degenerate batches,
 * threads.
 */
#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/kernel/norm/normalize.h"
#include "lib/loss/image.h"
#include "lib/loss/local.h"
#include "tests/unit/tap.h"

enum { VOID = 255, MOST = 600, D = 8 };

static struct seg_arena arena;
static struct seg_err err;
static float x[MOST * D], f[MOST * D], norm[MOST], df[4][MOST * D];

static struct seg_local_loss
local(int printed, int block, int n, int h, int w, int d)
{
    struct seg_local_loss l = {.printed = printed,
        .tau = 0.5,
        .classes = 3,
        .ignore = VOID,
        .background = 0,
        .block = block,
        .threads = 3,
        .n = n,
        .h = h,
        .w = w,
        .d = d};

    if (seg_local_loss_plan(&l, &arena, &err))
        ok(0, "plan: %s", err.text);
    return l;
}

static struct seg_image_loss
image(enum seg_image_positives positives, int weigh, double tau, int n, int d)
{
    struct seg_image_loss l = {.positives = positives,
        .weigh = weigh,
        .tau = tau,
        .classes = 3,
        .threads = 3,
        .n = n,
        .d = d};

    if (seg_image_loss_plan(&l, &arena, &err))
        ok(0, "plan: %s", err.text);
    return l;
}

/* ---- golden values: unit vectors in the plane, four in each view ---- */

static const double angle[] = {0, .4, 1.3, 2.0, .1, .5, 1.2, 2.2};

static void
place(void)
{
    for (int i = 0; i < 8; i++) {
        f[2 * i] = (float)cos(angle[i]);
        f[2 * i + 1] = (float)sin(angle[i]);
    }
}

static void
golden(const char *name, double seen, double expected)
{
    ok(fabs(seen - expected) < 1e-6, "%s: %.10f, expected %.10f", name, seen,
        expected);
}

static void
golden_local(void)
{
    static const int y[] = {0, 1, 1, 2, 0, 1, 1, 2};
    struct seg_contrast_report r;

    place();
    for (int printed = 0; printed < 2; printed++) {
        struct seg_local_loss l = local(printed, 0, 1, 1, 4, 2);
        memcpy(l.y, y, sizeof y);
        golden(printed ? "Hu, printed" : "Hu, coded",
            seg_local_loss(&l, df[0], f, &r),
            printed ? 0.0747657983 : 1.4634685308);
        ok(r.anchors == 6 && fabs(r.positives - 14.0 / 6) < 1e-12,
            "its anchors and positives");
    }
    struct seg_local_loss l = local(0, 2, 1, 1, 4, 2);
    memcpy(l.y, y, sizeof y);
    golden("Hu, blocks of 2", seg_local_loss(&l, df[0], f, &r), 0.8568533726);
    ok(r.anchors == 6 && r.positives == 1, "its anchors and positives");
}

static void
golden_image(void)
{
    static const int object[] = {0, 1, 1, 2}, part[] = {0, 0, 1, 1};
    static const float level[] = {.1f, .5f, .4f, -.3f, .2f, .45f, .4f, -.1f};
    struct seg_image_loss l = image(SEG_POSITIVES_VIEW, 0, .5, 4, 2);

    place();
    golden("NT-Xent", seg_image_loss(&l, NULL, f, NULL), 1.2032971834);
    l = image(SEG_POSITIVES_VIEW, 1, .5, 4, 2);
    memcpy(l.intensity, level, sizeof level);
    golden("weighted by intensity", seg_image_loss(&l, NULL, f, NULL),
        0.8825858778);
    for (int i = 0; i < 8; i++)
        l.intensity[i] = NAN;
    golden("all masks empty: NT-Xent", seg_image_loss(&l, NULL, f, NULL),
        1.2032971834);
    l = image(SEG_POSITIVES_OBJECT, 0, .3, 4, 2);
    seg_image_loss_classes(&l, object);
    golden("SupCon of Lee", seg_image_loss(&l, NULL, f, NULL), 5.5033107377);
    l = image(SEG_POSITIVES_POSITION, 0, .5, 4, 2);
    seg_image_loss_classes(&l, part);
    golden("position", seg_image_loss(&l, NULL, f, NULL), 0.8049262900);
}

/* ---- random batches ---- */

static void
fill(int rows)
{
    struct seg_rng r = seg_rng_make(7, NULL, "embedding", 0);

    for (int i = 0; i < rows * D; i++)
        x[i] = (float)seg_rng_normal(&r);
    seg_normalize_forward(f, norm, x, rows, D, 1);
}

static void
label(struct seg_local_loss *l)
{
    int half = l->n * l->h * l->w;
    struct seg_rng r = seg_rng_make(8, NULL, "label", 0);

    for (int i = 0; i < half; i++)
        l->y[i] = i % 7 == 3 ? VOID : (int)seg_rng_below(&r, 3);
    memcpy(l->y + half, l->y, half * sizeof *l->y);
}

/* The formula of local.h for one bag; 0 without anchors. */
static double
naive_bag(const struct seg_local_loss *l, int top, int left, int *anchors)
{
    int side = l->block ? l->block : 1 << 20, bag[MOST], m = 0;
    double loss = 0;

    for (int i = 0; i < 2 * l->n * l->h * l->w; i++) {
        int row = i / l->w % l->h, column = i % l->w;
        if (row >= top && row < top + side && column >= left &&
            column < left + side && l->y[i] != VOID)
            bag[m++] = i;
    }
    *anchors = 0;
    for (int i = 0; i < m; i++) {
        double same = 0, other = 0, sum = 0, np = 0;
        int nn = 0;
        for (int j = 0; j < m; j++) {
            double s = 0;
            for (int c = 0; c < D; c++)
                s += (double)f[bag[i] * D + c] * f[bag[j] * D + c] / l->tau;
            if (i != j && l->y[bag[i]] == l->y[bag[j]]) {
                np++;
                sum += s;
                same += exp(s);
            } else if (i != j) {
                nn++;
                other += exp(s);
            }
        }
        if (l->y[bag[i]] == l->background || !np || (l->printed && !nn))
            continue;
        ++*anchors;
        loss +=
            l->printed ? log(other / same) / np : log(same + other) - sum / np;
    }
    return *anchors ? loss / *anchors : 0;
}

static double
naive(const struct seg_local_loss *l)
{
    int bags = 0, step = l->block ? l->block : 1 << 20;
    double loss = 0;

    for (int i = 0; i < l->h; i += step)
        for (int j = 0; j < l->w; j += step) {
            int anchors;
            loss += naive_bag(l, i, j, &anchors);
            bags += anchors > 0;
        }
    return bags ? loss / bags : 0;
}

/* Either loss, to be differentiated. */
struct problem {
    struct seg_local_loss *local;
    struct seg_image_loss *image;
    int rows;
};

static double
value(const struct problem *p, float *gradient)
{
    return p->local ? seg_local_loss(p->local, gradient, f, NULL)
                    : seg_image_loss(p->image, gradient, f, NULL);
}

static void
gradient(const struct problem *p, const char *name)
{
    double worst = 0, largest = 0, at[3];
    float *dx = df[3];
    int same = 1;

    fill(p->rows);
    for (int t = 0; t < 3; t++) {
        *(p->local ? &p->local->threads : &p->image->threads) = t + 1;
        at[t] = value(p, df[t]);
        same &= at[t] == at[0] &&
                !memcmp(df[t], df[0], (size_t)p->rows * D * sizeof **df);
    }
    ok(same, "%s: the same bits for 1, 2 and 3 threads", name);
    memset(dx, 0, (size_t)p->rows * D * sizeof *dx);
    seg_normalize_backward(dx, df[0], f, norm, 1, p->rows, D, 1);
    for (int i = 0; i < p->rows * D; i += 3) {
        const double h = 1e-2;
        float keep = x[i];

        x[i] = (float)(keep + h);
        seg_normalize_forward(f, norm, x, p->rows, D, 1);
        double up = value(p, NULL);
        x[i] = (float)(keep - h);
        seg_normalize_forward(f, norm, x, p->rows, D, 1);
        double down = value(p, NULL);
        x[i] = keep;
        worst = fmax(worst, fabs((up - down) / (2 * h) - (double)dx[i]));
        largest = fmax(largest, fabs((double)dx[i]));
    }
    ok(largest > 1e-4 && worst < 1e-3 * largest,
        "%s: gradient off by %.1e of %.1e", name, worst, largest);
}

static void
local_batches(void)
{
    char name[80];

    for (int printed = 0; printed < 2; printed++)
        for (int block = 0; block < 4; block++)
            for (int background = -1; background < 2; background++) {
                struct seg_local_loss l = local(printed, block, 2, 5, 4, D);
                struct problem p = {.local = &l, .rows = 80};

                l.background = background;
                snprintf(name, sizeof name,
                    "local, printed %d, block %d, background %d", printed,
                    block, background);
                fill(80);
                label(&l);
                golden(name, seg_local_loss(&l, NULL, f, NULL), naive(&l));
                gradient(&p, name);
            }
}

static void
image_batches(void)
{
    static const int y[] = {0, 2, 2, -1, 1, 2, 0};

    for (int positives = 0; positives <= SEG_POSITIVES_OBJECT; positives++)
        for (int weigh = 0; weigh < 2; weigh++) {
            struct seg_image_loss l = image(positives, 0, 0.3, 7, D);
            struct problem p = {.image = &l, .rows = 14};
            char name[80];

            if (weigh && positives == SEG_POSITIVES_POSITION)
                continue;
            if (weigh)
                l = image(positives, 1, 0.3, 7, D);
            if (positives != SEG_POSITIVES_VIEW)
                seg_image_loss_classes(&l, y);
            for (int i = 0; weigh && i < 14; i++)
                l.intensity[i] = i % 5 == 1 ? NAN : .1f * (float)i - .7f;
            snprintf(name, sizeof name, "image, positives %d, weighted %d",
                positives, weigh);
            gradient(&p, name);
        }
}

/* ---- degenerate batches ---- */

static void
still(const char *name, double seen, const float *gradient, int floats)
{
    int zero = 1;

    for (int i = 0; i < floats; i++)
        zero &= gradient[i] == 0;
    ok(seen == 0 && zero, "%s: exactly 0 (%g)", name, seen);
}

static void
no_anchor(void)
{
    static const int void_[2] = {VOID, 0};

    for (int printed = 0; printed < 2; printed++)
        for (int block = 0; block < 4; block += 2) {
            struct seg_local_loss l = local(printed, block, 2, 3, 4, D);
            struct seg_contrast_report r;

            fill(48);
            for (int k = 0; k < 2; k++) {
                for (int i = 0; i < 48; i++)
                    l.y[i] = void_[k];
                still(k ? "no foreground" : "all ignored",
                    seg_local_loss(&l, df[0], f, &r), df[0], 48 * D);
                ok(!r.anchors && !r.positives, "no anchors reported");
            }
            l.y[5] = 1; /* one view only: it has no positive */
            still("an anchor without positives",
                seg_local_loss(&l, df[0], f, &r), df[0], 48 * D);
            ok(!r.anchors, "which is not counted");
            l.y[29] = 1;
            double two = seg_local_loss(&l, df[0], f, &r);
            ok(r.anchors == 2 && r.positives == 1 && isfinite(two) && two != 0,
                "one pixel of two views: %g", two);
            golden("as the formula", two, naive(&l));
            for (int i = 0; i < 48; i++)
                l.y[i] = 2;
            two = seg_local_loss(&l, df[0], f, &r);
            golden("one class", two, naive(&l));
            ok(printed ? !r.anchors : r.anchors == 48,
                "one class: anchors as the formula");
        }
}

static void
image_degenerate(void)
{
    static const int one[] = {1, 1, 1}, apart[] = {0, 1, 2};
    static const int none[] = {-1, -1, -1};
    struct seg_contrast_report r;

    fill(6);
    struct seg_image_loss l = image(SEG_POSITIVES_VIEW, 0, .5, 1, D);
    still("one image, the other view its only candidate",
        fabs(seg_image_loss(&l, df[0], f, &r)) < 1e-6 ? 0 : 1, df[0], 0);
    ok(r.anchors == 2 && r.positives == 1, "its anchors");
    l = image(SEG_POSITIVES_POSITION, 0, .5, 3, D);
    seg_image_loss_classes(&l, one);
    still("all at one position: no negatives", seg_image_loss(&l, df[0], f, &r),
        df[0], 6 * D);
    ok(!r.anchors, "no anchors");
    seg_image_loss_classes(&l, none);
    still("no positions", seg_image_loss(&l, df[0], f, &r), df[0], 6 * D);
    seg_image_loss_classes(&l, apart);
    ok(seg_image_loss(&l, df[0], f, &r) > 0 && r.anchors == 6 &&
            r.positives == 1,
        "three positions");
    l = image(SEG_POSITIVES_OBJECT, 0, .3, 3, D);
    seg_image_loss_classes(&l, one);
    ok(isfinite(seg_image_loss(&l, df[0], f, &r)) && r.anchors == 6 &&
            r.positives == 5,
        "one class of objects");
    seg_image_loss_classes(&l, none);
    still("no objects", seg_image_loss(&l, df[0], f, &r), df[0], 6 * D);
}

/* Labels that are their own position: column + 16 row. */
static void
labels(int stride, int feature, int size, const int *at)
{
    struct seg_local_loss l = local(0, 0, 2, 3, 3, D);
    uint8_t y[2 * 256];
    int good = 1;

    for (int i = 0; i < 2 * size * size; i++)
        y[i] = (uint8_t)(i % size + 16 * (i / size % size));
    seg_local_loss_label(&l, y, size, size, feature, feature, stride);
    for (int i = 0; i < 36; i++)
        good &= l.y[i] == at[i % 3] + 16 * at[i / 3 % 3];
    ok(good, "stride %d on %d features of %d pixels", stride, feature, size);
}

int
main(void)
{
    golden_local();
    golden_image();
    local_batches();
    image_batches();
    no_anchor();
    image_degenerate();
    labels(4, 12, 12, (int[]){0, 4, 8});
    labels(1, 3, 3, (int[]){0, 1, 2});
    labels(2, 5, 9, (int[]){0, 4, 8});
    seg_arena_free(&arena);
    return done();
}
