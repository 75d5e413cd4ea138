/*
 * Depthwise kernels: lanes are channels.  A block of outputs of one vector of
 * channels is in registers, and each input of a row of taps is loaded once for
 * all outputs that it contributes to.
 */
#include "lib/kernel/conv/conv_depthwise_kernel.h"
#include "lib/kernel/fused_vec.h"
#include "lib/simd/cpu.h"

/* BLOCK: outputs at a time; COPY: pixels; CHUNK: channels of a pass over a
   row, so that their sums stay in the first-level cache. */
enum { BLOCK = DEPTHWISE_BLOCK, COPY = 4, CHUNK = 64 };

/* ---- padded rows ---- */

/* n pixels of one vector of channels. */
INLINE void
copy_pixels(float *to, long pitch, const float *x,
    const struct seg_affine *affine, long at, int c, int q, const int n,
    const int kind)
{
    struct affine_vec s = affine_load(affine, q, c - q, kind);
    for (int i = 0; i < n; i++, at += c)
        v_store(to + i * pitch + q, affine_read(&s, x, at + q, c - q, kind));
}

INLINE void
copy_with(float *to, long pitch, const float *x,
    const struct seg_affine *affine, int count, int c, const int kind)
{
    int i = 0;
    for (; i + COPY <= count; i += COPY)
        for (int q = 0; q < pitch; q += LANES)
            copy_pixels(to + i * pitch, pitch, x, affine, (long)i * c, c, q,
                COPY, kind);
    for (; i < count; i++)
        for (int q = 0; q < pitch; q += LANES)
            copy_pixels(
                to + i * pitch, pitch, x, affine, (long)i * c, c, q, 1, kind);
}

static void
copy(float *to, long pitch, const float *x, const struct seg_affine *affine,
    int count, int c)
{
    if (!affine)
        copy_with(to, pitch, x, affine, count, c, AFFINE_NONE);
    else if (!affine->other)
        copy_with(to, pitch, x, affine, count, c, AFFINE_VALUE);
    else
        copy_with(to, pitch, x, affine, count, c, AFFINE_GRADIENT);
}

/* ---- forward ---- */

/* The pixels for outputs j to j + BLOCK - 1. */
INLINE void
prefetch(const struct depthwise_taps *t, long j, int q)
{
    for (int k = 0; k < t->nnext; k++) {
        const struct depthwise_next *n = t->next + k;
        const float *from = n->row + j * n->step * n->pitch + q;
        for (int i = 0; i < BLOCK * n->step; i++)
            __builtin_prefetch(from + i * n->pitch, 0, 2);
    }
}

INLINE void
store_with(const struct depthwise_output *o, const vec *acc, int j, int n,
    int q, const int kind)
{
    int lanes = o->c - q;
    vec bias = o->bias ? v_load_part(o->bias + q, lanes) : (vec){0};
    vec least = activation_floor(o->act), most = activation_ceiling(o->act);
    struct channel_sums sums =
        sums_load(o->part, o->part_stride, o->relu, q, lanes, kind);
    for (int i = 0; i < n; i++) {
        long at = (j + i) * o->pitch + q;
        vec v = acc[i] + bias;
        if (o->residual)
            v += v_load_part(o->residual + at, lanes);
        if (o->act == SEG_ACT_LEAKY_RELU)
            v = v_leaky_relu(v, SEG_LEAKY_SLOPE);
        else if (o->act != SEG_ACT_NONE)
            v = v_min(most, v_max(least, v));
        if (kind == SUMS_STATS && o->begin && j + i == 0) {
            sums.first = v;
            sums.sum = sums.square = (vec){0};
            v_store_part(o->part + q, v, lanes);
        }
        v_store_part(o->y + at, sums_add(&sums, v, at, lanes, kind), lanes);
        __builtin_prefetch(o->y + at + o->row_pitch, 1, 2);
        if (kind == SUMS_RELU || kind == SUMS_RELU_Y)
            __builtin_prefetch(o->relu->x + at + o->row_pitch, 0, 2);
    }
    sums_store(&sums, o->part, o->part_stride, q, lanes, kind);
}

/* Outputs j to j + n - 1. */
static void
store(const struct depthwise_output *o, const vec *acc, int j, int n, int q)
{
    if (!o->part)
        store_with(o, acc, j, n, q, SUMS_NONE);
    else if (!o->relu)
        store_with(o, acc, j, n, q, SUMS_STATS);
    else if (!o->relu->y)
        store_with(o, acc, j, n, q, SUMS_RELU);
    else
        store_with(o, acc, j, n, q, SUMS_RELU_Y);
}

/* Input u of a row of taps is that of tap x for output (u - x) / step. */
INLINE int
meets(int u, int x, int step)
{
    return u >= x && (u - x) % step == 0 && (u - x) / step < BLOCK;
}

