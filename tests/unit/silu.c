/* The silu kernel against its formula in double: several chunks of work, both
   tails, in place, and the same bits for any number of threads. */
#include "lib/kernel/silu.h"
#include "tests/unit/kernels.h"

enum { N = 40007 };

/* The larger of two errors; NaN sticks. */
static double
larger(double worst, double off)
{
    return off <= worst || isnan(worst) ? worst : off;
}

static void
check_values(const float *x, const float *dy)
{
    float *y = grab(N * sizeof *y), *dx = grab(N * sizeof *dx);
    double worst = 0, tail = 0, slope = 0;

    seg_silu_forward(y, x, N, 2);
    seg_silu_backward(dx, dy, x, 0, N, 2);
    for (int i = 0; i < N; i++) {
        double v = x[i], s = 1 / (1 + exp(-v)), want = v * s;
        double off = fabs(y[i] - want);
        worst = larger(worst, off / fmax(1, fabs(v)));
        if (v > -87 && v != 0)
            tail = larger(tail, off / fabs(want));
        slope = larger(slope, fabs(dx[i] - dy[i] * s * (1 + v * (1 - s))));
    }
    ok(worst < 4e-7, "values within %.1e", worst);
    ok(tail < 4e-7, "down to -87 relative, within %.1e", tail);
    ok(slope < 1e-6, "gradient within %.1e", slope);
    free(y);
    free(dx);
}

static void
check_threads(const float *x, const float *dy)
{
    float *y = grab(N * sizeof *y), *dx = grab(N * sizeof *dx);
    float *y1 = grab(N * sizeof *y), *dx1 = grab(N * sizeof *dx);
    int equal = 1;

    seg_silu_forward(y1, x, N, 1);
    seg_silu_backward(dx1, dy, x, 0, N, 1);
    for (int threads = 2; threads <= 5; threads++) {
        seg_silu_forward(y, x, N, threads);
        seg_silu_backward(dx, dy, x, 0, N, threads);
        equal &= !memcmp(y, y1, N * sizeof *y);
        equal &= !memcmp(dx, dx1, N * sizeof *dx);
    }
    ok(equal, "same bits for 1 to 5 threads");

    memcpy(y, x, N * sizeof *y);
    seg_silu_forward(y, y, N, 2);
    ok(!memcmp(y, y1, N * sizeof *y), "y may be x");
    memcpy(dx, dy, N * sizeof *dx);
    seg_silu_backward(dx, dx, x, 0, N, 2);
    ok(!memcmp(dx, dx1, N * sizeof *dx), "dx may be dy");

    equal = 1;
    seg_silu_backward(dx, dy, x, 1, N, 2);
    for (int i = 0; i < N; i++)
        equal &= dx[i] == 2 * dx1[i];
    ok(equal, "adds where it should");
    free(y);
    free(dx);
    free(y1);
    free(dx1);
}

/* Where exp(-x) overflows, and beyond. */
static void
check_extremes(void)
{
    const float x[] = {-1e30f, -100, 0, 100, 1e30f}, dy[] = {1, 1, 1, 1, 1};
    const float y[] = {0, 0, 0, 100, 1e30f}, dx[] = {0, 0, 0.5f, 1, 1};
    float a[5], b[5];

    seg_silu_forward(a, x, 5, 1);
    seg_silu_backward(b, dy, x, 0, 5, 1);
    for (int i = 0; i < 5; i++)
        ok(a[i] == y[i] && b[i] == dx[i], "at %g: %g, gradient %g", x[i], a[i],
            b[i]);
}

int
main(void)
{
    float *x = grab(N * sizeof *x), *dy = noise(N, 1);

    for (int i = 0; i < N; i++)
        x[i] = (float)(200.0 * i / N - 100);
    check_values(x, dy);
    check_threads(x, dy);
    check_extremes();
    free(x);
    free(dy);
    return done();
}
