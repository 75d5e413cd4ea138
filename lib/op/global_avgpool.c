/* Global average pooling: y[n,c] = sum_i,j x[n,i,j,c] / (h w) */
#include "lib/kernel/pool.h"
#include "lib/op/common.h"

static const struct seg_setting settings[] = {SEG_SETTING_END};

static int
plan(struct seg_step *s, struct seg_err *e)
{
    (void)e;
    s->out->n = s->in[0]->n;
    s->out->h = s->out->w = 1;
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_value *x = s->in[0];

    seg_meanpool_forward(s->out->x, x->x, x->n, x->h * x->w, x->c, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0];

    if (x->dx)
        seg_meanpool_backward(x->dx, s->out->dx, !s->overwrite[0], x->n,
            x->h * x->w, x->c, r->threads);
}

const struct seg_op seg_op_global_avgpool = {
    .name = "global_avgpool",
    .formula = "y[n,0,0,c] = sum_i,j x[n,i,j,c] / (h w)",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = seg_declare_alike,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
