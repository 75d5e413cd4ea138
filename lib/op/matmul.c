/*
 * Dot products of every pixel with every token of the same image (the masks of
 * Strudel et al., 2105.05633):
 *
 *   y[n,m,k] = sum_c x[n,m,c] z[n,k,c]
 */
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/simd/gemm.h"

enum { SET_COUNT };

static const struct seg_setting settings[] = {
    {.key = "count",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    s->out->c = (int)s->set[SET_COUNT];
    return seg_check_channels(s, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *x = s->in[0], *z = s->in[1];
    int k = s->out->c;

    if (z->n != x->n || z->h * z->w != k)
        return seg_step_fail(s, e,
            "input 2 has %d x %d tokens of %d images, wanted %d of %d", z->h,
            z->w, z->n, k, x->n);
    s->out->n = x->n;
    s->out->h = x->h;
    s->out->w = x->w;
    s->saved_bytes = s->training ? seg_value_count(z) * sizeof(float) : 0;
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_value *x = s->in[0], *z = s->in[1];
    int m = x->h * x->w, k = s->out->c, c = x->c;

    if (s->training)
        seg_copy(s->saved, z->x, 0, seg_value_count(z), r->threads);
#pragma omp parallel for num_threads(r->threads)
    for (int n = 0; n < x->n; n++)
        seg_gemm(s->out->x + (size_t)n * m * k, x->x + (size_t)n * m * c,
            z->x + (size_t)n * k * c, SEG_NT, 0, m, k, c, k, c, c, 1);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0], *z = s->in[1];
    int m = x->h * x->w, k = s->out->c, c = x->c;

#pragma omp parallel for num_threads(r->threads)
    for (int n = 0; n < x->n; n++) {
        const float *dy = s->out->dx + (size_t)n * m * k;
        size_t mine = (size_t)n * m * c, other = (size_t)n * k * c;
        if (x->dx)
            seg_gemm(x->dx + mine, dy, (const float *)s->saved + other, SEG_NN,
                s->overwrite[0] ? 0 : 1, m, c, k, c, k, c, 1);
        if (z->dx)
            seg_gemm(z->dx + other, dy, x->x + mine, SEG_TN,
                s->overwrite[1] ? 0 : 1, k, c, m, c, k, c, 1);
    }
}

const struct seg_op seg_op_matmul = {
    .name = "matmul",
    .formula = "y[n,m,k] = sum_c x[n,m,c] z[n,k,c]",
    .min_in = 2,
    .max_in = 2,
    .settings = settings,
    .saves = SEG_SAVES_IN,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
