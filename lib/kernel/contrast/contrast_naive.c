/*
 * The losses of contrast.h from their formulas, pair by pair, in double: what
 * the blocked core is measured against.  Nothing clever, on purpose.
 */
#include <math.h>

#include "lib/kernel/contrast/contrast.h"

struct sample {
    const float *f;
    const int *y, *g;
    const float *level;
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

/* The role bits that apply to candidate j of anchor i. */
static int
role(const struct sample *c, int i, int j)
{
    int same;

    if (!valid(c, i) || !valid(c, j) || (i == j && !c->q->self))
        return 0;
    same = c->y[row(c, i)] == c->y[row(c, j)];
    return c->q->role[group(c, i)][group(c, j)] &
           (same ? SEG_POS | SEG_SAME : SEG_OTHER);
}

static int
anchor(const struct sample *c, int i)
{
    int any = 0;

    for (int b = 0; b < c->q->groups && valid(c, i); b++)
        any |= c->q->role[group(c, i)][b] & SEG_POS;
    return any && c->y[row(c, i)] != c->q->background;
}

static double
sim(const struct sample *c, int i, int j)
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
    if (!c->level)
        return 1;
    return 1 - fabs((double)c->level[row(c, i)] - (double)c->level[row(c, j)]);
}

static void
push(const struct sample *c, double *df, int i, int j, double g)
{
    size_t p = (size_t)row(c, i) * c->d, q = (size_t)row(c, j) * c->d;

    for (int k = 0; k < c->d; k++) {
        df[p + k] += g * c->f[q + k] / c->q->tau;
        df[q + k] += g * c->f[p + k] / c->q->tau;
    }
}

/* l_i, and its gradient times k */
static double
anchor_loss(const struct sample *c, double *df, int i, double k)
{
    double z = 0, inv = 0, loss = 0;
    int np = 0, nd = 0;

    for (int j = 0; j < c->m; j++) {
        int r = role(c, i, j);
        np += !!(r & SEG_POS);
        if (r & (SEG_SAME | SEG_OTHER)) {
            nd++;
            z += exp(pair_weight(c, i, j) * sim(c, i, j));
        }
    }
    if (!np || !nd)
        return 0;
    for (int j = 0; j < c->m; j++) {
        if (!(role(c, i, j) & SEG_POS))
            continue;
        double s = sim(c, i, j), own = c->q->own ? exp(s) : 0;
        loss += (log(own + z) - s) / np;
        inv += 1 / (own + z) / np;
        push(c, df, i, j, k / np * (own / (own + z) - 1));
    }
    for (int j = 0; j < c->m; j++)
        if (role(c, i, j) & (SEG_SAME | SEG_OTHER)) {
            double w = pair_weight(c, i, j);
            push(c, df, i, j, k * w * exp(w * sim(c, i, j)) * inv);
        }
    return loss;
}

double
seg_contrast_naive(double *df, const float *f, const int *y, const int *g,
    const float *level, const int *rows, const struct seg_contrast *q, int m,
    int d)
{
    struct sample c = {f, y, g, level, rows, q, m, d};
    double loss = 0;
    int anchors = 0;

    for (int i = 0; i < m; i++)
        anchors += anchor(&c, i);
    for (int i = 0; i < m; i++)
        if (anchor(&c, i))
            loss += anchor_loss(&c, df, i, (double)q->scale / anchors);
    return anchors ? q->scale * loss / anchors : 0;
}
