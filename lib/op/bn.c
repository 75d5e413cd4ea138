/*
 * Batch normalisation, with an optional residual (second input) and
 * activation (Ioffe and Szegedy 2015, 1502.03167).
 *
 *   y[m,c] = act( (x[m,c] - mean[c]) / sqrt(var[c] + eps) w[c] + b[c] + res[m,c] )
 *
 * In training mean and var are the batch's, and the running statistics move
 * towards them; var runs unbiased, as in PyTorch.  Otherwise, and where the
 * operator's parameters are frozen, they are the running ones.
 */
#include "lib/kernel/bn.h"
#include "lib/op/common.h"

enum { SET_EPS, SET_MOMENTUM, SET_ACT };

static const struct seg_setting settings[] = {
    {.key = "eps",
        .kind = SEG_SET_FLOAT,
        .normal = 1e-5,
        .min = 1e-12,
        .max = 1},
    {.key = "momentum",
        .kind = SEG_SET_FLOAT,
        .normal = 0.1,
        .min = 0,
        .max = 1},
    SEG_SETTING_ACT,
    SEG_SETTING_END,
};

enum { WEIGHT, BIAS, MEAN, VAR };

struct state {
    struct seg_bn q;
    float *scale, *shift; /* c: the affine map of the running statistics */
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    struct state *st = s->state;
    size_t c = (size_t)s->in[0]->c;

    if (s->nin > 1 && s->in[1]->c != s->in[0]->c)
        return seg_step_fail(s, e, "input has %d channels, residual %d",
            s->in[0]->c, s->in[1]->c);
    if (seg_step_param(s, a, "weight", SEG_INIT_ONE, 1, &c, e) ||
        seg_step_param(s, a, "bias", SEG_INIT_ZERO, 1, &c, e) ||
        seg_step_param(s, a, "running_mean", SEG_INIT_ZERO, 1, &c, e) ||
        seg_step_param(s, a, "running_var", SEG_INIT_ONE, 1, &c, e))
        return -1;
    s->param[MEAN]->buffer = s->param[VAR]->buffer = 1;
    st->scale = seg_take(a, 2 * c, sizeof *st->scale, e);
    if (!st->scale)
        return -1;
    st->shift = st->scale + c;
    s->out->c = s->in[0]->c;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct state *st = s->state;
    const struct seg_value *x = s->in[0];

    if (seg_step_same_size(s, e))
        return -1;
    s->out->n = x->n;
    s->out->h = x->h;
    s->out->w = x->w;
    st->q = (struct seg_bn){
        .m = seg_value_rows(x),
        .c = x->c,
        .threads = s->threads,
        .act = (enum seg_act)s->set[SET_ACT],
        .fixed = !s->training || s->frozen,
        .eps = (float)s->set[SET_EPS],
    };
    if (!st->q.fixed && st->q.m < 2)
        return seg_step_fail(s, e,
            "one value a channel has no variance: train with a larger batch");
    s->scratch_bytes = seg_bn_scratch(&st->q);
    s->saved_bytes = 2 * (size_t)x->c * sizeof(float);
    if (s->frozen)
        s->keeps &= ~SEG_KEEPS_IN;
    if (st->q.act == SEG_ACT_NONE)
        s->keeps &= ~SEG_KEEPS_OUT;
    return 0;
}

static void
move_statistics(struct seg_step *s, const float *mean, const float *var)
{
    const struct seg_bn *q = &((struct state *)s->state)->q;
    double step = s->set[SET_MOMENTUM];
    double unbiased = (double)q->m / ((double)q->m - 1);
    float *to_mean = s->param[MEAN]->w, *to_var = s->param[VAR]->w;

    for (int c = 0; c < q->c; c++) {
        to_mean[c] = (float)((1 - step) * to_mean[c] + step * mean[c]);
        to_var[c] = (float)((1 - step) * to_var[c] + step * unbiased * var[c]);
    }
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    float *mean = s->param[MEAN]->w, *var = s->param[VAR]->w;

    if (!st->q.fixed) {
        mean = s->saved;
        var = mean + st->q.c;
        seg_bn_moments(mean, var, s->in[0]->x, &st->q, r->scratch);
        move_statistics(s, mean, var);
    }
    seg_bn_affine(st->scale, st->shift, s->param[WEIGHT]->w, s->param[BIAS]->w,
        mean, var, &st->q);
    if (!s->absent)
        seg_bn_apply(s->out->x, s->in[0]->x, st->scale, st->shift,
            s->nin > 1 ? s->in[1]->x : NULL, &st->q);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_bn_gradient to = {
        .dx = s->in[0]->dx,
        .dresidual = s->nin > 1 ? s->in[1]->dx : NULL,
        .dgamma = s->param[WEIGHT]->dw,
        .dbeta = s->param[BIAS]->dw,
        .add_dx = !s->fresh[0],
        .add_dresidual = !s->fresh[1],
    };
    const float *mean = s->param[MEAN]->w, *var = s->param[VAR]->w;

    if (!st->q.fixed) {
        mean = s->saved;
        var = mean + st->q.c;
    }
    seg_bn_backward(&to, s->out->dx, s->out->x, s->in[0]->x,
        s->param[WEIGHT]->w, mean, var, &st->q, r->scratch);
}

static int
fold(struct seg_step *s, struct seg_step *maker)
{
    struct state *st = s->state;

    return maker->op->take(
        maker, st->scale, st->shift, s->nin > 1 ? s->in[1] : NULL, st->q.act);
}

const struct seg_op seg_op_bn = {
    .name = "bn",
    .formula = "y[m,c] = act((x[m,c] - mean[c]) / sqrt(var[c] + eps) w[c] + "
               "b[c] + residual[m,c])",
    .min_in = 1,
    .max_in = 2,
    .settings = settings,
    .state_bytes = sizeof(struct state),
    .keeps = SEG_KEEPS_IN | SEG_KEEPS_OUT,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .fold = fold,
};
