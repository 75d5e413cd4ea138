/*
 * Multi-head attention over the tokens of each image (1706.03762).  The input
 * holds queries, keys and values side by side, each for all heads: the output
 * of one projection to three times the width.
 *
 *   y[n,i,g,d] = sum_j softmax_j( sum_d q[n,i,g,d] k[n,j,g,d] / sqrt(d) )
 *                v[n,j,g,d]
 */
#include "lib/kernel/attention/attention.h"
#include "lib/op/common.h"

enum { SET_HEADS };

static const struct seg_setting settings[] = {
    {.key = "heads",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    int c = s->in[0]->c, heads = (int)s->set[SET_HEADS];

    (void)a;
    if (c % (3 * heads))
        return seg_step_fail(s, e,
            "%d channels are not queries, keys and values of heads=%d", c,
            heads);
    s->out->c = c / 3;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct seg_attention *q = s->state;
    const struct seg_value *x = s->in[0];

    if (seg_plan_alike(s, e))
        return -1;
    *q = (struct seg_attention){.n = x->n,
        .t = x->h * x->w,
        .heads = (int)s->set[SET_HEADS],
        .d = s->out->c / (int)s->set[SET_HEADS],
        .threads = s->threads};
    s->saved_bytes = seg_value_rows(x) * (size_t)q->heads * sizeof(float);
    s->scratch_bytes = seg_attention_scratch(q, 0);
    if (s->training)
        s->scratch_bytes =
            seg_larger(s->scratch_bytes, seg_attention_scratch(q, 1));
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_attention_forward(
        s->out->x, s->saved, s->in[0]->x, s->state, r->scratch);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0], *y = s->out;

    if (x->dx)
        seg_attention_backward(x->dx, y->dx, y->x, s->saved, x->x,
            !s->overwrite[0], s->state, r->scratch);
}

const struct seg_op seg_op_attention = {
    .name = "attention",
    .formula = "y[n,i,g,d] = sum_j softmax_j(sum_d q[n,i,g,d] k[n,j,g,d] / "
               "sqrt(d)) v[n,j,g,d]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct seg_attention),
    .saves = SEG_SAVES_IN | SEG_SAVES_OUT,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
