/* Reference implementation of contrast.h: pair by pair, in double. */
#include <math.h>

#include "lib/kernel/contrast/contrast.h"

struct sample {
    const float *f;
    const int *y, *g;
    const float *intensity;
    const int *rows;
    const struct seg_contrast *q;
    int m, d;
};

static int
row(const struct sample *c, int i)
{
    return c->rows ? c->rows[i] : i;
}

static int
group(const struct sample *c, int i)
{
    return c->g ? c->g[row(c, i)] : 0;
}

static int
valid(const struct sample *c, int i)
{
    int y = c->y[row(c, i)], g = group(c, i);

    return y != c->q->ignore && y >= 0 && y < c->q->classes && g >= 0 &&
           g < c->q->groups;
}

/* The relation bits that apply to candidate j of anchor i. */
static int
relation(const struct sample *c, int i, int j)
{
    int same;

    if (!valid(c, i) || !valid(c, j) || (i == j && !c->q->self))
        return 0;
    same = c->y[row(c, i)] == c->y[row(c, j)];
    return c->q->relation[group(c, i)][group(c, j)] &
           (same ? SEG_POSITIVE | SEG_DENOM_SAME : SEG_DENOM_OTHER);
}

static int
anchor(const struct sample *c, int i)
{
    int any = 0;

    for (int b = 0; b < c->q->groups && valid(c, i); b++)
        any |= c->q->relation[group(c, i)][b] & SEG_POSITIVE;
    return any && c->y[row(c, i)] != c->q->background;
}

static double
similarity(const struct sample *c, int i, int j)
{
    const float *a = c->f + (size_t)row(c, i) * c->d;
    const float *b = c->f + (size_t)row(c, j) * c->d;
    double s = 0;

    for (int k = 0; k < c->d; k++)
        s += (double)a[k] * b[k];
    return s / c->q->tau;
}

static double
pair_weight(const struct sample *c, int i, int j)
{
    double gap;

    if (!c->intensity)
        return 1;
    gap =
        fabs((double)c->intensity[row(c, i)] - (double)c->intensity[row(c, j)]);
    return isnan(gap) ? 1 : 1 - gap;
}

/* Adds to df, with g the gradient of s_ij. */
static void
add_gradient(const struct sample *c, double *df, int i, int j, double g)
{
    size_t p = (size_t)row(c, i) * c->d, q = (size_t)row(c, j) * c->d;

    for (int k = 0; k < c->d; k++) {
        df[p + k] += g * c->f[q + k] / c->q->tau;
        df[q + k] += g * c->f[p + k] / c->q->tau;
    }
}

/* Sets the numbers of positives and of negatives; returns the sum of e over
   D_i. */
static double
denominator(const struct sample *c, int i, int *np, int *nd)
{
    double z = 0;

    *np = *nd = 0;
    for (int j = 0; j < c->m; j++) {
        int r = relation(c, i, j);
        *np += !!(r & SEG_POSITIVE);
        if (r & (SEG_DENOM_SAME | SEG_DENOM_OTHER)) {
            ++*nd;
            z += exp(pair_weight(c, i, j) * similarity(c, i, j));
        }
    }
    return z;
}

/* l_i, and its gradient times k */
static double
anchor_loss(const struct sample *c, double *df, int i, double k)
{
    double inv = 0, loss = 0;
    int np, nd;
    double z = denominator(c, i, &np, &nd);

    if (!np || !nd)
        return 0;
    if (c->q->logs_only) {
        loss = log(z) / np;
        inv = 1 / z / np;
    }
    for (int j = 0; j < c->m && !c->q->logs_only; j++) {
        if (!(relation(c, i, j) & SEG_POSITIVE))
            continue;
        double s = similarity(c, i, j), own = c->q->per_positive ? exp(s) : 0;
        loss += (log(own + z) - s) / np;
        inv += 1 / (own + z) / np;
        add_gradient(c, df, i, j, k / np * (own / (own + z) - 1));
    }
    for (int j = 0; j < c->m; j++)
        if (relation(c, i, j) & (SEG_DENOM_SAME | SEG_DENOM_OTHER)) {
            double w = pair_weight(c, i, j);
            add_gradient(
                c, df, i, j, k * w * exp(w * similarity(c, i, j)) * inv);
        }
    return loss;
}

double
seg_contrast_naive(double *df, const float *f, const int *y, const int *g,
    const float *intensity, const int *rows, const struct seg_contrast *q,
    int m, int d)
{
    struct sample c = {f, y, g, intensity, rows, q, m, d};
    double loss = 0;
    int anchors = 0;

    for (int i = 0; i < m; i++) {
        int np, nd;

        denominator(&c, i, &np, &nd);
        anchors += anchor(&c, i) && (!q->only_paired || (np && nd));
    }
    for (int i = 0; i < m; i++)
        if (anchor(&c, i))
            loss += anchor_loss(&c, df, i, (double)q->scale / anchors);
    return anchors ? q->scale * loss / anchors : 0;
}
