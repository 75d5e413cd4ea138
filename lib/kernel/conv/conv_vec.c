/* Depthwise and Winograd kernels, compiled once for every CPU level. */
#include "lib/kernel/conv/conv_kernel.h"
#include "lib/kernel/fused_vec.h"
#include "lib/simd/cpu.h"

/* ---- depthwise: lanes are channels, nothing is packed ---- */

/* n pixels from i on, for the vector of channels at q.  Prefetches the next n
   pixels: their outputs, and the inputs that no tap has read before. */
INLINE void
depthwise_pixels(const struct brgemm *r, const int n, int i, int q)
{
    int lanes = r->cols - q;
    vec acc[8];
    const float *last = r->nterms ? r->a + r->terms[r->nterms - 1].a : r->a;
    for (int k = 0; k < n; k++) {
        acc[k] = (vec){0};
        __builtin_prefetch(last + (i + k + n) * r->lda + q);
        __builtin_prefetch(r->c + (i + k + n) * r->ldc + q, 1);
    }
    for (int t = 0; t < r->nterms; t++) {
        const float *a = r->a + r->terms[t].a + i * r->lda + q;
        vec b = v_load_part(r->b + r->terms[t].b + q, lanes);
        for (int k = 0; k < n; k++)
            acc[k] += v_load_part(a + k * r->lda, lanes) * b;
    }
    for (int k = 0; k < n; k++) {
        long at = (i + k) * r->ldc + q;
        if (r->bias)
            acc[k] += v_load_part(r->bias + q, lanes);
        if (r->residual)
            acc[k] += v_load_part(r->residual + at, lanes);
        if (r->relu)
            acc[k] = v_relu(acc[k]);
        v_store_part(r->c + at, acc[k], lanes);
    }
}

static void
depthwise(const struct brgemm *r, int count)
{
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int q = 0; q < r->cols; q += LANES)
            depthwise_pixels(r, 8, i, q);
    for (; i < count; i++)
        for (int q = 0; q < r->cols; q += LANES)
            depthwise_pixels(r, 1, i, q);
}

/* Four independent sums for each vector hide the latency of the addition. */
static void
depthwise_weights(const struct rank_k *o)
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
    .mm = &SEG_LEVEL(seg_brgemm_kernels),
    .depthwise = depthwise,
    .depthwise_weights = depthwise_weights,
    .input_tile = input_tile,
    .gradient_tile = gradient_tile,
    .output_tile = output_tile,
    .end_output = v_stream_end,
    .weight_tile = weight_tile,
    .weight_gradient_tile = weight_gradient_tile,
};
