#include <math.h>
#include <string.h>

#include "lib/base/rng.h"
#include "lib/project/distance.h"
#include "lib/project/pca.h"

enum { EXTRA = 8, MOST_PASSES = 3000 };

/* Gram-Schmidt, twice for accuracy.  A dependent row becomes 0. */
static void
orthonormalize(double *q, int b, int d)
{
    for (int i = 0; i < b; i++) {
        double *row = q + (size_t)i * d, before = sqrt(seg_dot(row, row, d));

        for (int j = 0; j < 2 * i; j++) {
            const double *other = q + (size_t)(j % i) * d;
            double along = seg_dot(row, other, d);

            for (int k = 0; k < d; k++)
                row[k] -= along * other[k];
        }
        double length = sqrt(seg_dot(row, row, d));
        double scale = length > 1e-12 * before ? 1 / length : 0;
        for (int k = 0; k < d; k++)
            row[k] *= scale;
    }
}

/* z = q a: the rows of q[b,d] times the symmetric matrix a[d,d]. */
static void
multiply(double *z, const double *q, const double *a, int b, int d)
{
#pragma omp parallel for schedule(static)
    for (int i = 0; i < d; i++)
        for (int j = 0; j < b; j++)
            z[(size_t)j * d + i] =
                seg_dot(q + (size_t)j * d, a + (size_t)i * d, d);
}

/* Rotates rows p and q of m[n,n] from the left. */
static void
rotate(double *m, int n, int p, int q, double c, double s)
{
    for (int k = 0; k < n; k++) {
        double x = m[(size_t)p * n + k], y = m[(size_t)q * n + k];

        m[(size_t)p * n + k] = c * x - s * y;
        m[(size_t)q * n + k] = s * x + c * y;
    }
}

/* Diagonalizes the small symmetric matrix h[b,b] by Jacobi rotations; the rows
   of s become its eigenvectors. */
static void
jacobi(double *h, double *s, int b)
{
    enum { SWEEPS = 30 };

    for (int i = 0; i < b * b; i++)
        s[i] = i % (b + 1) == 0;
    for (int pair = 0; pair < SWEEPS * b * b; pair++) {
        int p = pair % (b * b) / b, q = pair % b;
        double off = h[p * b + q], diff = h[q * b + q] - h[p * b + p];

        if (p >= q || fabs(off) < 1e-300)
            continue;
        double t = diff / (2 * off);
        t = (t >= 0 ? 1 : -1) / (fabs(t) + sqrt(t * t + 1));
        double c = 1 / sqrt(t * t + 1);
        rotate(h, b, p, q, c, t * c);
        for (int k = 0; k < b; k++) {
            double x = h[k * b + p], y = h[k * b + q];

            h[k * b + p] = c * x - t * c * y;
            h[k * b + q] = t * c * x + c * y;
        }
        rotate(s, b, p, q, c, t * c);
    }
}

/* Sorts eigenvalues and rows of s in descending order. */
static void
sort_values(double *value, double *s, int b)
{
    for (int i = 0; i < b; i++)
        for (int j = i + 1; j < b; j++)
            if (value[j] > value[i]) {
                double v = value[i];

                value[i] = value[j];
                value[j] = v;
                for (int k = 0; k < b; k++) {
                    v = s[i * b + k];
                    s[i * b + k] = s[j * b + k];
                    s[j * b + k] = v;
                }
            }
}

/* to = s from: b rows of length d combined by s[b,b]. */
static void
combine(double *to, const double *s, const double *from, int b, int d)
{
    memset(to, 0, (size_t)b * d * sizeof *to);
    for (int i = 0; i < b; i++)
        for (int j = 0; j < b; j++)
            for (int k = 0; k < d; k++)
                to[(size_t)i * d + k] += s[i * b + j] * from[(size_t)j * d + k];
}

/* Length of a v - value v, relative to the largest eigenvalue. */
static double
residual(const double *v, const double *av, double value, double most, int d)
{
    double sum = 0;

    for (int i = 0; i < d; i++)
        sum += (av[i] - value * v[i]) * (av[i] - value * v[i]);
    return most > 0 ? sqrt(sum) / most : 0;
}

