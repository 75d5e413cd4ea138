/* Pooling against plain loops. */
#include "lib/kernel/pool.h"
#include "tests/unit/kernels.h"

static const struct seg_pool shapes[] = {
    {.n = 2, .h = 8, .w = 6, .c = 5, .k = 2, .stride = 2},
    {.n = 1, .h = 9, .w = 7, .c = 16, .k = 3, .stride = 2, .pad = 1},
    {.n = 2, .h = 9, .w = 8, .c = 33, .k = 2, .stride = 2, .ceil = 1},
    {.n = 1, .h = 10, .w = 11, .c = 3, .k = 3, .stride = 2, .ceil = 1},
    {.n = 1, .h = 7, .w = 5, .c = 20, .k = 3, .stride = 1, .pad = 1},
    {.n = 1, .h = 5, .w = 5, .c = 2, .k = 2, .stride = 3, .pad = 1, .ceil = 1},
    {.n = 1, .h = 15, .w = 16, .c = 1, .k = 15, .stride = 1, .pad = 7},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* y, and the position of each maximum in x */
static void
reference(double *y, long *where, const float *x, const struct seg_pool *q)
{
    for (long t = 0; t < (long)q->n * q->oh * q->ow * q->c; t++) {
        long c = t % q->c, j = t / q->c % q->ow;
        long i = t / q->c / q->ow % q->oh, n = t / q->c / q->ow / q->oh;
        y[t] = -INFINITY;
        for (int r = 0; r < q->k; r++)
            for (int s = 0; s < q->k; s++) {
                long iy = i * q->stride - q->pad + r;
                long ix = j * q->stride - q->pad + s;
                long at = ((n * q->h + iy) * q->w + ix) * q->c + c;
                if (iy < 0 || iy >= q->h || ix < 0 || ix >= q->w)
                    continue;
                if (x[at] > y[t]) {
                    y[t] = x[at];
                    where[t] = at;
                }
            }
    }
}

static void
check(struct seg_pool q)
{
    q.threads = 1;
    if (!ok(!seg_pool_plan(&q), "%dx%d k%d s%d p%d ceil %d is %dx%d", q.h, q.w,
            q.k, q.stride, q.pad, q.ceil, q.oh, q.ow))
        return;
    size_t in = (size_t)q.n * q.h * q.w * q.c;
    size_t out = (size_t)q.n * q.oh * q.ow * q.c;
    float *x = noise(in, 1), *dy = noise(out, 2), *y = grab(out * 4);
    float *dx = grab(in * 4), *first = grab(in * 4);
    double *want = grab(out * 8), *dwant = grab(in * 8);
    long *where = grab(out * sizeof *where);
    uint8_t *index = grab(out);
    reference(want, where, x, &q);
    memset(dwant, 0, in * 8);
    for (size_t i = 0; i < out; i++)
        dwant[where[i]] += dy[i];
    for (q.threads = 1; q.threads <= 3; q.threads++) {
        memset(y, 0xff, out * 4);
        seg_maxpool_forward(y, NULL, x, &q);
        int good = distance(y, want, out) == 0;
        seg_maxpool_forward(y, index, x, &q);
        good &= distance(y, want, out) == 0;
        ok(good, "maxima, %s, %d threads", seg_cpu_name(seg_cpu_level()),
            q.threads);
        seg_maxpool_backward(dx, dy, index, 0, &q);
        good = distance(dx, dwant, in) < 3e-6;
        if (q.threads == 1)
            memcpy(first, dx, in * 4);
        good &= !memcmp(first, dx, in * 4);
        memcpy(dx, x, in * 4);
        seg_maxpool_backward(dx, dy, index, 1, &q);
        for (size_t i = 0; i < in; i++)
            good &= fabs(dx[i] - x[i] - dwant[i]) < 1e-5;
        ok(good, "their gradient, written and added");
    }
    free(x), free(dy), free(y), free(dx), free(first), free(want), free(dwant);
    free(where), free(index);
}

static void
check_nan(void)
{
    struct seg_pool q = {
        .n = 1, .h = 2, .w = 2, .c = 1, .k = 2, .stride = 2, .threads = 1};
    float x[4] = {1, NAN, 2, 3}, y;
    uint8_t index;
    ok(!seg_pool_plan(&q), "one window");
    seg_maxpool_forward(&y, &index, x, &q);
    ok(isnan(y), "a NaN does not hide");
    x[1] = x[0] = x[2] = x[3] = -INFINITY;
    seg_maxpool_forward(&y, &index, x, &q);
    ok(isinf(y) && index < 4, "nor does minus infinity");
}

static void
check_mean(int n, int m, int c)
{
    size_t in = (size_t)n * m * c, out = (size_t)n * c;
    float *x = noise(in, 1), *dy = noise(out, 2), *y = grab(out * 4);
    float *dx = grab(in * 4);
    double *want = grab(out * 8), *dwant = grab(in * 8);
    memset(want, 0, out * 8);
    for (size_t i = 0; i < in; i++) {
        x[i] += 3;
        want[i / c / m * c + i % c] += (double)x[i] / m;
        dwant[i] = (double)dy[i / c / m * c + i % c] / m;
    }
    seg_meanpool_forward(y, x, n, m, c, 2);
    ok(distance(y, want, out) < 1e-6, "mean of %d pixels, %d channels", m, c);
    seg_meanpool_backward(dx, dy, 0, n, m, c, 2);
    int good = distance(dx, dwant, in) < 3e-7;
    seg_meanpool_backward(dx, dy, 1, n, m, c, 3);
    for (size_t i = 0; i < in; i++)
        dwant[i] *= 2;
    ok(good && distance(dx, dwant, in) < 3e-7, "its gradient");
    free(x), free(dy), free(y), free(dx), free(want), free(dwant);
}

int
main(void)
{
    FOR_LEVELS(l)
    {
        for (int i = 0; i < SHAPES; i++)
            check(shapes[i]);
        check_nan();
        check_mean(2, 1, 3);
        check_mean(3, 1000, 70);
    }
    struct seg_pool bad = shapes[0];
    bad.threads = 1;
    bad.pad = 2;
    ok(seg_pool_plan(&bad) == -1, "more padding than half a window is refused");
    bad = shapes[0];
    bad.threads = 1;
    bad.h = 1;
    ok(seg_pool_plan(&bad) == -1, "a window larger than the image, too");
    return done();
}
