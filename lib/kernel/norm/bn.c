/*
 * Rows are divided into PARTS, and parts into pieces that fit in the cache.
 * Each piece is summed in float after subtracting an approximate mean; the
 * remaining sum corrects the mean and the sum of squares.  Pieces and parts are
 * combined in double and in order (Chan, Golub and LeVeque 1979):
 *
 *   square = square1 + square2 + (mean1 - mean2)^2 n1 n2 / (n1 + n2)
 */
#include "lib/kernel/norm/bn.h"

#include <math.h>
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/kernel/norm/bn_kernel.h"

enum {
    PARTS = 64,
    PIECE_FLOATS = 32 << 10,
    MAX_PIECE_ROWS = 256,
    MIN_PIECE_ROWS = 8
};

/* Scratch of one part: doubles a, b (mean and square, or the two sums) and
   floats of one piece. */
struct part {
    double *a, *b; /* c */
    float *fa, *fb, *rest;
};

static size_t
part_bytes(const struct seg_bn *q)
{
    return round_bytes((size_t)q->c * (2 * sizeof(double) + 3 * sizeof(float)));
}

static struct part
part_at(const struct seg_bn *q, void *scratch, int i)
{
    struct part p = {.a = (void *)((char *)scratch + i * part_bytes(q))};
    p.b = p.a + q->c;
    p.fa = (float *)(p.b + q->c);
    p.fb = p.fa + q->c;
    p.rest = p.fb + q->c;
    return p;
}

size_t
seg_bn_scratch(const struct seg_bn *q)
{
    return PARTS * part_bytes(q);
}

static size_t
part_first(const struct seg_bn *q, int i)
{
    return q->m / PARTS * i + q->m % PARTS * i / PARTS;
}

static size_t
piece_rows(const struct seg_bn *q)
{
    int rows = PIECE_FLOATS / q->c;
    return rows > MAX_PIECE_ROWS   ? MAX_PIECE_ROWS
           : rows < MIN_PIECE_ROWS ? MIN_PIECE_ROWS
                                   : rows;
}

/* Combines a, b (mean and square of n rows) with a2, b2 of n2 rows. */
static void
combine(double *a, double *b, double n, double a2, double b2, double n2)
{
    double gap = a2 - *a, all = n + n2;
    *a += gap * n2 / all;
    *b += b2 + gap * gap * n * n2 / all;
}

static void
part_stats(
    struct part p, const float *x, const struct seg_bn *q, size_t lo, size_t hi)
{
    const struct bn_kernels *kn = bn_kernels();
    memset(p.a, 0, 2 * q->c * sizeof *p.a);
    for (size_t i = lo, step = piece_rows(q); i < hi; i += step) {
        size_t rows = hi - i < step ? hi - i : step;
        kn->moments(p.fa, p.rest, p.fb, x + i * q->c, (long)rows, q->c);
        for (int c = 0; c < q->c; c++) {
            double off = p.rest[c] / (double)rows;
            combine(p.a + c, p.b + c, (double)(i - lo), p.fa[c] + off,
                p.fb[c] - off * p.rest[c], (double)rows);
        }
    }
}

void
seg_bn_stats(float *mean, float *var, const float *x, const struct seg_bn *q,
    void *scratch)
{
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int i = 0; i < PARTS; i++)
        part_stats(part_at(q, scratch, i), x, q, part_first(q, i),
            part_first(q, i + 1));
    for (int c = 0; c < q->c; c++) {
        double a = 0, b = 0;
        for (int i = 0; i < PARTS; i++) {
            struct part p = part_at(q, scratch, i);
            size_t lo = part_first(q, i), n = part_first(q, i + 1) - lo;
            if (n)
                combine(&a, &b, (double)lo, p.a[c], p.b[c], (double)n);
        }
        mean[c] = (float)a;
        var[c] = (float)fmax(
            0, b / (double)q->m); /* a constant channel may round below 0 */
    }
}

void
seg_bn_affine(float *scale, float *shift, const float *gamma, const float *beta,
    const float *mean, const float *var, const struct seg_bn *q)
{
    for (int c = 0; c < q->c; c++) {
        double a = gamma[c] / sqrt((double)var[c] + q->eps);
        scale[c] = (float)a;
        shift[c] = (float)(beta[c] - a * mean[c]);
    }
}

void
seg_bn_apply(float *y, const float *x, const float *scale, const float *shift,
    const float *residual, const struct seg_bn *q)
{
    const struct bn_kernels *kn = bn_kernels();
    size_t step = piece_rows(q);
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (size_t i = 0; i < q->m; i += step)
        kn->apply(y + i * q->c, x + i * q->c, scale, shift,
            residual ? residual + i * q->c : NULL, q->act,
            (long)(q->m - i < step ? q->m - i : step), q->c);
}

static void
part_sums(struct part p, const struct seg_bn_back *k, int leave,
    const struct seg_bn *q, size_t lo, size_t hi)
{
    const struct bn_kernels *kn = bn_kernels();
    enum seg_act act = k->masked ? SEG_ACT_NONE : q->act;
    memset(p.a, 0, 2 * q->c * sizeof *p.a);
    for (size_t i = lo, step = piece_rows(q); i < hi; i += step) {
        size_t rows = hi - i < step ? hi - i : step;
        kn->sums(p.fa, p.fb, k, act, leave, (long)i, (long)rows, q->c);
        for (int c = 0; c < q->c; c++) {
            p.a[c] += p.fa[c];
            p.b[c] += p.fb[c];
        }
    }
}

void
seg_bn_sums(
    struct seg_bn_back *k, int leave, const struct seg_bn *q, void *scratch)
{
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int i = 0; i < PARTS; i++)
        part_sums(part_at(q, scratch, i), k, leave, q, part_first(q, i),
            part_first(q, i + 1));
    for (int c = 0; c < q->c; c++) {
        k->sum[c] = k->product[c] = 0;
        for (int i = 0; i < PARTS; i++) {
            k->sum[c] += part_at(q, scratch, i).a[c];
            k->product[c] += part_at(q, scratch, i).b[c];
        }
    }
    k->masked |= leave;
}

/*
 * With p = x - mean and r = 1/sqrt(var+eps):
 *
 *   dx = gamma r ( g - sum g / m - p r^2 sum g p / m )
 *
 * so a = gamma r, b = -a r^2 sum g p / m, k = -a sum g / m - b mean, and
 * b = k = 0 if mean and var are constants.
 */
void
seg_bn_slopes(float *dgamma, float *dbeta, const float *gamma, const float *var,
    const struct seg_bn_back *k, const struct seg_bn *q)
{
    for (int c = 0; c < q->c; c++) {
        double r = 1 / sqrt((double)var[c] + q->eps), a = gamma[c] * r;
        double share = q->fixed ? 0 : -a / (double)q->m;
        double b = share * r * r * k->product[c];
        k->a[c] = (float)a;
        k->b[c] = (float)b;
        k->k[c] = (float)(share * k->sum[c] - b * k->mean[c]);
        if (dbeta)
            dbeta[c] += (float)k->sum[c];
        if (dgamma)
            dgamma[c] += (float)(r * k->product[c]);
    }
}

void
seg_bn_spread(const struct seg_bn_back *k, const struct seg_bn *q)
{
    const struct bn_kernels *kn = bn_kernels();
    enum seg_act act = k->masked ? SEG_ACT_NONE : q->act;
    size_t step = piece_rows(q);
    if (!k->dx && !k->dresidual)
        return;
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (size_t i = 0; i < q->m; i += step)
        kn->spread(
            k, act, (long)i, (long)(q->m - i < step ? q->m - i : step), q->c);
}
