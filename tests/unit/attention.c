/*
 * Attention, layer normalization and GELU against their formulas in double, at
 * every CPU level, in sizes that fill blocks, cross them and leave partial
 * vectors.
 */
#include "lib/kernel/attention/attention.h"
#include "lib/base/rng.h"
#include "lib/kernel/gelu.h"
#include "lib/kernel/norm/layer_norm.h"
#include "tests/unit/kernels.h"

static float *
make(size_t n, const char *name, double size)
{
    struct seg_rng r = seg_rng_make(3, name, "attention", 0);
    float *x = grab(n * sizeof *x);

    for (size_t i = 0; i < n; i++)
        x[i] = (float)(size * seg_rng_normal(&r));
    return x;
}

/* Token i of image n, part 0..2 of its projection, head g. */
static size_t
at(const struct seg_attention *q, int n, int i, int part, int g)
{
    return ((((size_t)n * q->t + i) * 3 + part) * q->heads + g) * q->d;
}

static double
dot(const float *a, const float *b, int d)
{
    double sum = 0;

    for (int c = 0; c < d; c++)
        sum += (double)a[c] * b[c];
    return sum;
}

/* One query of one head: adds its part of y and of dqkv.  Returns the largest
   absolute score. */
static double
naive_query(double *y, double *dqkv, const float *dy, const float *qkv,
    const struct seg_attention *q, int n, int i, int g)
{
    double *p = calloc((size_t)q->t, sizeof *p), sum = 0, top = -INFINITY;
    double scale = 1 / sqrt(q->d), mean = 0, size = 0;
    const float *x = qkv + at(q, n, i, 0, g);
    size_t out = (((size_t)n * q->t + i) * q->heads + g) * q->d;

    for (int j = 0; j < q->t; j++) {
        p[j] = scale * dot(x, qkv + at(q, n, j, 1, g), q->d);
        top = fmax(top, p[j]);
        size = fmax(size, fabs(p[j]));
    }
    for (int j = 0; j < q->t; j++)
        sum += p[j] = exp(p[j] - top);
    for (int j = 0; j < q->t; j++) {
        const float *v = qkv + at(q, n, j, 2, g);
        p[j] /= sum;
        for (int c = 0; c < q->d; c++)
            y[out + c] += p[j] * v[c];
        mean += p[j] * dot(dy + out, v, q->d);
    }
    for (int j = 0; j < q->t; j++) {
        size_t k = at(q, n, j, 1, g), v = at(q, n, j, 2, g);
        double ds = scale * p[j] * (dot(dy + out, qkv + v, q->d) - mean);
        for (int c = 0; c < q->d; c++) {
            dqkv[at(q, n, i, 0, g) + c] += ds * qkv[k + c];
            dqkv[k + c] += ds * x[c];
            dqkv[v + c] += p[j] * dy[out + c];
        }
    }
    free(p);
    return size;
}

static void
check_attention(int n, int t, int heads, int d, double size)
{
    struct seg_attention q = {n, t, heads, d, 1};
    size_t count = (size_t)n * t * heads * d;
    float *qkv = make(3 * count, "qkv", size), *dy = make(count, "dy", 1);
    double *y = calloc(count, sizeof *y), *dqkv = calloc(3 * count, sizeof *y);
    float *got = make(count, "y", 1), *grad = make(3 * count, "dqkv", 1);
    float *level = make((size_t)n * heads * t, "level", 1), *before = NULL;
    double score = 0;
    int equal = 1;

    for (int i = 0; i < n * t * heads; i++)
        score = fmax(score, naive_query(y, dqkv, dy, qkv, &q, i / heads / t,
                                i / heads % t, i % heads));
    /* the rounding of a score is a relative error of its exponential */
    double within = ldexp(16 + score, -24);
    for (q.threads = 1; q.threads <= 3; q.threads++) {
        size_t a = seg_attention_scratch(&q, 0),
               b = seg_attention_scratch(&q, 1);
        void *scratch = grab(a > b ? a : b);
        seg_attention_forward(got, level, qkv, &q, scratch);
        seg_attention_backward(grad, dy, got, level, qkv, 0, &q, scratch);
        if (!before) {
            before = make(3 * count, "before", 0);
            memcpy(before, grad, 3 * count * sizeof *grad);
        }
        equal &= !memcmp(before, grad, 3 * count * sizeof *grad);
        free(scratch);
    }
    double off = distance(got, y, count),
           back = distance(grad, dqkv, 3 * count);
    ok(off < within, "attention %d x %d, %d heads of %d: forward (%.1e)", n, t,
        heads, d, off);
    ok(back < 2 * within, "backward (%.1e)", back);
    ok(equal, "the same bits for 1, 2 and 3 threads");
    free(qkv);
    free(dy);
    free(y);
    free(dqkv);
    free(got);
    free(grad);
    free(level);
    free(before);
}

