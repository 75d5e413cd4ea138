#include "lib/kernel/norm/layer_norm.h"

#include <string.h>

#include "lib/kernel/norm/layer_norm_kernel.h"
#include "lib/simd/cpu.h"

/* Rows of a piece: few enough that float sums have a relative error of 1e-6. */
enum { PIECE = 128 };

static size_t
pieces(size_t m)
{
    return (m + PIECE - 1) / PIECE;
}

static long
length(size_t piece, size_t m)
{
    size_t left = m - piece * PIECE;
    return (long)(left < PIECE ? left : PIECE);
}

size_t
seg_layer_norm_scratch(size_t m, int c)
{
    return pieces(m) * 2 * (size_t)c * sizeof(float);
}

void
seg_layer_norm_forward(float *y, float *moment, const float *x, const float *w,
    const float *b, float eps, size_t m, int c, int threads)
{
    const struct layer_norm_kernels *kn = SEG_CPU_PICK(seg_layer_norm_kernels);

#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t p = 0; p < pieces(m); p++) {
        size_t at = p * PIECE;
        struct layer_norm_rows r = {.x = x + at * (size_t)c,
            .y = y + at * (size_t)c,
            .moment = moment + 2 * at,
            .w = w,
            .b = b,
            .eps = eps,
            .c = c,
            .m = length(p, m)};
        kn->forward(&r);
    }
}

/* to[c] += the sums of all pieces, which are 2 c floats apart */
static void
add_pieces(float *to, const float *part, size_t n, int c)
{
    for (int j = 0; to && j < c; j++) {
        double sum = 0;
        for (size_t p = 0; p < n; p++)
            sum += part[p * 2 * (size_t)c + (size_t)j];
        to[j] += (float)sum;
    }
}

void
seg_layer_norm_backward(float *dx, float *dw, float *db, const float *dy,
    const float *x, const float *moment, const float *w, int add, size_t m,
    int c, int threads, void *scratch)
{
    const struct layer_norm_kernels *kn = SEG_CPU_PICK(seg_layer_norm_kernels);
    float *part = scratch;
    size_t wide = (size_t)c;

#pragma omp parallel for num_threads(threads) schedule(static)
    for (size_t p = 0; p < pieces(m); p++) {
        size_t at = p * PIECE;
        struct layer_norm_rows r = {.x = x + at * wide,
            .dy = dy + at * wide,
            .dx = dx ? dx + at * wide : NULL,
            .dw = part + p * 2 * wide,
            .db = part + p * 2 * wide + wide,
            .moment = (float *)moment + 2 * at,
            .w = w,
            .add = add,
            .c = c,
            .m = length(p, m)};
        memset(r.dw, 0, 2 * wide * sizeof *r.dw);
        kn->backward(&r);
    }
    add_pieces(dw, part, pieces(m), c);
    add_pieces(db, part + wide, pieces(m), c);
}
