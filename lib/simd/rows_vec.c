/* Plain loops, which the compiler vectorizes for each level. */
#include "lib/simd/rows.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "lib/simd/vec.h"

#ifdef __clang__
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

static void
sum(float *y, const float *a, const float *b, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void
relu(float *y, const float *x, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] = x[i] < 0 ? 0 : x[i];
}

static void
relu_backward(float *dx, const float *dy, const float *y, int add, long n)
{
    if (add) {
        INDEPENDENT
        for (long i = 0; i < n; i++)
            dx[i] += y[i] > 0 ? dy[i] : 0;
    } else {
        INDEPENDENT
        for (long i = 0; i < n; i++)
            dx[i] = y[i] > 0 ? dy[i] : 0;
    }
}

static void
leaky_relu(float *y, const float *x, float slope, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static void
leaky_relu_backward(
    float *dx, const float *dy, const float *y, float slope, int add, long n)
{
    if (add) {
        INDEPENDENT
        for (long i = 0; i < n; i++)
            dx[i] += y[i] > 0 ? dy[i] : slope * dy[i];
    } else {
        INDEPENDENT
        for (long i = 0; i < n; i++)
            dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
    }
}

static void
blend(float *y, const float *a, const float *b, float w, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] = a[i] + w * (b[i] - a[i]);
}

static void
add_scaled(float *y, const float *x, float w, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] += w * x[i];
}

static void
scale(float *y, const float *x, float w, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        y[i] = w * x[i];
}

static void
copy(float *y, long ldy, const float *x, long ldx, long n, long m,
    int non_temporal)
{
    non_temporal = non_temporal &&
                   !(n % LANES || ldy % LANES || (uintptr_t)y % sizeof(vec));
    for (; m > 0; m--, y += ldy, x += ldx)
        if (non_temporal)
            for (long i = 0; i < n; i += LANES)
                v_stream(y + i, v_load(x + i));
        else
            for (long i = 0; i < n; i += LANES)
                v_store_part(
                    y + i, v_load_part(x + i, (int)(n - i)), (int)(n - i));
    v_stream_end();
}

static void
max_window(float *y, uint8_t *index, const float *x, const long *at,
    const uint8_t *which, int taps, long n)
{
    typedef uint8_t bytes __attribute__((vector_size(LANES)));

    for (long i = 0; i < n; i += LANES) {
        int lanes = n - i < LANES ? (int)(n - i) : LANES;
        vec best = (vec){0} - INFINITY;
        ivec from = {0};
        for (int t = 0; t < taps; t++) {
            vec v = v_load_part(x + at[t] + i, lanes);
            ivec more = (ivec)(v > best) | (ivec)(v != v);
            best = (vec)(((ivec)v & more) | ((ivec)best & ~more));
            from = (((ivec){0} + which[t]) & more) | (from & ~more);
        }
        v_store_part(y + i, best, lanes);
        if (index) {
            bytes b = __builtin_convertvector(from, bytes);
            memcpy(index + i, &b, (size_t)lanes);
        }
    }
}

static void
add_selected(float *dx, const float *dy, const uint8_t *index, int at, long n)
{
    INDEPENDENT
    for (long i = 0; i < n; i++)
        dx[i] += index[i] == at ? dy[i] : 0;
}

/* Two independent sums hide the latency of the addition. */
static float
dot(const float *x, const float *y, long n)
{
    vec a = {0}, b = {0};
    long i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        a += v_load(x + i) * v_load(y + i);
        b += v_load(x + i + LANES) * v_load(y + i + LANES);
    }
    for (; i < n; i += LANES) {
        int lanes = n - i < LANES ? (int)(n - i) : LANES;
        a += v_load_part(x + i, lanes) * v_load_part(y + i, lanes);
    }
    float all = 0;
    a += b;
    for (int j = 0; j < LANES; j++)
        all += a[j];
    return all;
}

const struct row_kernels SEG_LEVEL(seg_row_kernels) = {
    .sum = sum,
    .relu = relu,
    .relu_backward = relu_backward,
    .leaky_relu = leaky_relu,
    .leaky_relu_backward = leaky_relu_backward,
    .blend = blend,
    .add_scaled = add_scaled,
    .scale = scale,
    .copy = copy,
    .max_window = max_window,
    .add_selected = add_selected,
    .dot = dot,
};