/* Both tails, the middle, and the border of a vector. */
static void
check_gelu(void)
{
    enum { N = 40007 };
    float *x = make(N, "x", 0), *y = make(N, "y", 0), *dy = make(N, "dy", 1);
    float *dx = make(N, "dx", 0);
    double worst = 0, tail = 0, slope = 0;

    for (int i = 0; i < N; i++)
        x[i] = (float)(24.0 * i / N - 12);
    seg_gelu_forward(y, x, N, 2);
    seg_gelu_backward(dx, dy, x, 0, N, 2);
    for (int i = 0; i < N; i++) {
        double v = x[i], below = erfc(-v / sqrt(2)) / 2;
        double d = below + v * exp(-v * v / 2) / sqrt(2 * acos(-1));
        double off = fabs(y[i] - v * below) / (fabs(v * below) + 1e-300);
        worst = fmax(worst, fabs(y[i] - v * below) / fmax(1, fabs(v)));
        if (fabs(v) < 8 && v != 0)
            tail = fmax(tail, off);
        slope = fmax(slope, fabs(dx[i] - dy[i] * d) / fabs(dy[i]));
    }
    ok(worst < 4e-7, "gelu within %.1e", worst);
    ok(tail < 2e-5, "down to 8 deviations relative, within %.1e", tail);
    ok(slope < 1e-6, "its slope within %.1e", slope);
    seg_gelu_backward(dx, dy, x, 1, N, 1);
    seg_gelu_backward(x, dy, x, 0, N, 1);
    ok(fabs(dx[N / 3] - 2 * x[N / 3]) < 1e-6, "adds where it should");
    free(x);
    free(y);
    free(dy);
    free(dx);
}

static void
check_layer_norm(size_t m, int c)
{
    size_t n = m * (size_t)c;
    float *x = make(n, "x", 2), *dy = make(n, "dy", 1);
    float *w = make((size_t)c, "w", 1), *b = make((size_t)c, "b", 1);
    float *y = make(n, "y", 0), *dx = make(n, "dx", 0);
    float *dw = make((size_t)c, "dw", 0), *db = make((size_t)c, "db", 0);
    float *moment = make(2 * m, "moment", 0);
    void *scratch = grab(seg_layer_norm_scratch(m, c));
    double *wy = calloc(n, sizeof *wy), *wx = calloc(n, sizeof *wx);
    double *ww = calloc((size_t)c, sizeof *ww), size = 0;

    for (size_t i = 0; i < n; i++)
        x[i] += 5; /* a mean to be taken off */
    for (size_t i = 0; i < m; i++) {
        double mean = 0, var = 0, g = 0, gu = 0;
        const float *r = x + i * c, *d = dy + i * c;
        for (int j = 0; j < c; j++)
            mean += r[j] / (double)c;
        for (int j = 0; j < c; j++)
            var += pow(r[j] - mean, 2) / c;
        double k = 1 / sqrt(var + 1e-5);
        for (int j = 0; j < c; j++) {
            double u = (r[j] - mean) * k;
            wy[i * c + j] = u * w[j] + b[j];
            size = fmax(size, fabs(k * d[j] * w[j])); /* of a term of dx */
            g += (double)d[j] * w[j] / c;
            gu += (double)d[j] * w[j] * u / c;
            ww[j] += d[j] * u;
        }
        for (int j = 0; j < c; j++)
            wx[i * c + j] =
                k * ((double)d[j] * w[j] - g - (r[j] - mean) * k * gu);
    }
    seg_layer_norm_forward(y, moment, x, w, b, 1e-5f, m, c, 2);
    seg_layer_norm_backward(dx, dw, db, dy, x, moment, w, 0, m, c, 2, scratch);
    double off = distance(y, wy, n), back = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(dx[i] - wx[i]) <= back * size) && !isnan(back))
            back = fabs(dx[i] - wx[i]) / size;
    double weights = distance(dw, ww, (size_t)c);
    ok(off < 2e-6 && back < 5e-6 && weights < 5e-6,
        "layer norm %zu x %d: %.1e, backward %.1e, weights %.1e", m, c, off,
        back, weights);
    free(x), free(dy), free(w), free(b), free(y), free(dx), free(dw), free(db);
    free(moment), free(scratch), free(wy), free(wx), free(ww);
}

int
main(void)
{
    FOR_LEVELS(l)
    {
        check_attention(1, 1, 1, 1, 1);
        check_attention(2, 5, 2, 3, 1);
        check_attention(1, 64, 1, 64, 1);
        check_attention(2, 257, 3, 64, 0.5);
        check_attention(1, 600, 1, 40, 1);
        check_attention(1, 70, 2, 16, 6); /* sharp: the maximum must run */
        check_attention(1, 1030, 1, 8, 8);
        check_gelu();
        check_layer_norm(3, 1024);
        check_layer_norm(300, 192);
        check_layer_norm(129, 21);
        check_layer_norm(1, 2);
    }
    return done();
}
