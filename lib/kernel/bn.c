/*
 * Rows are cut into PARTS, parts into pieces that stay in the cache.  A piece
 * is summed in float, around its own mean as far as float knows it, and what
 * that leaves over puts mean and square right; pieces join their part and parts
 * each other in double and in order (Chan, Golub and LeVeque 1979):
 *
 *   square = square1 + square2 + (mean1 - mean2)^2 n1 n2 / (n1 + n2)
 */
#include "lib/kernel/bn.h"

#include <math.h>
#include <string.h>

#include "lib/kernel/bn_kernel.h"

enum { PARTS = 64, PIECE_FLOATS = 32 << 10, PIECE_MOST = 256, PIECE_LEAST = 8 };

/* One part: doubles a, b (mean and square, or the two sums), floats for one
   piece. */
struct part {
    double *a, *b; /* c */
    float *fa, *fb, *rest;
};

static size_t
part_bytes(const struct seg_bn *q)
{
    return ((size_t)q->c * (2 * sizeof(double) + 3 * sizeof(float)) + 63) / 64 *
           64;
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
    /* the parts, and the constants of the spread */
    return PARTS * part_bytes(q) + 3 * q->c * sizeof(float);
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
    return rows > PIECE_MOST    ? PIECE_MOST
           : rows < PIECE_LEAST ? PIECE_LEAST
                                : rows;
}

/* a, b <- joined with n2 rows of mean a2 and square b2; n rows were there. */
static void
join(double *a, double *b, double n, double a2, double b2, double n2)
{
    double gap = a2 - *a, all = n + n2;
    *a += gap * n2 / all;
    *b += b2 + gap * gap * n * n2 / all;
}

static void
part_moments(
    struct part p, const float *x, const struct seg_bn *q, size_t lo, size_t hi)
{
    const struct bn_kernels *kn = bn_kernels();
    memset(p.a, 0, 2 * q->c * sizeof *p.a);
    for (size_t i = lo, step = piece_rows(q); i < hi; i += step) {
        size_t rows = hi - i < step ? hi - i : step;
        kn->moments(p.fa, p.rest, p.fb, x + i * q->c, (long)rows, q->c);
        for (int c = 0; c < q->c; c++) {
            double off = p.rest[c] / (double)rows;
            join(p.a + c, p.b + c, (double)(i - lo), p.fa[c] + off,
                p.fb[c] - off * p.rest[c], (double)rows);
        }
    }
}

void
seg_bn_moments(float *mean, float *var, const float *x, const struct seg_bn *q,
    void *scratch)
{
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int i = 0; i < PARTS; i++)
        part_moments(part_at(q, scratch, i), x, q, part_first(q, i),
            part_first(q, i + 1));
    for (int c = 0; c < q->c; c++) {
        double a = 0, b = 0;
        for (int i = 0; i < PARTS; i++) {
            struct part p = part_at(q, scratch, i);
            size_t lo = part_first(q, i), n = part_first(q, i + 1) - lo;
            if (n)
                join(&a, &b, (double)lo, p.a[c], p.b[c], (double)n);
        }
        mean[c] = (float)a;
        var[c] = (float)fmax(0, b / (double)q->m); /* a constant channel */
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
            residual ? residual + i * q->c : NULL, q->act == SEG_ACT_RELU,
            (long)(q->m - i < step ? q->m - i : step), q->c);
}

static void
part_sums(struct part p, const float *dy, const float *y, const float *x,
    const float *mean, const struct seg_bn *q, size_t lo, size_t hi)
{
    const struct bn_kernels *kn = bn_kernels();
    memset(p.a, 0, 2 * q->c * sizeof *p.a);
    for (size_t i = lo, step = piece_rows(q); i < hi; i += step) {
        size_t at = i * q->c, rows = hi - i < step ? hi - i : step;
        kn->sums(p.fa, p.fb, dy + at, y ? y + at : NULL, x + at, mean,
            (long)rows, q->c);
        for (int c = 0; c < q->c; c++) {
            p.a[c] += p.fa[c];
            p.b[c] += p.fb[c];
        }
    }
}

/*
 * With g the gradient behind the activation, p = x - mean, r = 1/sqrt(var+eps):
 *
 *   dbeta = sum g,   dgamma = r sum g p
 *   dx = gamma r ( g - sum g / m - p r^2 sum g p / m )
 *
 * that is dx = a g + b p + k with a = gamma r, b = -a r^2 sum g p / m and
 * k = -a sum g / m; b = k = 0 where mean and var are constants.
 */
void
seg_bn_backward(const struct seg_bn_gradient *to, const float *dy,
    const float *y, const float *x, const float *gamma, const float *mean,
    const float *var, const struct seg_bn *q, void *scratch)
{
    const struct bn_kernels *kn = bn_kernels();
    float *a = (float *)((char *)scratch + PARTS * part_bytes(q));
    float *b = a + q->c, *k = b + q->c;
    size_t step = piece_rows(q);
    y = q->act == SEG_ACT_RELU ? y : NULL;
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (int i = 0; i < PARTS; i++)
        part_sums(part_at(q, scratch, i), dy, y, x, mean, q, part_first(q, i),
            part_first(q, i + 1));
    for (int c = 0; c < q->c; c++) {
        double g = 0, gp = 0, r = 1 / sqrt((double)var[c] + q->eps);
        for (int i = 0; i < PARTS; i++) {
            g += part_at(q, scratch, i).a[c];
            gp += part_at(q, scratch, i).b[c];
        }
        double scale = gamma[c] * r;
        double share = q->fixed ? 0 : -scale / (double)q->m;
        a[c] = (float)scale;
        b[c] = (float)(share * r * r * gp);
        k[c] = (float)(share * g);
        if (to->dbeta)
            to->dbeta[c] += (float)g;
        if (to->dgamma)
            to->dgamma[c] += (float)(r * gp);
    }
    if (!to->dx && !to->dresidual)
        return;
    const struct bn_spread s = {to, dy, y, x, a, b, k, mean};
#pragma omp parallel for num_threads(q->threads) schedule(dynamic)
    for (size_t i = 0; i < q->m; i += step)
        kn->spread(
            &s, (long)i, (long)(q->m - i < step ? q->m - i : step), q->c);
}
