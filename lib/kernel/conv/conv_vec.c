/*
 * The micro-kernels, once for every CPU level (LEVEL names it).  The inner
 * loops are meant to live in registers: rows is a constant after inlining, so
 * the loops over it unroll and the accumulators never touch memory.
 */
#include "lib/kernel/conv/conv_kernel.h"
#include "lib/kernel/fused_vec.h"
#include "lib/simd/cpu.h"

/* Height of the micro-kernels: ROWS x 2 accumulators, two weights and one
   broadcast fill the registers. */
#if defined __AVX512F__
#define ROWS 14
#elif defined __AVX2__
#define ROWS 6
#elif defined __aarch64__
#define ROWS 8
#else
#define ROWS 6
#endif

/* Depth is unrolled so that common depths take few enough turns of the loop
   for the branch predictor to see the last one coming; rows leave no loop.
   clang 14 needs to be told of the rows in reduce, and not to be in outer. */
#define UNROLL _Pragma("GCC unroll 4")
#ifdef __clang__
#define EVERY _Pragma("unroll")
#else
#define EVERY _Pragma("GCC unroll 16")
#endif

/* Rows are addressed off every third one: fewer pointers than registers. */
#define AT(p, pitch, i, q) ((p)[(i) / 3][(i) % 3 * (pitch) + (q)])

INLINE void
row_pointers(const float **p, const float *a, long pitch, const int rows)
{
    for (int i = 0; i < rows; i += 3)
        p[i / 3] = a + i * pitch;
}

/* Bias, residual and ReLU for a tile that has left the registers, because only
   some of its columns are wanted. */
static void
finish(const struct reduce *r, const float *tile, int rows)
{
    const struct seg_conv_epilogue *e = &r->epilogue;
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < PANEL; j += LANES) {
            long at = i * r->ldc + j;
            int lanes = r->cols - j;
            vec v = v_load(tile + i * PANEL + j);
            if (e->bias)
                v += v_load_part(e->bias + j, lanes);
            if (e->residual)
                v += v_load_part(e->residual + at, lanes);
            if (e->act == SEG_ACT_RELU)
                v = v_relu(v);
            v_store_part(r->c + at, v, lanes);
        }
}

/* The lines of one row of a panel. */
#define ask_for(p, write)                                                      \
    for (int l = 0; l < PANEL; l += LINE)                                      \
    __builtin_prefetch((p) + l, write)

/* The next rows are asked for little by little: all at once, at the start or
   the end, they would hold up the loads of b. */
INLINE void
reduce(const struct reduce *r, const int rows)
{
    vec acc[ROWS][2];
    for (int i = 0; i < rows; i++)
        acc[i][0] = acc[i][1] = (vec){0};
    const long lda = r->lda, depth = r->depth, step = r->next_step;
    const float *next_a = r->next_a, *next_c = r->next_c;
    for (int t = 0; t < r->ntaps; t++) {
        const float *a[5], *b = r->b + r->taps[t].weight;
        row_pointers(a, r->a + r->taps[t].in, lda, rows);
        UNROLL
        for (long q = 0; q < depth; q++, b += PANEL, next_a += LINE) {
            vec b0 = v_load(b), b1 = v_load(b + LANES);
            __builtin_prefetch(next_a, 0, 2);
            ask_for(next_c, 1);
            next_c += q < rows ? step : 0;
            ask_for(b + 8 * PANEL, 0);
            EVERY
            for (int i = 0; i < rows; i++) {
                float s = AT(a, lda, i, q);
                acc[i][0] += b0 * s;
                acc[i][1] += b1 * s;
            }
        }
    }
    const struct seg_conv_epilogue *e = &r->epilogue;
    float tile[ROWS * PANEL];
    int whole = r->cols >= PANEL;
    float *c = whole ? r->c : tile;
    long ldc = whole ? r->ldc : PANEL;
    if (whole && e->bias)
        for (int i = 0; i < rows; i++) {
            acc[i][0] += v_load(e->bias);
            acc[i][1] += v_load(e->bias + LANES);
        }
    if (whole && e->residual)
        for (int i = 0; i < rows; i++) {
            acc[i][0] += v_load(e->residual + i * ldc);
            acc[i][1] += v_load(e->residual + i * ldc + LANES);
        }
    if (whole && e->act == SEG_ACT_RELU)
        for (int i = 0; i < rows; i++) {
            acc[i][0] = v_relu(acc[i][0]);
            acc[i][1] = v_relu(acc[i][1]);
        }
    for (int i = 0; i < rows; i++) {
        v_store(c + i * ldc, acc[i][0]);
        v_store(c + i * ldc + LANES, acc[i][1]);
    }
    if (!whole)
        finish(r, tile, rows);
}

