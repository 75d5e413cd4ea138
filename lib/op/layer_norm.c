/*
 * Layer norm over the channels of each pixel or token (Ba et al., 1607.06450):
 *
 *   y[m,c] = (x[m,c] - mean[m]) / sqrt(var[m] + eps) w[c] + b[c]
 */
#include "lib/kernel/norm/layer_norm.h"
#include "lib/op/common.h"

enum { SET_EPS };

static const struct seg_setting settings[] = {
    {.key = "eps", .kind = SEG_SET_FLOAT, .preset = 1e-5, .min = 0, .max = 1},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    size_t c = (size_t)s->in[0]->c;

    s->out->c = s->in[0]->c;
    if (seg_step_param(s, a, "weight", SEG_INIT_ONE, 1, &c, e))
        return -1;
    return seg_step_param(s, a, "bias", SEG_INIT_ZERO, 1, &c, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    if (seg_plan_alike(s, e))
        return -1;
    size_t rows = seg_value_rows(s->out);
    s->saved_bytes = rows * 2 * sizeof(float);
    if (s->training)
        s->scratch_bytes = seg_layer_norm_scratch(rows, s->out->c);
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_layer_norm_forward(s->out->x, s->saved, s->in[0]->x, s->param[0]->w,
        s->param[1]->w, (float)s->set[SET_EPS], seg_value_rows(s->out),
        s->out->c, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0];

    seg_layer_norm_backward(x->dx, s->param[0]->dw, s->param[1]->dw, s->out->dx,
        x->x, s->saved, s->param[0]->w, !s->overwrite[0], seg_value_rows(x),
        x->c, r->threads, r->scratch);
}

const struct seg_op seg_op_layer_norm = {
    .name = "layer_norm",
    .formula = "y[m,c] = (x[m,c] - mean[m]) / sqrt(var[m] + eps) w[c] + b[c]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .saves = SEG_SAVES_IN,
    .norm = 1,
    .declare = declare,
    .plan = plan,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
};
