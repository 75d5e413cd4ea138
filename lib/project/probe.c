#include <float.h>
#include <math.h>
#include <string.h>

#include "lib/project/pca.h"
#include "lib/project/probe.h"
#include "lib/simd/gemm.h"

/* Standardized features with a constant 1 behind them: d numbers a point. */
struct probe {
    int n, d, k; /* training points, features, classes */
    float *x;    /* n,d */
    int *class;  /* n, from 0 to k - 1 */
    float *w;    /* k,d: the last column is of the constant */
    float *p;    /* n,k: probabilities less the truth */
    float *g;    /* k,d: gradient */
};

enum { PASSES = 1000 };

/* x = (features - mean) / deviation; a constant feature becomes 0. */
static int
standardize(float *to, const struct seg_points *p, struct seg_arena *a,
    struct seg_err *e)
{
    size_t d = (size_t)p->d;
    double *mean = seg_take(a, 2 * d, sizeof *mean, e), n = 0;

    if (!mean)
        return -1;
    for (int i = 0; i < p->n; i++) {
        n += !p->point[i].held_out;
        for (size_t j = 0; !p->point[i].held_out && j < d; j++)
            mean[j] += p->x[(size_t)i * d + j];
    }
    for (size_t j = 0; j < d; j++)
        mean[j] /= n;
    double *square = mean + d;
    for (int i = 0; i < p->n; i++)
        for (size_t j = 0; !p->point[i].held_out && j < d; j++) {
            double u = p->x[(size_t)i * d + j] - mean[j];

            square[j] += u * u / n;
        }
    for (int i = 0; i < p->n; i++) {
        float *row = to + (size_t)i * (d + 1);

        for (size_t j = 0; j < d; j++)
            row[j] = square[j] > 0
                         ? (float)((p->x[(size_t)i * d + j] - mean[j]) /
                                   sqrt(square[j]))
                         : 0;
        row[d] = 1;
    }
    return 0;
}

/* Logits become softmax less the truth. */
static void
differences(struct probe *m)
{
#pragma omp parallel for schedule(static)
    for (int i = 0; i < m->n; i++) {
        float *row = m->p + (size_t)i * m->k, most = -FLT_MAX, sum = 0;

        for (int c = 0; c < m->k; c++)
            most = fmaxf(most, row[c]);
        for (int c = 0; c < m->k; c++)
            sum += row[c] = expf(row[c] - most);
        for (int c = 0; c < m->k; c++)
            row[c] = row[c] / sum - (c == m->class[i]);
    }
}

/* g = (softmax - truth)' x + w, at the weights v; the constant has no
   penalty. */
static void
gradient(struct probe *m, const float *v)
{
    seg_gemm(m->p, m->x, v, SEG_NT, 0, m->n, m->k, m->d, m->k, m->d, m->d, 1);
    differences(m);
    for (int c = 0; c < m->k; c++)
        for (int j = 0; j < m->d; j++)
            m->g[(size_t)c * m->d + j] =
                j < m->d - 1 ? v[(size_t)c * m->d + j] : 0;
    seg_gemm(
        m->g, m->p, m->x, SEG_TN, 1, m->k, m->d, m->n, m->d, m->k, m->d, 1);
}

/*
 * Nesterov's accelerated gradient with restarts (O'Donoghue and Candes, 2015).
 * The step is 1 / L, where L = n s / 2 + 1 bounds the curvature: s is the
 * largest eigenvalue of the covariance of x, at least 1 for the constant, and
 * softmax has a curvature of at most 1/2 (Boehning, 1992).
 */
static void
descend(struct probe *m, float *v, double largest)
{
    size_t n = (size_t)m->k * m->d;
    float step = (float)(1 / (m->n * fmax(largest, 1) / 2 + 1));
    double t = 1;

    for (int pass = 0; pass < PASSES; pass++) {
        double uphill = 0, length = 0, next = (1 + sqrt(1 + 4 * t * t)) / 2;

        gradient(m, v);
        for (size_t i = 0; i < n; i++) {
            uphill += (double)m->g[i] * (v[i] - step * m->g[i] - m->w[i]);
            length += (double)m->g[i] * m->g[i];
        }
        if (length < 1e-8 * m->n)
            return;
        if (uphill > 0)
            next = t = 1;
        float momentum = (float)((t - 1) / next);
        for (size_t i = 0; i < n; i++) {
            float to = v[i] - step * m->g[i];

            v[i] = to + momentum * (to - m->w[i]);
            m->w[i] = to;
        }
        t = next;
    }
}

static int
predict(const struct probe *m, const float *x)
{
    double most = -INFINITY;
    int best = 0;

    for (int c = 0; c < m->k; c++) {
        double sum = 0;

        for (int j = 0; j < m->d; j++)
            sum += (double)m->w[(size_t)c * m->d + j] * x[j];
        if (sum > most) {
            most = sum;
            best = c;
        }
    }
    return best;
}

/* Numbers the classes with training points from 0; id of the others: -1. */
static int
number_classes(int id[SEG_POINT_CLASSES], const struct seg_points *p)
{
    int k = 0;

    memset(id, -1, SEG_POINT_CLASSES * sizeof *id);
    for (int i = 0; i < p->n; i++)
        if (!p->point[i].held_out && id[p->point[i].class] < 0)
            id[p->point[i].class] = k++;
    return k;
}

/* Trains with the points that are not held out. */
static int
train(struct probe *m, const struct seg_points *p, const float *x,
    const int id[SEG_POINT_CLASSES], struct seg_arena *a, struct seg_err *e)
{
    size_t n = (size_t)p->n, d = (size_t)m->d, k = (size_t)m->k;
    float *all = seg_take(a, n * (d + k) + 3 * k * d, sizeof *all, e);
    double largest, *c, *v = all ? seg_take(a, d, sizeof *v, e) : NULL;

    m->class = v ? seg_take(a, n, sizeof *m->class, e) : NULL;
    if (!m->class)
        return -1;
    m->x = all;
    m->p = m->x + n * d;
    m->w = m->p + n * k;
    m->g = m->w + k * d;
    for (int i = 0; i < p->n; i++)
        if (!p->point[i].held_out) {
            memcpy(m->x + (size_t)m->n * d, x + (size_t)i * d, d * sizeof *x);
            m->class[m->n++] = id[p->point[i].class];
        }
    c = seg_covariance(m->x, m->n, m->d, a, e);
    if (!c || seg_eigen_top(&largest, v, c, m->d, 1, a, e))
        return -1;
    descend(m, m->g + k * d, largest);
    return 0;
}

int
seg_probe(double *right, const struct seg_points *p, struct seg_arena *a,
    struct seg_err *e)
{
    int id[SEG_POINT_CLASSES];
    struct probe m = {.d = p->d + 1, .k = number_classes(id, p)};
    float *x = seg_take(a, (size_t)p->n * m.d, sizeof *x, e);

    if (!x || standardize(x, p, a, e) || train(&m, p, x, id, a, e))
        return -1;
    for (int i = 0; i < p->n; i++) {
        const struct seg_point *point = p->point + i;

        right[i] = point->held_out &&
                   predict(&m, x + (size_t)i * m.d) == id[point->class];
    }
    return 0;
}
