#include <string.h>

#include "lib/kernel/contrast/contrast.h"
#include "lib/kernel/resize.h"
#include "lib/loss/local.h"

static int
min_int(int a, int b)
{
    return a < b ? a : b;
}

/* The settings of the kernel for this loss. */
static struct seg_contrast
kernel_form(const struct seg_local_loss *l)
{
    struct seg_contrast q = seg_contrast_forms[SEG_SUPCON];

    q.classes = l->classes;
    q.background = l->background;
    q.ignore = l->ignore;
    q.tau = (float)l->tau;
    q.only_paired = 1;
    q.logs_only = l->printed;
    return q;
}

/* Side of the blocks along an axis of n rows. */
static int
side(const struct seg_local_loss *l, int n)
{
    return l->block ? min_int(l->block, n) : n;
}

/* Scratch of the largest bag: blocks at an edge have fewer rows. */
static size_t
scratch_bytes(const struct seg_local_loss *l)
{
    struct seg_contrast q = kernel_form(l);
    int high = side(l, l->h), wide = side(l, l->w);
    int h[] = {high, l->h % high ? l->h % high : high};
    int w[] = {wide, l->w % wide ? l->w % wide : wide};
    size_t most = 0;

    for (int i = 0; i < 4; i++) {
        int rows = 2 * l->n * h[i / 2] * w[i % 2];
        size_t bytes = seg_contrast_scratch(&q, rows, l->d, l->threads);

        most = bytes > most ? bytes : most;
    }
    return most;
}

int
seg_local_loss_plan(
    struct seg_local_loss *l, struct seg_arena *a, struct seg_err *e)
{
    size_t rows = 2 * (size_t)l->n * l->h * l->w;

    if (rows > INT32_MAX)
        return seg_fail(e, SEG_EDATA,
            "2 x %d maps of %dx%d have too many pixels to compare", l->n, l->w,
            l->h);
    l->y = seg_take(a, rows, sizeof *l->y, e);
    l->rows = seg_take(a, rows, sizeof *l->rows, e);
    l->seen = seg_take(a, (size_t)l->classes, sizeof *l->seen, e);
    l->scratch = seg_take_dirty(a, scratch_bytes(l), 1, e);
    return l->y && l->rows && l->seen && l->scratch ? 0 : -1;
}

void
seg_local_loss_label(struct seg_local_loss *l, const uint8_t *label,
    int label_h, int label_w, int feature_h, int feature_w, int stride)
{
    size_t half = (size_t)l->n * l->h * l->w;
    int *y = l->y;

    for (int n = 0; n < l->n; n++)
        for (int i = 0; i < l->h; i++) {
            int at = seg_resize_nearest(i * stride, label_h, feature_h, 1);
            const uint8_t *row = label + ((size_t)n * label_h + at) * label_w;

            for (int j = 0; j < l->w; j++)
                *y++ =
                    row[seg_resize_nearest(j * stride, label_w, feature_w, 1)];
        }
    memcpy(l->y + half, l->y, half * sizeof *l->y);
}

/* Sets l->rows to those of the bag at rows y.. and columns x.. of all maps, and
   l->seen; returns their number. */
static int
gather(struct seg_local_loss *l, int y, int x)
{
    int hi = min_int(y + side(l, l->h), l->h);
    int wi = min_int(x + side(l, l->w), l->w), n = 0;

    memset(l->seen, 0, (size_t)l->classes * sizeof *l->seen);
    for (int map = 0; map < 2 * l->n; map++)
        for (int i = y; i < hi; i++)
            for (int j = x; j < wi; j++) {
                int at = (map * l->h + i) * l->w + j, k = l->y[at];

                l->rows[n++] = at;
                if (k != l->ignore && k < l->classes)
                    l->seen[k]++;
            }
    return n;
}

/* The anchors of the bag; adds their positive pairs to *pairs. */
static double
count(const struct seg_local_loss *l, double *pairs)
{
    double anchors = 0, all = 0;

    for (int k = 0; k < l->classes; k++)
        all += l->seen[k];
    for (int k = 0; k < l->classes; k++) {
        double n = l->seen[k];

        if (k == l->background || n < 2 || (l->printed && n == all))
            continue;
        anchors += n;
        *pairs += n * (n - 1);
    }
    return anchors;
}

static double
bag_loss(struct seg_local_loss *l, struct seg_contrast q, float *df,
    const float *f, int rows)
{
    double value;

    if (!l->printed)
        return seg_contrast(df, f, l->y, NULL, NULL, l->rows, &q, rows, l->d,
            l->threads, l->scratch);
    /* The log of the ratio: negatives less positives. */
    q.relation[0][0] = SEG_POSITIVE | SEG_DENOM_OTHER;
    value = seg_contrast(df, f, l->y, NULL, NULL, l->rows, &q, rows, l->d,
        l->threads, l->scratch);
    q.relation[0][0] = SEG_POSITIVE | SEG_DENOM_SAME;
    q.scale = -q.scale;
    return value + seg_contrast(df, f, l->y, NULL, NULL, l->rows, &q, rows,
                       l->d, l->threads, l->scratch);
}

double
seg_local_loss(struct seg_local_loss *l, float *df, const float *f,
    struct seg_contrast_report *report)
{
    struct seg_contrast q = kernel_form(l);
    int high = side(l, l->h), wide = side(l, l->w), bags = 0;
    double value = 0, anchors = 0, pairs = 0;

    if (df)
        memset(df, 0, 2 * (size_t)l->n * l->h * l->w * l->d * sizeof *df);
    for (int y = 0; y < l->h; y += high)
        for (int x = 0; x < l->w; x += wide) {
            gather(l, y, x);
            double own = count(l, &pairs);
            bags += own > 0;
            anchors += own;
        }
    q.scale = bags ? 1 / (float)bags : 0;
    for (int y = 0; y < l->h; y += high)
        for (int x = 0; x < l->w; x += wide) {
            int rows = gather(l, y, x);
            double none = 0;
            if (count(l, &none) > 0)
                value += bag_loss(l, q, df, f, rows);
        }
    if (report) {
        *report = (struct seg_contrast_report){
            .anchors = anchors, .positives = anchors > 0 ? pairs / anchors : 0};
        seg_contrast_measure(
            report, f, l->y, l->ignore, 2 * (size_t)l->n * l->h * l->w, l->d);
    }
    return value;
}
