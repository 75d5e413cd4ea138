/* The reference implementation: every sum in double, in index order. */
#include "lib/kernel/conv/conv.h"

/* Index of x at output (i,j), tap (r,q), channel 0; -1 in the padding. */
static long
locate(const struct seg_conv *cv, int n, int i, int j, int r, int q)
{
    int y = i * cv->stride + r * cv->dilation - cv->pad_y;
    int x = j * cv->stride + q * cv->dilation - cv->pad_x;
    if (y < 0 || y >= cv->h || x < 0 || x >= cv->w)
        return -1;
    return (((long)n * cv->h + y) * cv->w + x) * cv->c;
}

#define FOR(i, n) for (int i = 0; i < (n); i++)

void
seg_conv_naive_forward(float *y, const float *x, const float *w,
    const struct seg_conv_epilogue *e, const struct seg_conv *cv)
{
    int cg = cv->c / cv->groups, kg = cv->k / cv->groups;
    int taps = cv->kh * cv->kw;
    FOR(n, cv->n) FOR(i, cv->oh) FOR(j, cv->ow) FOR(k, cv->k)
    {
        double sum = e && e->bias ? e->bias[k] : 0;
        FOR(r, cv->kh) FOR(q, cv->kw)
        {
            long at = locate(cv, n, i, j, r, q) + k / kg * cg;
            const float *wk = w + (long)k * cg * taps + r * cv->kw + q;
            FOR(c, locate(cv, n, i, j, r, q) < 0 ? 0 : cg)
            sum += (double)x[at + c] * wk[(long)c * taps];
        }
        if (e && e->residual)
            sum +=
                e->residual[(((long)n * cv->oh + i) * cv->ow + j) * cv->k + k];
        if (e && e->act != SEG_ACT_NONE)
            sum *= sum < 0 ? (double)seg_act_slope(e->act) : 1;
        if (e && e->act == SEG_ACT_RELU6)
            sum = sum > 6 ? 6 : sum;
        *y++ = (float)sum;
    }
}

void
seg_conv_naive_backward_data(
    float *dx, const float *dy, const float *w, const struct seg_conv *cv)
{
    int s = cv->stride, d = cv->dilation;
    int cg = cv->c / cv->groups, kg = cv->k / cv->groups;
    int taps = cv->kh * cv->kw;
    FOR(n, cv->n) FOR(y, cv->h) FOR(x, cv->w) FOR(c, cv->c)
    {
        double sum = 0;
        FOR(r, cv->kh) FOR(q, cv->kw)
        {
            int i = y + cv->pad_y - r * d, j = x + cv->pad_x - q * d;
            if (i < 0 || j < 0 || i % s || j % s || i / s >= cv->oh ||
                j / s >= cv->ow)
                continue;
            const float *g =
                dy + (((long)n * cv->oh + i / s) * cv->ow + j / s) * cv->k;
            for (int k = c / cg * kg; k < (c / cg + 1) * kg; k++)
                sum += (double)g[k] *
                       w[((long)k * cg + c % cg) * taps + r * cv->kw + q];
        }
        *dx++ = (float)sum;
    }
}

void
seg_conv_naive_backward_weights(
    float *dw, const float *x, const float *dy, const struct seg_conv *cv)
{
    int cg = cv->c / cv->groups, kg = cv->k / cv->groups;
    FOR(k, cv->k) FOR(c, cg) FOR(r, cv->kh) FOR(q, cv->kw)
    {
        double sum = 0;
        FOR(n, cv->n) FOR(i, cv->oh) FOR(j, cv->ow)
        {
            long at = locate(cv, n, i, j, r, q);
            if (at >= 0)
                sum += (double)x[at + k / kg * cg + c] *
                       dy[(((long)n * cv->oh + i) * cv->ow + j) * cv->k + k];
        }
        *dw++ = (float)sum;
    }
}