INLINE void
outer(const struct outer *o, const int rows)
{
    vec acc[ROWS][2];
    for (int i = 0; i < rows; i++)
        acc[i][0] = acc[i][1] = (vec){0};
    const long xa = o->xa, step = o->next_step;
    const float *next = o->next ? o->next : o->a; /* a null costs time */
    for (int y = 0; y < o->ny; y++) {
        const float *a = o->a + y * o->ya, *b = o->b + y * o->yb;
        UNROLL
        for (int x = 0; x < o->nx; x++, a += xa, b += PANEL, next += step) {
            vec b0 = v_load(b), b1 = v_load(b + LANES);
            __builtin_prefetch(next, 0, 2);
            for (int i = 0; i < rows; i++) {
                acc[i][0] += b0 * a[i];
                acc[i][1] += b1 * a[i];
            }
        }
    }
    float *c = o->c;
    if (o->add)
        for (int i = 0; i < rows; i++) {
            acc[i][0] += v_load(c + i * PANEL);
            acc[i][1] += v_load(c + i * PANEL + LANES);
        }
    for (int i = 0; i < rows; i++) {
        v_store(c + i * PANEL, acc[i][0]);
        v_store(c + i * PANEL + LANES, acc[i][1]);
    }
}

#define UP_TO_6(X)  X(1) X(2) X(3) X(4) X(5) X(6)
#define UP_TO_8(X)  UP_TO_6(X) X(7) X(8)
#define UP_TO_14(X) UP_TO_8(X) X(9) X(10) X(11) X(12) X(13) X(14)
#define UP_TO__(n)  UP_TO_##n
#define UP_TO_(n)   UP_TO__(n)
#define EACH        UP_TO_(ROWS)

#define DEFINE(n)                                                              \
    static void reduce_##n(const struct reduce *r)                             \
    {                                                                          \
        reduce(r, n);                                                          \
    }                                                                          \
    static void outer_##n(const struct outer *o)                               \
    {                                                                          \
        outer(o, n);                                                           \
    }
EACH(DEFINE)

#define REDUCE(n) reduce_##n,
#define OUTER(n)  outer_##n,
static reduce_fn *const reduce_table[ROWS + 1] = {0, EACH(REDUCE)};
static outer_fn *const outer_table[ROWS + 1] = {0, EACH(OUTER)};

/* ---- depthwise: channels are lanes, no panels ---- */

/* n pixels from i on of the vector of channels at q; those after them are asked
   for: their results and, of what they read, what no tap has read before. */
INLINE void
depthwise_pixels(const struct reduce *r, const int n, int i, int q)
{
    const struct seg_conv_epilogue *e = &r->epilogue;
    int lanes = r->cols - q;
    vec acc[8];
    const float *last = r->ntaps ? r->a + r->taps[r->ntaps - 1].in : r->a;
    for (int k = 0; k < n; k++) {
        acc[k] = (vec){0};
        __builtin_prefetch(last + (i + k + n) * r->lda + q);
        __builtin_prefetch(r->c + (i + k + n) * r->ldc + q, 1);
    }
    for (int t = 0; t < r->ntaps; t++) {
        const float *a = r->a + r->taps[t].in + i * r->lda + q;
        vec b = v_load_part(r->b + r->taps[t].weight + q, lanes);
        for (int k = 0; k < n; k++)
            acc[k] += v_load_part(a + k * r->lda, lanes) * b;
    }
    for (int k = 0; k < n; k++) {
        long at = (i + k) * r->ldc + q;
        if (e->bias)
            acc[k] += v_load_part(e->bias + q, lanes);
        if (e->residual)
            acc[k] += v_load_part(e->residual + at, lanes);
        if (e->act == SEG_ACT_RELU)
            acc[k] = v_relu(acc[k]);
        v_store_part(r->c + at, acc[k], lanes);
    }
}

static void
depthwise(const struct reduce *r, int count)
{
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int q = 0; q < r->cols; q += LANES)
            depthwise_pixels(r, 8, i, q);
    for (; i < count; i++)
        for (int q = 0; q < r->cols; q += LANES)
            depthwise_pixels(r, 1, i, q);
}

/* Four sums a vector, for one alone would wait for itself. */
static void
depthwise_weights(const struct outer *o)
{
    for (int q = 0; q < o->cols; q += LANES) {
        int lanes = o->cols - q;
        vec sum[4] = {{0}};
        for (int y = 0; y < o->ny; y++) {
            const float *a = o->a + y * o->ya + q, *b = o->b + y * o->yb + q;
            int x = 0;
            for (; x + 4 <= o->nx; x += 4)
                for (int k = 0; k < 4; k++)
                    sum[k] += v_load_part(a + (x + k) * o->xa, lanes) *
                              v_load_part(b + (x + k) * o->xb, lanes);
            for (; x < o->nx; x++)
                sum[0] += v_load_part(a + x * o->xa, lanes) *
                          v_load_part(b + x * o->xb, lanes);
        }
        vec all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        v_store_part(o->c + q, v_load_part(o->c + q, lanes) + all, lanes);
    }
}

#include "lib/kernel/conv/conv_transform.inc"

const struct conv_kernels SEG_LEVEL(seg_conv_kernels) = {
    .width = LANES,
    .panel = PANEL,
    .rows = ROWS,
    .reduce = reduce_table,
    .outer = outer_table,
    .depthwise = depthwise,
    .depthwise_weights = depthwise_weights,
    .input_tile = input_tile,
    .gradient_tile = gradient_tile,
    .output_tile = output_tile,
    .settle = v_stream_end,
    .weight_tile = weight_tile,
    .weight_gradient_tile = weight_gradient_tile,
};
