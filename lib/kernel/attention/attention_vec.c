/* attention_kernel.h says what each loop computes. */
#include "lib/kernel/attention/attention_kernel.h"

#include <float.h>

#include "lib/simd/cpu.h"
#include "lib/simd/vec.h"

#include "lib/simd/simd.h"

/* What is of one row only is done for all rows, before and after: the end of a
   row would wait for it. */
static void
soften(float *s, long ld, int rows, int n, float scale, float *top, float *sum,
    float *fall)
{
    for (int i = 0; i < rows; i++) {
        float *row = s + i * ld;
        vf most = v_all(top[i]);
        int j = n;
        for (; j % WIDTH; j++)
            row[j] = -FLT_MAX;
        for (j = 0; j < n; j += WIDTH)
            most = v_max(load(row + j), most);
        float high = v_top(most);
        fall[i] = (top[i] - high) * scale;
        top[i] = high;
    }
    for (int i = 0; i < rows; i += WIDTH) {
        vf f = v_exp(load_part(fall + i, rows - i));
        store_part(fall + i, f, rows - i);
        store_part(sum + i, load_part(sum + i, rows - i) * f, rows - i);
    }
    for (int i = 0; i < rows; i++, s += ld) {
        vf total = {0};
        for (int j = 0; j < n; j += WIDTH) {
            vf e = v_exp((load(s + j) - top[i]) * scale);
            store(s + j, e);
            total += e;
        }
        sum[i] += v_sum(total);
    }
}

static void
recall(float *s, long ld, int rows, int n, float scale, const float *level)
{
    for (int i = 0; i < rows; i++, s += ld)
        for (int j = 0; j < n; j += WIDTH)
            store(s + j, v_exp(load(s + j) * scale - level[i]));
}

static void
slope(float *dp, const float *p, long ld, int rows, int n, float scale,
    const float *dot)
{
    for (int i = 0; i < rows; i++, dp += ld, p += ld)
        for (int j = 0; j < n; j += WIDTH)
            store(dp + j, load(p + j) * (load(dp + j) - dot[i]) * scale);
}

const struct attention_kernels SEG_LEVEL(seg_attention_kernels) = {
    .soften = soften,
    .recall = recall,
    .slope = slope,
};
