/*
 * A block of LANES rows at a time, transposed so that rows are in the lanes and
 * the sum over columns needs no sum across lanes.
 */
#include <float.h>

#include "lib/kernel/softmax_kernel.h"
#include "lib/simd/vec.h"

/* Softmax over e[0..c-1] in place; returns the logarithm of the sums. */
INLINE vec
columns(vec *e, int c)
{
    vec top = v_splat(-FLT_MAX), sum = {0};

    for (int k = 0; k < c; k++)
        top = v_max(e[k], top);
    for (int k = 0; k < c; k++) {
        e[k] = v_exp(e[k] - top);
        sum += e[k];
    }
    vec share = 1 / sum;
    for (int k = 0; k < c; k++)
        e[k] *= share;
    return v_log(sum) + top;
}

static void
rows_of(float *p, float *lse, const float *x, size_t rows, int c)
{
    vec e[SEG_SOFTMAX_MAX];

    for (size_t at = 0; at < rows;
         at += LANES, x += LANES * c, p += LANES * c) {
        int have = rows - at < LANES ? (int)(rows - at) : LANES;

        for (int k = 0; k < c; k += LANES) {
            for (int i = 0; i < LANES; i++)
                e[k + i] =
                    i < have ? v_load_part(x + i * c + k, c - k) : v_splat(0);
            v_transpose(e + k);
        }
        vec log_sum = columns(e, c);
        if (lse)
            v_store_part(lse + at, log_sum, have);
        for (int k = 0; k < c; k += LANES) {
            v_transpose(e + k);
            for (int i = 0; i < have; i++)
                v_store_part(p + i * c + k, e[k + i], c - k);
        }
    }
}

const struct softmax_kernels SEG_LEVEL(seg_softmax_kernels) = {.rows = rows_of};
