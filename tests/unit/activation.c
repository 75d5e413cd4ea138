/* The kernels of activations: several chunks of work and both tails against the
   formulas in double, in place, the same bits for any number of threads, and
   numbers of PyTorch at corners and extremes. */
#include "lib/kernel/activation.h"
#include "tests/unit/kernels.h"

enum { N = 40007, POINTS = 11 };

struct kernel {
    const char *name;
    seg_activate *forward;
    seg_activate_back *backward;
    double (*value)(double), (*slope)(double);
    /* torch.nn.functional at `points`: values, gradients */
    float y[POINTS], dx[POINTS];
};

static const float points[POINTS] = {
    -1e30f, -100, -3, -2.5f, -1, 0, 0.5f, 3, 6, 7, 1e30f};

static double
sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double
sigmoid_slope(double x)
{
    return sigmoid(x) * sigmoid(-x);
}

static double
silu(double x)
{
    return x * sigmoid(x);
}

static double
silu_slope(double x)
{
    return sigmoid(x) + x * sigmoid_slope(x);
}

static double
relu6(double x)
{
    return fmin(fmax(x, 0), 6);
}

static double
relu6_slope(double x)
{
    return x > 0 && x < 6;
}

static double
hardsigmoid(double x)
{
    return relu6(x + 3) / 6;
}

static double
hardsigmoid_slope(double x)
{
    return relu6_slope(x + 3) / 6;
}

static double
hardswish(double x)
{
    return x * hardsigmoid(x);
}

static double
hardswish_slope(double x)
{
    return hardsigmoid(x) + x * hardsigmoid_slope(x);
}

static const struct kernel kernels[] = {
    {"silu", seg_silu_forward, seg_silu_backward, silu, silu_slope,
        {0, 0, -0.142277613f, -0.189645454f, -0.268941432f, 0, 0.311229676f,
            2.85772252f, 5.98516464f, 6.99362278f, 1e30f},
        {0, 0, -0.0881041065f, -0.0994011089f, 0.0723294839f, 0.5f,
            0.739961207f, 1.08810413f, 1.01232624f, 1.00546014f, 1}},
    {"sigmoid", seg_sigmoid_forward, seg_sigmoid_backward, sigmoid,
        sigmoid_slope,
        {0, 0, 0.0474258736f, 0.0758581758f, 0.268941432f, 0.5f, 0.622459352f,
            0.952574134f, 0.997527421f, 0.999089003f, 1},
        {0, 0, 0.0451766588f, 0.0701037124f, 0.196611941f, 0.25f, 0.23500371f,
            0.0451766551f, 0.00246646581f, 0.000910167466f, 0}},
    {"relu6", seg_relu6_forward, seg_relu6_backward, relu6, relu6_slope,
        {0, 0, 0, 0, 0, 0, 0.5f, 3, 6, 6, 6},
        {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0}},
    {"hardswish", seg_hardswish_forward, seg_hardswish_backward, hardswish,
        hardswish_slope,
        {0, 0, 0, -0.208333328f, -0.333333343f, 0, 0.291666657f, 3, 6, 7,
            1e30f},
        {0, 0, 0, -0.333333313f, 0.166666657f, 0.5f, 0.666666687f, 1, 1, 1, 1}},
    {"hardsigmoid", seg_hardsigmoid_forward, seg_hardsigmoid_backward,
        hardsigmoid, hardsigmoid_slope,
        {0, 0, 0, 0.0833333358f, 0.333333343f, 0.5f, 0.583333313f, 1, 1, 1, 1},
        {0, 0, 0, 0.166666672f, 0.166666672f, 0.166666672f, 0.166666672f, 0, 0,
            0, 0}},
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

/* The larger of two errors; NaN sticks. */
static double
larger(double worst, double off)
{
    return off <= worst || isnan(worst) ? worst : off;
}

static void
check_values(const struct kernel *t, const float *x, const float *dy)
{
    float *y = grab(N * sizeof *y), *dx = grab(N * sizeof *dx);
    double worst = 0, tail = 0, slope = 0;

    t->forward(y, x, N, 2);
    t->backward(dx, dy, x, 0, N, 2);
    for (int i = 0; i < N; i++) {
        double v = x[i], want = t->value(v), off = fabs(y[i] - want);
        worst = larger(worst, off / fmax(1, fabs(v)));
        /* the sum x + 3 is rounded near a corner */
        if (v > -87 && want != 0 && fabs(v + 3) > 0.1)
            tail = larger(tail, off / fabs(want));
        slope = larger(slope, fabs(dx[i] - dy[i] * t->slope(v)));
    }
    ok(worst < 4e-7, "%s: values within %.1e", t->name, worst);
    ok(tail < 3e-6, "%s: down to -87 relative, within %.1e", t->name, tail);
    ok(slope < 1e-6, "%s: gradient within %.1e", t->name, slope);
    free(y);
    free(dx);
}

static void
check_threads(const struct kernel *t, const float *x, const float *dy)
{
    float *y = grab(N * sizeof *y), *dx = grab(N * sizeof *dx);
    float *y1 = grab(N * sizeof *y), *dx1 = grab(N * sizeof *dx);
    int equal = 1;

    t->forward(y1, x, N, 1);
    t->backward(dx1, dy, x, 0, N, 1);
    for (int threads = 2; threads <= 5; threads++) {
        t->forward(y, x, N, threads);
        t->backward(dx, dy, x, 0, N, threads);
        equal &= !memcmp(y, y1, N * sizeof *y);
        equal &= !memcmp(dx, dx1, N * sizeof *dx);
    }
    ok(equal, "%s: same bits for 1 to 5 threads", t->name);

    memcpy(y, x, N * sizeof *y);
    t->forward(y, y, N, 2);
    ok(!memcmp(y, y1, N * sizeof *y), "%s: y may be x", t->name);
    memcpy(dx, dy, N * sizeof *dx);
    t->backward(dx, dx, x, 0, N, 2);
    ok(!memcmp(dx, dx1, N * sizeof *dx), "%s: dx may be dy", t->name);

    equal = 1;
    t->backward(dx, dy, x, 1, N, 2);
    for (int i = 0; i < N; i++)
        equal &= dx[i] == 2 * dx1[i];
    ok(equal, "%s: adds where it should", t->name);
    free(y);
    free(dx);
    free(y1);
    free(dx1);
}

static void
check_points(const struct kernel *t)
{
    float y[POINTS], dx[POINTS], dy[POINTS], nan = NAN;

    for (int i = 0; i < POINTS; i++)
        dy[i] = 1;
    t->forward(y, points, POINTS, 1);
    t->backward(dx, dy, points, 0, POINTS, 1);
    for (int i = 0; i < POINTS; i++)
        ok(fabsf(y[i] - t->y[i]) <= 3e-7f * fmaxf(1, fabsf(t->y[i])) &&
                fabsf(dx[i] - t->dx[i]) <= 3e-7f,
            "%s at %g: %g, gradient %g", t->name, points[i], y[i], dx[i]);
    t->forward(y, &nan, 1, 1);
    ok(isnan(y[0]), "%s: NaN stays NaN", t->name);
}

int
main(void)
{
    float *x = grab(N * sizeof *x), *dy = noise(N, 1);

    for (int i = 0; i < N; i++)
        x[i] = (float)(200.0 * i / N - 100);
    for (int i = 0; i < KERNELS; i++) {
        check_values(kernels + i, x, dy);
        check_threads(kernels + i, x, dy);
        check_points(kernels + i);
    }
    free(x);
    free(dy);
    return done();
}