static void
fix_sign(double *v, int d)
{
    int most = 0;

    for (int i = 1; i < d; i++)
        most = fabs(v[i]) > fabs(v[most]) ? i : most;
    for (int i = 0; v[most] < 0 && i < d; i++)
        v[i] = i == most ? v[i] : -v[i];
    v[most] = fabs(v[most]);
}

int
seg_eigen_top(double *value, double *vector, const double *a, int d, int k,
    struct seg_arena *scratch, struct seg_err *e)
{
    int b = k + EXTRA < d ? k + EXTRA : d;
    size_t n = (size_t)b * d;
    double *q = seg_take(scratch, 4 * n + 2 * (size_t)b * b + b, sizeof *q, e);
    struct seg_rng r = seg_rng_make(0, NULL, "eigen", 0);

    if (!q)
        return -1;
    double *z = q + n, *v = z + n, *av = v + n, *h = av + n,
           *s = h + (size_t)b * b, *all = s + (size_t)b * b, left = 1;
    for (size_t i = 0; i < n; i++)
        q[i] = seg_rng_normal(&r);
    for (int pass = 0; pass < MOST_PASSES && left > 1e-10; pass++) {
        orthonormalize(q, b, d);
        multiply(z, q, a, b, d);
        for (int i = 0; i < b; i++)
            for (int j = 0; j < b; j++)
                h[i * b + j] = seg_dot(q + (size_t)i * d, z + (size_t)j * d, d);
        jacobi(h, s, b);
        for (int i = 0; i < b; i++)
            all[i] = h[i * b + i];
        sort_values(all, s, b);
        combine(v, s, q, b, d);
        combine(av, s, z, b, d);
        left = 0;
        for (int i = 0; i < k; i++)
            left = fmax(left, residual(v + (size_t)i * d, av + (size_t)i * d,
                                  all[i], all[0], d));
        memcpy(q, av, n * sizeof *q);
    }
    for (int i = 0; i < k; i++) {
        value[i] = all[i];
        fix_sign(v + (size_t)i * d, d);
    }
    memcpy(vector, v, (size_t)k * d * sizeof *v);
    return 0;
}

/* ---- principal components ---- */

static void
means(double *mean, const float *x, int n, int d)
{
    memset(mean, 0, (size_t)d * sizeof *mean);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < d; k++)
            mean[k] += x[(size_t)i * d + k];
    for (int k = 0; k < d; k++)
        mean[k] /= n;
}

double *
seg_covariance(
    const float *x, int n, int d, struct seg_arena *a, struct seg_err *e)
{
    size_t size = (size_t)d;
    double *c = seg_take(a, size * size + size, sizeof *c, e);

    if (!c)
        return NULL;
    double *mean = c + size * size;
    means(mean, x, n, d);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < d; i++) {
        double *row = c + (size_t)i * d;

        for (int s = 0; s < n; s++) {
            const float *p = x + (size_t)s * d;
            double u = (p[i] - mean[i]) / n;

            for (int j = 0; j < d; j++)
                row[j] += u * (p[j] - mean[j]);
        }
    }
    return c;
}

int
seg_pca(float *y, double share[2], const float *x, int n, int d,
    struct seg_arena *scratch, struct seg_err *e)
{
    int k = d < 2 ? d : 2;
    double *c = seg_covariance(x, n, d, scratch, e), value[2] = {0}, all = 0;
    double *v = c ? seg_take(scratch, 3 * (size_t)d, sizeof *v, e) : NULL;

    if (!v || seg_eigen_top(value, v, c, d, k, scratch, e))
        return -1;
    double *mean = v + 2 * (size_t)d;
    means(mean, x, n, d);
    for (int i = 0; i < d; i++)
        all += c[(size_t)i * d + i];
    for (int j = 0; j < 2; j++)
        share[j] = all > 0 ? value[j] / all : 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 2; j++) {
            double sum = 0;

            for (int f = 0; f < d; f++)
                sum += v[(size_t)j * d + f] * (x[(size_t)i * d + f] - mean[f]);
            y[2 * i + j] = (float)sum;
        }
    return 0;
}
