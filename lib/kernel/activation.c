/*
 * exp(-x) overflows below -88.  Then s is 0, and so are y and the gradient,
 * whose true sizes are below 1e-36.
 */
#include "lib/kernel/activation.h"

#include <math.h>

enum { CHUNK = 16384 };

static inline float
logistic(float x)
{
    return 1 / (1 + expf(-x));
}

/* NaN stays NaN. */
static inline float
clamp6(float x)
{
    return x < 0 ? 0 : x > 6 ? 6 : x;
}

static inline float
silu(float x)
{
    return x * logistic(x);
}

static inline float
silu_slope(float x)
{
    float s = logistic(x);

    return s * (1 + x * (1 - s));
}

static inline float
sigmoid_slope(float x)
{
    float s = logistic(x);

    return s * (1 - s);
}

static inline float
relu6_slope(float x)
{
    return x > 0 && x < 6;
}

static inline float
hardsigmoid(float x)
{
    return clamp6(x + 3) / 6;
}

static inline float
hardsigmoid_slope(float x)
{
    return x > -3 && x < 3 ? 1 / 6.0f : 0;
}

static inline float
hardswish(float x)
{
    return x * clamp6(x + 3) / 6;
}

static inline float
hardswish_slope(float x)
{
    return x <= -3 ? 0 : x < 3 ? x / 3 + 0.5f : 1;
}

/* f is a constant after inlining. */
static inline __attribute__((always_inline)) void
forward(float *y, const float *x, size_t n, int threads, float (*f)(float))
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        for (size_t k = i; k < n && k < i + CHUNK; k++)
            y[k] = f(x[k]);
}

/* slope is a constant after inlining. */
static inline __attribute__((always_inline)) void
backward(float *dx, const float *dy, const float *x, int add, size_t n,
    int threads, float (*slope)(float))
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t i = 0; i < n; i += CHUNK)
        for (size_t k = i; k < n && k < i + CHUNK; k++) {
            float d = dy[k] * slope(x[k]);
            dx[k] = add ? dx[k] + d : d;
        }
}

void
seg_silu_forward(float *y, const float *x, size_t n, int threads)
{
    forward(y, x, n, threads, silu);
}

void
seg_silu_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    backward(dx, dy, x, add, n, threads, silu_slope);
}

void
seg_sigmoid_forward(float *y, const float *x, size_t n, int threads)
{
    forward(y, x, n, threads, logistic);
}

void
seg_sigmoid_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    backward(dx, dy, x, add, n, threads, sigmoid_slope);
}

void
seg_relu6_forward(float *y, const float *x, size_t n, int threads)
{
    forward(y, x, n, threads, clamp6);
}

void
seg_relu6_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    backward(dx, dy, x, add, n, threads, relu6_slope);
}

void
seg_hardswish_forward(float *y, const float *x, size_t n, int threads)
{
    forward(y, x, n, threads, hardswish);
}

void
seg_hardswish_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    backward(dx, dy, x, add, n, threads, hardswish_slope);
}

void
seg_hardsigmoid_forward(float *y, const float *x, size_t n, int threads)
{
    forward(y, x, n, threads, hardsigmoid);
}

void
seg_hardsigmoid_backward(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads)
{
    backward(dx, dy, x, add, n, threads, hardsigmoid_slope);
}
