#include <string.h>

#include "lib/base/rng.h"
#include "lib/kernel/contrast/contrast.h"
#include "lib/kernel/resize.h"
#include "lib/loss/contrast.h"

/* The settings of the kernel for this loss. */
static struct seg_contrast
kernel_form(const struct seg_contrast_loss *l)
{
    static const int forms[][2] = {
        [SEG_SCOPE_WITHIN] = {SEG_PAPER_WITHIN, SEG_RELEASED_WITHIN},
        [SEG_SCOPE_CROSS] = {SEG_PAPER_CROSS, SEG_RELEASED_CROSS},
        [SEG_SCOPE_BATCH] = {SEG_BATCH, SEG_RELEASED_WITHIN},
        [SEG_SCOPE_SUPCON] = {SEG_SUPCON, SEG_SUPCON},
    };
    struct seg_contrast q = seg_contrast_forms[forms[l->scope][l->released]];

    q.classes = l->classes;
    q.ignore = l->ignore;
    q.tau = (float)l->tau;
    return q;
}

int
seg_contrast_loss_plan(
    struct seg_contrast_loss *l, struct seg_arena *a, struct seg_err *e)
{
    struct seg_contrast q = kernel_form(l);
    size_t rows = 2 * (size_t)l->n * l->h * l->w;

    if (rows > INT32_MAX)
        return seg_fail(e, SEG_EDATA,
            "2 x %d maps of %dx%d have too many pixels to compare", l->n, l->w,
            l->h);
    l->y = seg_take(a, rows, sizeof *l->y, e);
    l->group = seg_take(a, rows, sizeof *l->group, e);
    l->rows = seg_take(a, rows, sizeof *l->rows, e);
    l->order = seg_take(a, l->n, sizeof *l->order, e);
    l->partner = seg_take(a, l->n, sizeof *l->partner, e);
    l->scratch = seg_take_dirty(
        a, seg_contrast_scratch(&q, (int)rows, l->d, l->threads), 1, e);
    return l->y && l->group && l->rows && l->order && l->partner && l->scratch
               ? 0
               : -1;
}

/* Image position of grid position i of n: grid to feature map to image. */
static int
pixel_at(int i, int n, int features, int pixels)
{
    int at = seg_resize_nearest(i, features, n, 1);

    return seg_resize_nearest(at, pixels, features, 1);
}

void
seg_contrast_loss_label(struct seg_contrast_loss *l, const uint8_t *label,
    int label_h, int label_w, int feature_h, int feature_w)
{
    size_t half = (size_t)l->n * l->h * l->w;
    int *y = l->y;

    for (int n = 0; n < l->n; n++)
        for (int i = 0; i < l->h; i++) {
            size_t row =
                (size_t)n * label_h + pixel_at(i, l->h, feature_h, label_h);

            for (int j = 0; j < l->w; j++)
                *y++ = label[row * label_w +
                             pixel_at(j, l->w, feature_w, label_w)];
        }
    memcpy(l->y + half, l->y, half * sizeof *l->y);
}

/* The most frequent label of a block of h x w pixels, or ignore if its share
   is too small; the lower class id wins a tie. */
static int
majority(const struct seg_contrast_loss *l, const uint8_t *label, int ld, int h,
    int w, double share)
{
    int seen[256] = {0}, best = 0;

    for (int i = 0; i < h; i++)
        for (int j = 0; j < w; j++)
            seen[label[(size_t)i * ld + j]]++;
    for (int y = 1; y < 256; y++)
        if (seen[y] > seen[best])
            best = y;
    return seen[best] < share * h * w ? l->ignore : best;
}

void
seg_contrast_loss_pool(struct seg_contrast_loss *l, const uint8_t *label,
    int label_h, int label_w, double share)
{
    size_t half = (size_t)l->n * l->h * l->w;
    int h = label_h / l->h, w = label_w / l->w, *y = l->y;

    for (int i = 0; i < l->n * l->h; i++)
        for (int j = 0; j < l->w; j++)
            *y++ = majority(l, label + (size_t)i * h * label_w + j * w, label_w,
                h, w, share);
    memcpy(l->y + half, l->y, half * sizeof *l->y);
}

/* Appends the rows of one feature map (0 to 2n-1) to l->rows, as members of
   group; returns the new number of rows. */
static int
append_map(struct seg_contrast_loss *l, int rows, int map, int group)
{
    int m = l->h * l->w;

    for (int i = map * m; i < (map + 1) * m; i++) {
        l->group[i] = group;
        l->rows[rows++] = i;
    }
    return rows;
}

/* Adds the anchors of the next kernel call and their positive pairs to the
   report. */
