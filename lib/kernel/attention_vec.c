/* attention_kernel.h says what each loop computes. */
#include "lib/kernel/attention_kernel.h"

#include <float.h>

#include "lib/kernel/cpu.h"
#include "lib/kernel/vec.h"

#include "lib/kernel/simd.h"

static void
soften(float *s, long ld, int rows, int n, float scale, float *top, float *sum,
    float *fall)
{
    for (int i = 0; i < rows; i++, s += ld) {
        vf most = v_all(top[i]), total = {0};
        int j = n;
        for (; j % WIDTH; j++)
            s[j] = -FLT_MAX;
        for (j = 0; j < n; j += WIDTH)
            most = v_max(load(s + j), most);
        float high = v_top(most);
        for (j = 0; j < n; j += WIDTH) {
            vf e = v_exp((load(s + j) - high) * scale);
            store(s + j, e);
            total += e;
        }
        vf f = v_exp(v_all((top[i] - high) * scale));
        fall[i] = f[0];
        sum[i] = sum[i] * fall[i] + v_sum(total);
        top[i] = high;
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
