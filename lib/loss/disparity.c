#include <math.h>
#include <string.h>

#include "lib/loss/disparity.h"

/* First pixel of part i if n pixels are divided into so many parts. */
static int
first(int i, int n, int parts)
{
    return (int)((long)i * n / parts);
}

/* Cells along the side of a patch at the finest level. */
static int
finest_side(const struct seg_disparity *d)
{
    return 1 << (d->levels - 1);
}

/* Number of the first cell of a level. */
static int
first_cell(int level)
{
    return ((1 << 2 * level) - 1) / 3;
}

static double
weight(const struct seg_disparity *d, int level)
{
    return d->weight ? d->weight[level] : 1.0 / d->levels;
}

double
seg_disparity_most(const struct seg_disparity *d)
{
    double sum = 0;

    for (int l = 0; l < d->levels; l++)
        sum += weight(d, l);
    return sum;
}

static int
check(const struct seg_disparity *d, struct seg_err *e)
{
    if (d->gy < 1 || d->gx < 1)
        return seg_fail(e, SEG_EUSAGE,
            "grid of %dx%d patches: want at least 1x1", d->gx, d->gy);
    if (d->levels < 1 || d->levels > SEG_DISPARITY_LEVELS)
        return seg_fail(e, SEG_EUSAGE, "%d levels: want 1 to %d", d->levels,
            SEG_DISPARITY_LEVELS);
    if (!(d->labeled >= 0 && d->labeled <= 1))
        return seg_fail(e, SEG_EUSAGE,
            "share of labeled pixels %g: want 0 to 1", d->labeled);
    for (int l = 0; l < d->levels; l++)
        if (!(weight(d, l) >= 0 && isfinite(weight(d, l))))
            return seg_fail(e, SEG_EUSAGE,
                "weight %g of level %d: want 0 or more", weight(d, l), l);
    if (!(seg_disparity_most(d) > 0))
        return seg_fail(e, SEG_EUSAGE, "all level weights are 0");
    int side = finest_side(d);
    if (d->h / d->gy < side || d->w / d->gx < side)
        return seg_fail(e, SEG_EDATA,
            "labels of %dx%d pixels are too small for %dx%d patches of %dx%d "
            "cells: want at least %ldx%ld",
            d->w, d->h, d->gx, d->gy, side, side, (long)d->gx * side,
            (long)d->gy * side);
    return 0;
}

int
seg_disparity_plan(
    struct seg_disparity *d, struct seg_arena *a, struct seg_err *e)
{
    size_t patches = (size_t)d->n * (size_t)d->gy * (size_t)d->gx;

    if (check(d, e))
        return -1;
    if (patches > INT32_MAX)
        return seg_fail(e, SEG_EDATA,
            "%d images with %dx%d patches have too many to compare", d->n,
            d->gx, d->gy);
    d->patches = (int)patches;
    d->cells = first_cell(d->levels);
    patches *= (size_t)d->cells;
    d->histogram =
        seg_take(a, patches, (size_t)d->classes * sizeof *d->histogram, e);
    d->pixels = seg_take(a, patches, sizeof *d->pixels, e);
    d->valid = seg_take(a, (size_t)d->patches, sizeof *d->valid, e);
    return d->histogram && d->pixels && d->valid ? 0 : -1;
}

/* Adds pixels of a class to a cell of the finest level and to all cells that
   contain it. */
static void
add(const struct seg_disparity *d, int p, int row, int column, int class, int n)
{
    for (int l = 0; l < d->levels; l++) {
        int up = d->levels - 1 - l;
        size_t at = (size_t)p * d->cells + first_cell(l) + ((row >> up) << l) +
                    (column >> up);

        d->pixels[at] += n;
        d->histogram[at * d->classes + class] += n;
    }
}

/* Counts the classes of a cell of the finest level: rows y to y1 and columns x
   to x1 of the image, without y1 and x1. */
static void
count_cell(const struct seg_disparity *d, const uint8_t *image, int p, int cell,
    const int at[4])
{
    int seen[256] = {0}, side = finest_side(d);

    for (int y = at[0]; y < at[1]; y++)
        for (int x = at[2]; x < at[3]; x++)
            seen[image[(size_t)y * d->w + x]]++;
    for (int k = 0; k < d->classes && k < 256; k++)
        if (seen[k] && k != d->ignore)
            add(d, p, cell / side, cell % side, k, seen[k]);
}

/* Divides the counts of each cell by their sum. */
static void
normalize(const struct seg_disparity *d, int p)
{
    for (size_t c = (size_t)p * d->cells; c < (size_t)(p + 1) * d->cells; c++)
        for (int k = 0; k < d->classes && d->pixels[c]; k++)
            d->histogram[c * d->classes + k] /= d->pixels[c];
}

static void
describe(struct seg_disparity *d, const uint8_t *label, int p)
{
    int grid = d->gy * d->gx, side = finest_side(d);
    int r = p % grid / d->gx, c = p % d->gx;
    int y = first(r, d->h, d->gy), h = first(r + 1, d->h, d->gy) - y;
    int x = first(c, d->w, d->gx), w = first(c + 1, d->w, d->gx) - x;
    size_t own = (size_t)p * d->cells;

    memset(d->pixels + own, 0, d->cells * sizeof *d->pixels);
    memset(d->histogram + own * d->classes, 0,
        (size_t)d->cells * d->classes * sizeof *d->histogram);
    label += (size_t)(p / grid) * d->h * d->w;
    for (int i = 0; i < side * side; i++) {
        int row = i / side, column = i % side;
        int at[] = {y + first(row, h, side), y + first(row + 1, h, side),
            x + first(column, w, side), x + first(column + 1, w, side)};

        count_cell(d, label, p, i, at);
    }
    d->valid[p] = d->pixels[own] > 0 &&
                  d->pixels[own] >= d->labeled * (double)h * (double)w;
    normalize(d, p);
}

void
seg_disparity_label(struct seg_disparity *d, const uint8_t *label)
{
#pragma omp parallel for num_threads(d->threads)
    for (int p = 0; p < d->patches; p++)
        describe(d, label, p);
}

/* |h - g|_1 / 2 */
static double
half_distance(const double *h, const double *g, int classes)
{
    double sum = 0;

    for (int k = 0; k < classes; k++)
        sum += fabs(h[k] - g[k]);
    return sum / 2;
}

/* The mean over the cells that are labeled in both patches; NaN if there is
   none. */
static double
level_disparity(const struct seg_disparity *d, int p, int q, int level)
{
    double sum = 0;
    int cells = 0;

    for (int i = first_cell(level); i < first_cell(level + 1); i++) {
        size_t a = (size_t)p * d->cells + i, b = (size_t)q * d->cells + i;

        if (!d->pixels[a] || !d->pixels[b])
            continue;
        sum += half_distance(d->histogram + a * d->classes,
            d->histogram + b * d->classes, d->classes);
        cells++;
    }
    return cells ? sum / cells : NAN;
}

double
seg_disparity(const struct seg_disparity *d, int p, int q)
{
    double sum = 0;

    if (!d->valid[p] || !d->valid[q])
        return NAN;
    for (int l = 0; l < d->levels; l++)
        if (weight(d, l) > 0)
            sum += weight(d, l) * level_disparity(d, p, q, l);
    return sum;
}