static void
count_pairs(const struct seg_contrast_loss *l, const struct seg_contrast *q,
    int rows, struct seg_contrast_report *report)
{
    long seen[SEG_GROUPS][256] = {{0}};

    for (int i = 0; i < rows; i++) {
        int y = l->y[l->rows[i]];

        if (y >= 0 && y < q->classes && y != q->ignore)
            seen[l->group[l->rows[i]]][y]++;
    }
    for (int a = 0; a < q->groups; a++) {
        int anchors = 0;

        for (int c = 0; c < q->groups; c++)
            anchors |= q->relation[a][c] & SEG_POSITIVE;
        for (int y = 0; anchors && y < 256; y++) {
            long pairs = 0;

            for (int c = 0; c < q->groups; c++)
                if (q->relation[a][c] & SEG_POSITIVE)
                    pairs += seen[c][y] - (c == a && !q->self && seen[c][y]);
            report->anchors += (double)seen[a][y];
            report->positives += (double)seen[a][y] * (double)pairs;
        }
    }
}

static double
run_kernel(struct seg_contrast_loss *l, const struct seg_contrast *q, float *df,
    const float *f, int rows, struct seg_contrast_report *report)
{
    count_pairs(l, q, rows, report);
    return seg_contrast(df, f, l->y, l->group, NULL, l->rows, q, rows, l->d,
        l->threads, l->scratch);
}

/*
 * partner[i] is the image whose augmented view is compared with image i.  In
 * the paper it is a different image: the next one in a shuffled cycle, which is
 * a permutation without fixed points.
 */
static void
draw_partners(struct seg_contrast_loss *l, uint64_t step)
{
    struct seg_rng r = seg_rng_make(l->seed, NULL, "partner", step);

    for (int i = 0; i < l->n; i++)
        l->order[i] = i;
    seg_rng_shuffle(&r, l->order, l->n);
    for (int i = 0; i < l->n; i++)
        if (l->released)
            l->partner[i] = l->order[i];
        else
            l->partner[l->order[i]] = l->order[(i + 1) % l->n];
}

static double
within(struct seg_contrast_loss *l, struct seg_contrast *q, float *df,
    const float *f, struct seg_contrast_report *report)
{
    double value = 0;

    q->scale = 1 / (float)l->n;
    for (int i = 0; i < 2 * l->n; i++) {
        if (l->released)
            value += run_kernel(l, q, df, f, append_map(l, 0, i, 0), report);
        else if (i < l->n)
            value += run_kernel(l, q, df, f,
                append_map(l, append_map(l, 0, i, 0), i + l->n, 1), report);
    }
    return value;
}

static double
cross(struct seg_contrast_loss *l, struct seg_contrast *q, float *df,
    const float *f, uint64_t step, struct seg_contrast_report *report)
{
    double value = 0;

    q->scale = 1 / (float)l->n;
    draw_partners(l, step);
    for (int i = 0; i < l->n; i++) {
        int rows = append_map(l, 0, i, 0), view = l->n + l->partner[i];

        if (!l->released)
            rows = append_map(l, rows, l->n + i, 1);
        if (l->released || l->partner[i] != i)
            rows = append_map(l, rows, view, l->released ? 1 : 2);
        value += run_kernel(l, q, df, f, rows, report);
    }
    return value;
}

/* All 2n maps in one call of the kernel: batch and supcon. */
static double
all_maps(struct seg_contrast_loss *l, const struct seg_contrast *q, float *df,
    const float *f, struct seg_contrast_report *report)
{
    int rows = 0;

    for (int i = 0; i < 2 * l->n; i++)
        rows = append_map(l, rows, i, q->groups == 2 && i >= l->n);
    return run_kernel(l, q, df, f, rows, report);
}

double
seg_contrast_loss(struct seg_contrast_loss *l, float *df, const float *f,
    uint64_t step, struct seg_contrast_report *report)
{
    struct seg_contrast q = kernel_form(l);
    struct seg_contrast_report none, *r = report ? report : &none;
    double value;

    *r = (struct seg_contrast_report){0};
    if (df)
        memset(df, 0, 2 * (size_t)l->n * l->h * l->w * l->d * sizeof *df);
    if (l->scope == SEG_SCOPE_WITHIN)
        value = within(l, &q, df, f, r);
    else if (l->scope == SEG_SCOPE_CROSS)
        value = cross(l, &q, df, f, step, r);
    else
        value = all_maps(l, &q, df, f, r);
    if (r->anchors > 0)
        r->positives /= r->anchors;
    if (report)
        seg_contrast_measure(
            report, f, l->y, l->ignore, 2 * (size_t)l->n * l->h * l->w, l->d);
    return value;
}
