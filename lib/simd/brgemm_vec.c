/*
 * The micro-kernels, compiled once for every CPU level (LEVEL names it).  rows
 * is a constant after inlining, so the loops over it unroll and the
 * accumulators stay in registers.
 */
#include "lib/simd/brgemm.h"

#include "lib/simd/vec.h"

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
   clang 14 needs the pragma in brgemm and is slower with it in rank_k. */
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
finish(const struct brgemm *r, const float *tile, int rows)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < PANEL; j += LANES) {
            long at = i * r->ldc + j;
            int lanes = r->cols - j;
            vec v = v_load(tile + i * PANEL + j);
            if (r->bias)
                v += v_load_part(r->bias + j, lanes);
            if (r->residual)
                v += v_load_part(r->residual + at, lanes);
            if (r->slope > 0)
                v = v_leaky_relu(v, r->slope);
            else if (r->most > 0)
                v = v_relu(v, r->most);
            v_store_part(r->c + at, v, lanes);
        }
}

/* The lines of one row of a panel. */
#define ask_for(p, write)                                                      \
    for (int l = 0; l < PANEL; l += CACHE_LINE_FLOATS)                         \
    __builtin_prefetch((p) + l, write)

/* The next rows are asked for little by little: all at once, at the start or
   the end, they would hold up the loads of b. */
INLINE void
brgemm(const struct brgemm *r, const int rows)
{
    vec acc[ROWS][2];
    for (int i = 0; i < rows; i++)
        acc[i][0] = acc[i][1] = (vec){0};
    const long lda = r->lda, depth = r->depth, step = r->next_step;
    const float *next_a = r->next_a, *next_c = r->next_c;
    for (int t = 0; t < r->nterms; t++) {
        const float *a[5], *b = r->b + r->terms[t].b;
        row_pointers(a, r->a + r->terms[t].a, lda, rows);
        UNROLL
        for (long q = 0; q < depth;
             q++, b += PANEL, next_a += CACHE_LINE_FLOATS) {
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
    float tile[ROWS * PANEL];
    int whole = r->cols >= PANEL;
    float *c = whole ? r->c : tile;
    long ldc = whole ? r->ldc : PANEL;
    if (whole && r->bias)
        for (int i = 0; i < rows; i++) {
            acc[i][0] += v_load(r->bias);
            acc[i][1] += v_load(r->bias + LANES);
        }
    if (whole && r->residual)
        for (int i = 0; i < rows; i++) {
            acc[i][0] += v_load(r->residual + i * ldc);
            acc[i][1] += v_load(r->residual + i * ldc + LANES);
        }
    if (whole && r->slope > 0)
        for (int i = 0; i < rows; i++) {
            acc[i][0] = v_leaky_relu(acc[i][0], r->slope);
            acc[i][1] = v_leaky_relu(acc[i][1], r->slope);
        }
    else if (whole && r->most > 0)
        for (int i = 0; i < rows; i++) {
            acc[i][0] = v_relu(acc[i][0], r->most);
            acc[i][1] = v_relu(acc[i][1], r->most);
        }
    for (int i = 0; i < rows; i++) {
        v_store(c + i * ldc, acc[i][0]);
        v_store(c + i * ldc + LANES, acc[i][1]);
    }
    if (!whole)
        finish(r, tile, rows);
}

INLINE void
rank_k(const struct rank_k *o, const int rows)
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
    static void brgemm_##n(const struct brgemm *r)                             \
    {                                                                          \
        brgemm(r, n);                                                          \
    }                                                                          \
    static void rank_k_##n(const struct rank_k *o)                             \
    {                                                                          \
        rank_k(o, n);                                                          \
    }
EACH(DEFINE)

#define BRGEMM(n) brgemm_##n,
#define RANK_K(n) rank_k_##n,
static brgemm_fn *const brgemm_table[ROWS + 1] = {0, EACH(BRGEMM)};
static rank_k_fn *const rank_k_table[ROWS + 1] = {0, EACH(RANK_K)};

const struct brgemm_kernels SEG_LEVEL(seg_brgemm_kernels) = {
    .lanes = LANES,
    .panel = PANEL,
    .rows = ROWS,
    .brgemm = brgemm_table,
    .rank_k = rank_k_table,
};
