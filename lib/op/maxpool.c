/*
 * The maximum of windows of k x k.
 *
 *   y[n,i,j,c] = max_{r,q < k} x[n, i s + r - p, j s + q - p, c]
 */
#include "lib/kernel/pool.h"
#include "lib/op/common.h"

enum { SET_K, SET_S, SET_P, SET_CEIL };

static const struct seg_setting settings[] = {
    {.key = "k",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_POOL_SIDE,
        .required = 1},
    {.key = "s", .kind = SEG_SET_INT, .min = 1, .max = 64},
    {.key = "p", .kind = SEG_SET_INT, .min = 0, .max = SEG_POOL_SIDE / 2},
    {.key = "ceil", .kind = SEG_SET_INT, .min = 0, .max = 1},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    if (s->set[SET_S] == 0)
        s->set[SET_S] = s->set[SET_K];
    if (2 * s->set[SET_P] > s->set[SET_K])
        return seg_step_fail(s, e, "p=%g is more than half of k=%g",
            s->set[SET_P], s->set[SET_K]);
    s->out->c = s->in[0]->c;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct seg_pool *q = s->state;
    const struct seg_value *x = s->in[0];

    *q = (struct seg_pool){
        .n = x->n,
        .h = x->h,
        .w = x->w,
        .c = x->c,
        .k = (int)s->set[SET_K],
        .stride = (int)s->set[SET_S],
        .pad = (int)s->set[SET_P],
        .ceil = (int)s->set[SET_CEIL],
        .threads = s->threads,
    };
    if (seg_pool_plan(q))
        return seg_step_fail(s, e, "a window of %d x %d does not fit %d x %d",
            q->k, q->k, x->h, x->w);
    s->out->n = x->n;
    s->out->h = q->oh;
    s->out->w = q->ow;
    s->saved_bytes = s->wants[0] ? seg_value_count(s->out) : 0;
    return 0;
}

static int
receptive_field(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    const struct seg_pool *q = s->state;

    (void)axis;
    (void)e;
    *r = (struct seg_receptive_field){.stride = q->stride,
        .scale = 1,
        .before = q->pad,
        .after = q->k - q->stride - q->pad,
        .block = 1};
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    (void)r;
    seg_maxpool_forward(s->out->x, s->saved, s->in[0]->x, s->state);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    (void)r;
    if (s->in[0]->dx)
        seg_maxpool_backward(
            s->in[0]->dx, s->out->dx, s->saved, !s->overwrite[0], s->state);
}

const struct seg_op seg_op_maxpool = {
    .name = "maxpool",
    .formula = "y[n,i,j,c] = max_r,q x[n,i*s+r-p,j*s+q-p,c]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct seg_pool),
    .declare = declare,
    .plan = plan,
    .receptive_field = receptive_field,
    .forward = forward,
    .backward = backward,
};