/* The sums of a block of outputs from pixel j on; cols 0: any. */
INLINE void
add_taps(vec *sum, const struct depthwise_taps *t, const float *w, long j,
    int q, const int cols, const int step)
{
    long pitch = t->pitch;
    vec acc[BLOCK] = {{0}};
    for (int y = 0; y < t->rows; y++) {
        const float *a = t->in[y] + j * t->step * pitch + q;
        const float *b = w + t->weight[y] + q;
        if (!cols) {
            for (int x = 0; x < t->cols; x++)
                for (int i = 0; i < BLOCK; i++)
                    acc[i] +=
                        v_load(a + ((long)i * t->step + x * t->gap) * pitch) *
                        v_load(b + x * t->weight_gap * pitch);
            continue;
        }
        vec tap[SEG_CONV_SIDE];
#pragma GCC unroll 8
        for (int x = 0; x < cols; x++)
            tap[x] = v_load(b + x * t->weight_gap * pitch);
#pragma GCC unroll 32
        for (int u = 0; u < (BLOCK - 1) * step + cols; u++, a += pitch) {
            vec v = v_load(a);
#pragma GCC unroll 8
            for (int x = 0; x < cols; x++)
                if (meets(u, x, step))
                    acc[(u - x) / step] += v * tap[x];
        }
    }
    for (int i = 0; i < BLOCK; i++)
        sum[i] = acc[i];
}

INLINE void
forward_with(const struct depthwise_output *o, const float *w,
    const struct depthwise_taps *t, const int cols, const int step)
{
    for (int first = 0; first < o->c; first += CHUNK)
        for (int j = 0; j < o->count; j += BLOCK) {
            int n = o->count - j < BLOCK ? o->count - j : BLOCK;
            for (int q = first; q < first + CHUNK && q < o->c; q += LANES) {
                vec acc[BLOCK];
                prefetch(t, j, q);
                add_taps(acc, t, w, j, q, cols, step);
                store(o, acc, j, n, q);
            }
        }
}

/* ---- backward-weights ---- */

/* Adds the products of a block of outputs to the sums of all taps. */
INLINE void
add_products(float *dw, const float *dy, long j, const struct depthwise_taps *t,
    int q, const int cols, const int step)
{
    long pitch = t->pitch;
    vec g[BLOCK];
    prefetch(t, j, q);
    for (int i = 0; i < BLOCK; i++)
        g[i] = v_load(dy + (j + i) * pitch + q);
    for (int y = 0; y < t->rows; y++) {
        const float *a = t->in[y] + j * t->step * pitch + q;
        float *to = dw + t->weight[y] + q;
        long gap = t->weight_gap * pitch;
        if (!cols) {
            for (int x = 0; x < t->cols; x++) {
                vec sum = v_load(to + x * gap);
                for (int i = 0; i < BLOCK; i++)
                    sum += g[i] *
                           v_load(a + ((long)i * t->step + x * t->gap) * pitch);
                v_store(to + x * gap, sum);
            }
            continue;
        }
        vec sum[SEG_CONV_SIDE];
#pragma GCC unroll 8
        for (int x = 0; x < cols; x++)
            sum[x] = v_load(to + x * gap);
#pragma GCC unroll 32
        for (int u = 0; u < (BLOCK - 1) * step + cols; u++, a += pitch) {
            vec v = v_load(a);
#pragma GCC unroll 8
            for (int x = 0; x < cols; x++)
                if (meets(u, x, step))
                    sum[x] += v * g[(u - x) / step];
        }
#pragma GCC unroll 8
        for (int x = 0; x < cols; x++)
            v_store(to + x * gap, sum[x]);
    }
}

INLINE void
weights_with(float *dw, const float *dy, int count,
    const struct depthwise_taps *t, const int cols, const int step)
{
    for (int first = 0; first < t->pitch; first += CHUNK)
        for (int j = 0; j < count; j += BLOCK)
            for (int q = first; q < first + CHUNK && q < t->pitch; q += LANES)
                add_products(dw, dy, j, t, q, cols, step);
}

/* ---- kernels of usual shapes, and one for any ---- */

/* Calls f(arguments, cols, step) with constants; stride 2 has rows of 1, 2 or 3
   taps in backward-data. */
#define WITH_SHAPE(f, t, ...)                                                  \
    do {                                                                       \
        int shape = (t)->gap == 1 ? 10 * (t)->cols + (t)->step : 0;            \
        if (shape == 31)                                                       \
            f(__VA_ARGS__, t, 3, 1);                                           \
        else if (shape == 51)                                                  \
            f(__VA_ARGS__, t, 5, 1);                                           \
        else if (shape == 32)                                                  \
            f(__VA_ARGS__, t, 3, 2);                                           \
        else if (shape == 52)                                                  \
            f(__VA_ARGS__, t, 5, 2);                                           \
        else if (shape == 21)                                                  \
            f(__VA_ARGS__, t, 2, 1);                                           \
        else if (shape == 11)                                                  \
            f(__VA_ARGS__, t, 1, 1);                                           \
        else                                                                   \
            f(__VA_ARGS__, t, 0, 0);                                           \
    } while (0)

static void
forward(const struct depthwise_output *o, const float *w,
    const struct depthwise_taps *t)
{
    WITH_SHAPE(forward_with, t, o, w);
}

static void
weights(float *dw, const float *dy, int count, const struct depthwise_taps *t)
{
    WITH_SHAPE(weights_with, t, dw, dy, count);
}

const struct depthwise_kernels SEG_LEVEL(seg_depthwise_kernels) = {
    .copy = copy, .forward = forward, .weights = weights};
