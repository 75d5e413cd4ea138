/* The formulas are in attention_kernel.h. */
#include "lib/kernel/attention/attention_kernel.h"

#include <float.h>

#include "lib/simd/cpu.h"
#include "lib/simd/vec.h"

/* The maximum of each row, including max from before the call; rescale becomes
   the exponent of the formula.  Unused lanes of the last vector are set to
   -FLT_MAX, so their exponential is 0. */
static void
row_maxima(
    float *s, long ld, int rows, int n, float scale, float *max, float *rescale)
{
    for (int i = 0; i < rows; i++) {
        float *row = s + i * ld;
        vec m = v_splat(max[i]);
        int j = n;
        for (; j % LANES; j++)
            row[j] = -FLT_MAX;
        for (j = 0; j < n; j += LANES)
            m = v_max(v_load(row + j), m);
        float largest = v_largest(m);
        rescale[i] = (max[i] - largest) * scale;
        max[i] = largest;
    }
}

/* Work on one number per row is done for all rows at once, so that the next row
   does not wait for it. */
static void
softmax_update(float *s, long ld, int rows, int n, float scale, float *max,
    float *sum, float *rescale)
{
    row_maxima(s, ld, rows, n, scale, max, rescale);
    for (int i = 0; i < rows; i += LANES) {
        vec f = v_exp(v_load_part(rescale + i, rows - i));
        v_store_part(rescale + i, f, rows - i);
        v_store_part(sum + i, v_load_part(sum + i, rows - i) * f, rows - i);
    }
    for (int i = 0; i < rows; i++, s += ld) {
        vec total = {0};
        for (int j = 0; j < n; j += LANES) {
            vec e = v_exp((v_load(s + j) - max[i]) * scale);
            v_store(s + j, e);
            total += e;
        }
        sum[i] += v_sum(total);
    }
}

static void
recompute(float *s, long ld, int rows, int n, float scale, const float *lse)
{
    for (int i = 0; i < rows; i++, s += ld)
        for (int j = 0; j < n; j += LANES)
            v_store(s + j, v_exp(v_load(s + j) * scale - lse[i]));
}

static void
score_gradient(float *dp, const float *p, long ld, int rows, int n, float scale,
    const float *delta)
{
    for (int i = 0; i < rows; i++, dp += ld, p += ld)
        for (int j = 0; j < n; j += LANES)
            v_store(
                dp + j, v_load(p + j) * (v_load(dp + j) - delta[i]) * scale);
}

const struct attention_kernels SEG_LEVEL(seg_attention_kernels) = {
    .softmax_update = softmax_update,
    .recompute = recompute,
    .score_gradient = score_gradient,
};
