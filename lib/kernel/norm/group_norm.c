/*
 * The loops over pixels are those of batch normalization, with scale, shift and
 * slopes of one image at a time.  If there are enough images each thread takes
 * whole images, whose values are still in the cache when they are read again;
 * otherwise the threads share the pieces of an image.
 */
#include "lib/kernel/norm/group_norm.h"

#include <math.h>
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/kernel/norm/bn_kernel.h"

enum { PIECE_FLOATS = 32 << 10, MAX_PIECE_ROWS = 256, MIN_PIECE_ROWS = 8 };

/* What forward leaves for backward, of one image. */
struct image {
    float *mean;          /* c: of the channel's group */
    float *scale, *shift; /* c: y = act(scale x + shift) */
    float *rstd;          /* c: 1 / sqrt(var + eps) of the group */
};

/* Scratch of one image. */
struct work {
    double *a, *b;   /* c: mean and sum of squares, or the two sums */
    float *slope[3]; /* c: dx = a g + b x + k, see bn.h */
    float *piece;    /* pieces, 3, c */
};

static size_t
image_bytes(const struct seg_group_norm *q)
{
    return round_bytes(4 * (size_t)q->c * sizeof(float));
}

size_t
seg_group_norm_saved(const struct seg_group_norm *q)
{
    return (size_t)q->n * image_bytes(q);
}

static struct image
image_at(const struct seg_group_norm *q, const void *saved, int i)
{
    float *p = (float *)((char *)saved + (size_t)i * image_bytes(q));

    return (struct image){p, p + q->c, p + 2 * q->c, p + 3 * q->c};
}

static size_t
piece_rows(const struct seg_group_norm *q)
{
    int rows = PIECE_FLOATS / q->c;

    return rows > MAX_PIECE_ROWS   ? MAX_PIECE_ROWS
           : rows < MIN_PIECE_ROWS ? MIN_PIECE_ROWS
                                   : (size_t)rows;
}

static size_t
pieces(const struct seg_group_norm *q)
{
    return (q->m + piece_rows(q) - 1) / piece_rows(q);
}

static long
rows_of(const struct seg_group_norm *q, size_t piece)
{
    size_t left = q->m - piece * piece_rows(q);

    return (long)(left < piece_rows(q) ? left : piece_rows(q));
}

static size_t
work_bytes(const struct seg_group_norm *q)
{
    return round_bytes((size_t)q->c * (2 * sizeof(double) +
                                          (3 + 3 * pieces(q)) * sizeof(float)));
}

size_t
seg_group_norm_scratch(const struct seg_group_norm *q)
{
    return (size_t)q->n * work_bytes(q);
}

static struct work
work_at(const struct seg_group_norm *q, void *scratch, int i)
{
    struct work k = {
        .a = (void *)((char *)scratch + (size_t)i * work_bytes(q))};

    k.b = k.a + q->c;
    k.slope[0] = (float *)(k.b + q->c);
    k.slope[1] = k.slope[0] + q->c;
    k.slope[2] = k.slope[1] + q->c;
    k.piece = k.slope[2] + q->c;
    return k;
}

/* Threads for images, and for the pieces of each. */
static int
outer_threads(const struct seg_group_norm *q)
{
    return q->n >= q->threads ? q->threads : 1;
}

static int
inner_threads(const struct seg_group_norm *q)
{
    return q->n >= q->threads ? 1 : q->threads;
}

/* ---- forward ---- */

/* Mean and sum of squared differences of each channel, from the pieces. */
static void
combine_pieces(const struct work *k, const struct seg_group_norm *q)
{
    memset(k->a, 0, 2 * (size_t)q->c * sizeof *k->a);
    for (size_t p = 0; p < pieces(q); p++) {
        const float *mean = k->piece + p * 3 * (size_t)q->c;
        const float *rest = mean + q->c, *square = rest + q->c;
        double before = (double)(p * piece_rows(q)),
               rows = (double)rows_of(q, p);
        double share = rows / (before + rows), weight = before * share;
        for (int c = 0; c < q->c; c++) {
            double off = rest[c] / rows;
            double gap = mean[c] + off - k->a[c];
            k->a[c] += gap * share;
            k->b[c] += square[c] - off * rest[c] + gap * gap * weight;
        }
    }
}

/* The affine map of each channel, from the statistics of its group. */
static void
find_affine(struct image to, const struct work *k, const float *w,
    const float *b, const struct seg_group_norm *q)
{
    int width = q->c / q->groups;

    for (int first = 0; first < q->c; first += width) {
        double mean = 0, square = 0;
        for (int c = first; c < first + width; c++)
            mean += k->a[c] / width;
        for (int c = first; c < first + width; c++) {
            double gap = k->a[c] - mean;
            square += k->b[c] + gap * gap * (double)q->m;
        }
        /* rounding may leave a constant group below 0 */
        double var = fmax(0, square / ((double)q->m * width));
        double rstd = 1 / sqrt(var + (double)q->eps);
        int alone = q->m * (size_t)width < 2; /* y is b, also after rounding */
        for (int c = first; c < first + width; c++) {
            double scale = alone ? 0 : w ? (double)w[c] * rstd : rstd;
            to.mean[c] = (float)mean;
            to.scale[c] = (float)scale;
            to.shift[c] = (float)((b ? (double)b[c] : 0) - scale * mean);
            to.rstd[c] = (float)rstd;
        }
    }
}

