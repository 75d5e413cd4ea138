/* Sum of feature maps: y[m,c] = act( sum_t x_t[m,c] ) */
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

enum { SET_ACT };

static const struct seg_setting settings[] = {
    SEG_SETTING_ACT,
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    for (int i = 1; i < s->nin; i++)
        if (s->in[i]->c != s->in[0]->c)
            return seg_step_fail(s, e,
                "input %d has %d channels, the first input %d", i + 1,
                s->in[i]->c, s->in[0]->c);
    s->out->c = s->in[0]->c;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    s->out->n = s->in[0]->n;
    s->out->h = s->in[0]->h;
    s->out->w = s->in[0]->w;
    if (s->set[SET_ACT] == SEG_ACT_NONE)
        s->saves &= ~SEG_SAVES_OUT;
    return seg_step_same_size(s, e);
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    size_t n = seg_value_count(s->out);
    float *y = s->out->x;

    seg_sum(y, s->in[0]->x, s->in[1]->x, n, r->threads);
    for (int i = 2; i < s->nin; i++)
        seg_sum(y, y, s->in[i]->x, n, r->threads);
    seg_act_forward((enum seg_act)s->set[SET_ACT], y, n, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    size_t n = seg_value_count(s->out);
    float *dy = s->out->dx;

    seg_act_backward(
        (enum seg_act)s->set[SET_ACT], dy, s->out->x, n, r->threads);
    for (int i = 0; i < s->nin; i++)
        if (s->in[i]->dx && s->in[i]->dx != dy)
            seg_copy(s->in[i]->dx, dy, !s->overwrite[i], n, r->threads);
}

/* The producer of the first input adds the second one. */
static int
fold(const struct seg_step *s, struct seg_folded *f)
{
    *f = (struct seg_folded){
        .residual = s->in[1], .act = (enum seg_act)s->set[SET_ACT]};
    return s->nin == 2 ? 0 : -1;
}

static const struct seg_op_fusion fusion = {.aliases_dx = 1, .fold = fold};

const struct seg_op seg_op_add = {
    .name = "add",
    .formula = "y[m,c] = act(sum_t x_t[m,c])",
    .min_in = 2,
    .max_in = SEG_INPUTS,
    .settings = settings,
    .saves = SEG_SAVES_OUT,
    .declare = declare,
    .plan = plan,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
