/* Scales each pixel's features to unit length: y[m,c] = x[m,c] / |x[m,.]| */
#include "lib/kernel/norm/normalize.h"
#include "lib/op/common.h"

static const struct seg_setting settings[] = {SEG_SETTING_END};

static int
plan(struct seg_step *s, struct seg_err *e)
{
    (void)e;
    s->out->n = s->in[0]->n;
    s->out->h = s->in[0]->h;
    s->out->w = s->in[0]->w;
    s->saved_bytes = seg_value_rows(s->out) * sizeof(float);
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_normalize_forward(s->out->x, s->saved, s->in[0]->x,
        (int)seg_value_rows(s->out), s->out->c, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_normalize_backward(s->in[0]->dx, s->out->dx, s->out->x, s->saved,
            !s->overwrite[0], (int)seg_value_rows(s->out), s->out->c,
            r->threads);
}

const struct seg_op seg_op_l2norm = {
    .name = "l2norm",
    .formula = "y[m,c] = x[m,c] / sqrt(sum_c x[m,c]^2)",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .saves = SEG_SAVES_OUT,
    .declare = seg_declare_alike,
    .plan = plan,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
};
