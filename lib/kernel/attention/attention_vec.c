/* attention_kernel.h says what each loop computes. */
#include "lib/kernel/attention/attention_kernel.h"

#include <float.h>

#include "lib/simd/cpu.h"
#include "lib/simd/vec.h"

/* What is of one row only is done for all rows, before and after: the end of a
   row would wait for it. */
static void
soften(float *s, long ld, int rows, int n, float scale, float *top, float *sum,
    float *fall)
{
    for (int i = 0; i < rows; i++) {
        float *row = s + i * ld;
        vec most = v_splat(top[i]);
        int j = n;
        for (; j % LANES; j++)
            row[j] = -FLT_MAX;
        for (j = 0; j < n; j += LANES)
            most = v_max(v_load(row + j), most);
        float high = v_largest(most);
        fall[i] = (top[i] - high) * scale;
        top[i] = high;
    }
    for (int i = 0; i < rows; i += LANES) {
        vec f = v_exp(v_load_part(fall + i, rows - i));
        v_store_part(fall + i, f, rows - i);
        v_store_part(sum + i, v_load_part(sum + i, rows - i) * f, rows - i);
    }
    for (int i = 0; i < rows; i++, s += ld) {
        vec total = {0};
        for (int j = 0; j < n; j += LANES) {
            vec e = v_exp((v_load(s + j) - top[i]) * scale);
            v_store(s + j, e);
            total += e;
        }
        sum[i] += v_sum(total);
    }
}

static void
recall(float *s, long ld, int rows, int n, float scale, const float *level)
{
    for (int i = 0; i < rows; i++, s += ld)
        for (int j = 0; j < n; j += LANES)
            v_store(s + j, v_exp(v_load(s + j) * scale - level[i]));
}

static void
slope(float *dp, const float *p, long ld, int rows, int n, float scale,
    const float *dot)
{
    for (int i = 0; i < rows; i++, dp += ld, p += ld)
        for (int j = 0; j < n; j += LANES)
            v_store(dp + j, v_load(p + j) * (v_load(dp + j) - dot[i]) * scale);
}

const struct attention_kernels SEG_LEVEL(seg_attention_kernels) = {
    .soften = soften,
    .recall = recall,
    .slope = slope,
};
