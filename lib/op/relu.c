/* y = max(0, x) */
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

static const struct seg_setting settings[] = {SEG_SETTING_END};

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_relu_forward(
        s->out->x, s->in[0]->x, seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_relu_backward(s->in[0]->dx, s->out->dx, s->out->x, !s->overwrite[0],
            seg_value_count(s->out), r->threads);
}

static int
fold(const struct seg_step *s, struct seg_folded *f)
{
    (void)s;
    *f = (struct seg_folded){.act = SEG_ACT_RELU};
    return 0;
}

static const struct seg_op_fusion fusion = {.aliases_dx = 1, .fold = fold};

const struct seg_op seg_op_relu = {
    .name = "relu",
    .formula = "y[m,c] = max(0, x[m,c])",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .saves = SEG_SAVES_OUT,
    .declare = seg_declare_alike,
    .plan = seg_plan_alike,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
