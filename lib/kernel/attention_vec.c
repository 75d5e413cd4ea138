/* attention_kernel.h says what each loop computes. */
#include "lib/kernel/attention_kernel.h"

#include <float.h>

#include "lib/kernel/cpu.h"
#include "lib/kernel/vec.h"

#include "lib/kernel/simd.h"

/* Squares of WIDTH tokens and WIDTH columns change their axes. */
static void
across(float *to, const struct token_rows *r)
{
    for (int j = 0; j < r->n; j += PANEL, to += (long)r->d * PANEL)
        for (int half = 0; half < PANEL; half += WIDTH)
            for (int c = 0; c < r->d; c += WIDTH) {
                vf x[WIDTH];
                for (int i = 0; i < WIDTH; i++) {
                    int row = j + half + i;
                    x[i] = (vf){0};
                    if (row < r->n)
                        x[i] = load_part(r->x + row * r->ld + c, r->d - c);
                }
                v_transpose(x);
                for (int i = 0; i < WIDTH && c + i < r->d; i++)
                    store(to + (long)(c + i) * PANEL + half, x[i]);
            }
}

static void
along(float *to, const struct token_rows *r)
{
    for (int c = 0; c < r->d; c += PANEL)
        for (int i = 0; i < r->n; i++, to += PANEL)
            for (int j = 0; j < PANEL; j += WIDTH)
                store(
                    to + j, load_part(r->x + i * r->ld + c + j, r->d - c - j));
}

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
    .across = across,
    .along = along,
    .soften = soften,
    .recall = recall,
    .slope = slope,
};
