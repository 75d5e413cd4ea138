/* y = x if x > 0, else slope x (Maas, Hannun and Ng 2013) */
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

enum { SET_SLOPE };

static const struct seg_setting settings[] = {
    {.key = "slope", .kind = SEG_SET_FLOAT, .preset = 0.01, .min = 0, .max = 1},
    SEG_SETTING_END,
};

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_leaky_relu_forward(s->out->x, s->in[0]->x, (float)s->set[SET_SLOPE],
        seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_leaky_relu_backward(s->in[0]->dx, s->out->dx, s->out->x,
            (float)s->set[SET_SLOPE], !s->overwrite[0], seg_value_count(s->out),
            r->threads);
}

static int
fold(const struct seg_step *s, struct seg_folded *f)
{
    *f = (struct seg_folded){.act = SEG_ACT_LEAKY_RELU};
    return (float)s->set[SET_SLOPE] == SEG_LEAKY_SLOPE ? 0 : -1;
}

static const struct seg_op_fusion fusion = {.aliases_dx = 1, .fold = fold};

const struct seg_op seg_op_leaky_relu = {
    .name = "leaky_relu",
    .formula = "y[m,c] = x[m,c] if x[m,c] > 0, else slope x[m,c]",
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
