/* The loss of upsample_ce.h from its formula, in double: the reference
   implementation. */
#include <math.h>
#include <string.h>

#include "lib/kernel/upsample_ce.h"

static double
place(int i, int from, int to, int align)
{
    double p = align ? (to > 1 ? (double)i * (from - 1) / (to - 1) : 0)
                     : (i + .5) * from / to - .5;

    return p < 0 ? 0 : p > from - 1 ? from - 1 : p;
}

/* The weight of small position s at p, a hat of width 1 on each side. */
static double
hat(double p, int s)
{
    return fmax(0, 1 - fabs(p - s));
}

struct image {
    const float *x;
    int h, w, c;
};

static double
logit(const struct image *p, double Y, double X, int k)
{
    double u = 0;

    for (int i = 0; i < p->h; i++)
        for (int j = 0; j < p->w; j++)
            u += hat(Y, i) * hat(X, j) * p->x[(i * p->w + j) * p->c + k];
    return u;
}

/* own[k]: the weight of class k in the target of this pixel. */
static double
pixel_loss(
    double *dx, const struct image *p, double Y, double X, const double *own)
{
    double z = 0, all = 0, value = 0;

    for (int k = 0; k < p->c; k++) {
        z += exp(logit(p, Y, X, k));
        all += own[k];
    }
    for (int k = 0; k < p->c; k++) {
        double g = all * exp(logit(p, Y, X, k)) / z - own[k];

        for (int i = 0; i < p->h; i++)
            for (int j = 0; j < p->w; j++)
                dx[(i * p->w + j) * p->c + k] += g * hat(Y, i) * hat(X, j);
        value += own[k] * (log(z) - logit(p, Y, X, k));
    }
    return value;
}

double
seg_upsample_ce_naive(double *dx, const float *x, const uint8_t *y,
    const struct seg_upsample_ce *q, int n, int h, int w, int c, int H, int W)
{
    double total = 0, value = 0, own[256];
    int all_h = q->all_h ? q->all_h : H, all_w = q->all_w ? q->all_w : W;

    memset(dx, 0, (size_t)n * h * w * c * sizeof *dx);
    for (int pass = 0; pass < 2; pass++)
        for (int p = 0; p < n * H * W; p++) {
            size_t at = (size_t)(p / (H * W)) * h * w * c;
            struct image in = {x + at, h, w, c};
            double Y = place(p / W % H, h, all_h, q->align_corners);
            double X = place(p % W, w, all_w, q->align_corners);

            if (y[p] == q->ignore || y[p] >= c)
                continue;
            if (!pass)
                total += q->weight ? q->weight[y[p]] : 1;
            if (!pass || !(total > 0))
                continue;
            for (int k = 0; k < c; k++)
                own[k] = (1.0 * (k == y[p]) * (1 - q->smooth) +
                             (double)q->smooth / c) *
                         (q->weight ? q->weight[k] : 1) / total;
            value += pixel_loss(dx + at, &in, Y, X, own);
        }
    return value;
}