static void
forward_image(float *y, struct image to, const struct work *k, const float *x,
    const float *w, const float *b, const struct seg_group_norm *q, int threads)
{
    const struct bn_kernels *kn = bn_kernels();
    size_t wide = (size_t)q->c, step = piece_rows(q) * wide;

#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t p = 0; p < pieces(q); p++) {
        float *mean = k->piece + p * 3 * wide;
        kn->moments(mean, mean + wide, mean + 2 * wide, x + p * step,
            rows_of(q, p), q->c);
    }
    combine_pieces(k, q);
    find_affine(to, k, w, b, q);
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t p = 0; p < pieces(q); p++)
        kn->apply(y + p * step, x + p * step, to.scale, to.shift, NULL, q->act,
            rows_of(q, p), q->c);
}

void
seg_group_norm_forward(float *y, void *saved, const float *x, const float *w,
    const float *b, const struct seg_group_norm *q, void *scratch)
{
    size_t each = q->m * (size_t)q->c;

#pragma omp parallel for num_threads(outer_threads(q)) if (q->threads > 1)
    for (int i = 0; i < q->n; i++) {
        struct work k = work_at(q, scratch, i);
        forward_image(y + (size_t)i * each, image_at(q, saved, i), &k,
            x + (size_t)i * each, w, b, q, inner_threads(q));
    }
}

/* ---- backward ---- */

static void
add_pieces(const struct work *k, const struct seg_group_norm *q)
{
    memset(k->a, 0, 2 * (size_t)q->c * sizeof *k->a);
    for (size_t p = 0; p < pieces(q); p++) {
        const float *sum = k->piece + p * 3 * (size_t)q->c;
        for (int c = 0; c < 2 * q->c; c++)
            k->a[c] += (double)sum[c];
    }
}

/*
 * With g the gradient before the activation, p = x - mean, r = rstd and sums
 * over the N numbers of a group:
 *
 *   dx = r ( w g - sum(w g) / N - p r^2 sum(w g p) / N )
 *
 * so that dx = a g + b x + k with a = r w, b = -r^3 sum(w g p) / N and
 * k = -r sum(w g) / N - b mean.
 */
static void
find_slopes(const struct work *k, struct image from, const float *w,
    const struct seg_group_norm *q)
{
    int width = q->c / q->groups;
    double count = (double)q->m * width;

    for (int first = 0; first < q->c; first += width) {
        double sum = 0, product = 0, r = (double)from.rstd[first];
        for (int c = first; c < first + width; c++) {
            sum += (w ? (double)w[c] : 1) * k->a[c];
            product += (w ? (double)w[c] : 1) * k->b[c];
        }
        double b = -r * r * r * product / count;
        double all = -r * sum / count - b * (double)from.mean[first];
        int alone = count < 2; /* dx is 0, also after rounding */
        for (int c = first; c < first + width; c++) {
            k->slope[0][c] = alone ? 0 : (float)((w ? (double)w[c] : 1) * r);
            k->slope[1][c] = alone ? 0 : (float)b;
            k->slope[2][c] = alone ? 0 : (float)all;
        }
    }
}

static void
backward_image(const struct seg_bn_back *back, struct image from,
    const struct work *k, const float *w, const struct seg_group_norm *q,
    size_t first, int threads)
{
    const struct bn_kernels *kn = bn_kernels();
    size_t wide = (size_t)q->c, rows = piece_rows(q);

#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t p = 0; p < pieces(q); p++) {
        float *sum = k->piece + p * 3 * wide;
        kn->sums(sum, sum + wide, back, q->act, 1, (long)(first + p * rows),
            rows_of(q, p), q->c);
    }
    add_pieces(k, q);
    if (!back->dx)
        return;
    find_slopes(k, from, w, q);
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t p = 0; p < pieces(q); p++)
        kn->spread(
            back, SEG_ACT_NONE, (long)(first + p * rows), rows_of(q, p), q->c);
}

/* dw and db: the sums over the images, in their order. */
static void
add_parameters(float *dw, float *db, const void *saved, void *scratch,
    const struct seg_group_norm *q)
{
    for (int c = 0; c < q->c; c++) {
        double w = 0, b = 0;
        for (int i = 0; i < q->n; i++) {
            struct work k = work_at(q, scratch, i);
            w += k.b[c] * (double)image_at(q, saved, i).rstd[c];
            b += k.a[c];
        }
        if (dw)
            dw[c] += (float)w;
        if (db)
            db[c] += (float)b;
    }
}

void
seg_group_norm_backward(float *dx, float *dw, float *db, float *dy,
    const float *x, const float *w, const void *saved, int add,
    const struct seg_group_norm *q, void *scratch)
{
#pragma omp parallel for num_threads(outer_threads(q)) if (q->threads > 1)
    for (int i = 0; i < q->n; i++) {
        struct work k = work_at(q, scratch, i);
        struct image from = image_at(q, saved, i);
        struct seg_bn_back back = {.dy = dy,
            .x = x,
            .scale = from.scale,
            .shift = from.shift,
            .mean = from.mean,
            .a = k.slope[0],
            .b = k.slope[1],
            .k = k.slope[2],
            .dx = dx,
            .add_dx = add};
        backward_image(
            &back, from, &k, w, q, (size_t)i * q->m, inner_threads(q));
    }
    if (dw || db)
        add_parameters(dw, db, saved, scratch, q);
}
