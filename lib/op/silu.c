/* y = x s(x), s the logistic function (1702.03118; swish, 1710.05941) */
#include "lib/kernel/silu.h"
#include "lib/op/common.h"

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_silu_forward(
        s->out->x, s->in[0]->x, seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_silu_backward(s->in[0]->dx, s->out->dx, s->in[0]->x,
            !s->overwrite[0], seg_value_count(s->out), r->threads);
}

const struct seg_op seg_op_silu = {
    .name = "silu",
    .formula = "y[m,c] = x[m,c] / (1 + exp(-x[m,c]))",
    .min_in = 1,
    .max_in = 1,
    .settings = seg_no_settings,
    .saves = SEG_SAVES_IN,
    .declare = seg_declare_alike,
    .plan = seg_plan_alike,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
};
