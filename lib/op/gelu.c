/* y = x P(x), P the normal distribution: exact, by erf (1606.08415) */
#include "lib/kernel/gelu.h"
#include "lib/op/common.h"

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_gelu_forward(
        s->out->x, s->in[0]->x, seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_gelu_backward(s->in[0]->dx, s->out->dx, s->in[0]->x,
            !s->overwrite[0], seg_value_count(s->out), r->threads);
}

const struct seg_op seg_op_gelu = {
    .name = "gelu",
    .formula = "y[m,c] = x[m,c] (1 + erf(x[m,c] / sqrt(2))) / 2",
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
