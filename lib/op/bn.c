/*
 * Batch normalization, with an optional residual (second input) and
 * activation (Ioffe and Szegedy 2015, 1502.03167).
 *
 *   y[m,c] = act( (x[m,c] - mean[c]) / sqrt(var[c] + eps) w[c]
 *                 + b[c] + res[m,c] )
 *
 * In training mean and var are those of the batch, and the running statistics
 * move towards them (the unbiased variance, as in PyTorch).  In prediction, and
 * if the parameters are frozen, they are the running statistics.  A plan can
 * choose otherwise (enum seg_statistics).
 *
 * In training a neighbor may do part of the work (lib/net/fuse.c): compute mean
 * and var, apply scale and shift, mask the gradient, or apply a, b and k.
 */
#include "lib/kernel/norm/bn.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

enum { SET_EPS, SET_MOMENTUM, SET_ACT };

static const struct seg_setting settings[] = {
    {.key = "eps",
        .kind = SEG_SET_FLOAT,
        .preset = 1e-5,
        .min = 1e-12,
        .max = 1},
    {.key = "momentum",
        .kind = SEG_SET_FLOAT,
        .preset = 0.1,
        .min = 0,
        .max = 1},
    {.key = "act", .kind = SEG_SET_WORD, .words = seg_act_words_of_bn},
    SEG_SETTING_END,
};

enum { WEIGHT, BIAS, MEAN, VAR };

struct state {
    struct seg_bn q;
    float *mean, *var;    /* c: batch statistics */
    float *scale, *shift; /* c: the resulting affine map */
    float *a, *b, *k;     /* c: dx = a g + b x + k, see bn.h */
    double *sum, *product;
    struct seg_channel_stats stats_x;
    struct seg_affine read_x, read_dx;
    struct seg_fused_relu mask_dx;
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
    st->sum = seg_take(a, 2 * c, sizeof *st->sum, e);
    st->mean = st->sum ? seg_take(a, 7 * c, sizeof *st->mean, e) : NULL;
    if (!st->mean)
        return -1;
    st->product = st->sum + c;
    st->var = st->mean + c;
    st->scale = st->var + c;
    st->shift = st->scale + c;
    st->a = st->shift + c;
    st->b = st->a + c;
    st->k = st->b + c;
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
        .fixed = !s->batch_statistics,
        .eps = (float)s->set[SET_EPS],
    };
    if (!st->q.fixed && st->q.m < 2)
        return seg_step_fail(s, e,
            "one value a channel has no variance: train with a larger batch");
    s->scratch_bytes = seg_bn_scratch(&st->q);
    if (st->q.act == SEG_ACT_NONE || s->nin == 1)
        s->saves &= ~SEG_SAVES_OUT; /* the ReLU mask follows from the input */
    return 0;
}

static void
move_statistics(struct seg_step *s, const struct seg_run *r, const float *mean,
    const float *var)
{
    const struct seg_bn *q = &((struct state *)s->state)->q;
    double step = r->momentum > 0 ? r->momentum : s->set[SET_MOMENTUM];
    double unbiased = (double)q->m / ((double)q->m - 1);
    float *to_mean = s->param[MEAN]->w, *to_var = s->param[VAR]->w;

    for (int c = 0; c < q->c; c++) {
        to_mean[c] = (float)((1 - step) * to_mean[c] + step * mean[c]);
        to_var[c] = (float)((1 - step) * to_var[c] + step * unbiased * var[c]);
    }
}

static void
recompute(struct seg_step *s, const struct seg_run *r)
{
    const struct state *st = s->state;

    (void)r;
    seg_bn_apply(s->out->x, s->in[0]->x, st->scale, st->shift,
        s->nin > 1 ? s->in[1]->x : NULL, &st->q);
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_value *x = s->in[0];
    const float *mean = s->param[MEAN]->w, *var = s->param[VAR]->w;

    st->mask_dx.x = x->x;
    if (s->nin > 1 && st->q.act != SEG_ACT_NONE)
        st->mask_dx.y = s->out->x;
    if (!st->q.fixed) {
        mean = st->mean;
        var = st->var;
        st->read_dx.slope = st->b;
        st->read_dx.other = x->x;
        if (!seg_fusion_of(x).stats_x)
            seg_bn_stats(st->mean, st->var, x->x, &st->q, r->scratch);
        move_statistics(s, r, mean, var);
    }
    seg_bn_affine(st->scale, st->shift, s->param[WEIGHT]->w, s->param[BIAS]->w,
        mean, var, &st->q);
    if (!seg_fusion_of(s->out).read_x)
        recompute(s, r);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_value *x = s->in[0], *y = s->out;
    struct seg_value *residual = s->nin > 1 ? s->in[1] : NULL;
    int aliased = residual && residual->dx == y->dx;
    int deferred = seg_fusion_of(x).read_dx != NULL;
    int masked = seg_fusion_of(y).mask_dx != NULL;
    int leave = aliased || deferred;
    struct seg_bn_back to = {
        .dy = y->dx,
        .x = x->x,
        .y = st->mask_dx.y,
        .scale = st->scale,
        .shift = st->shift,
        .mean = st->mask_dx.mean,
        .masked = masked,
        .sum = st->sum,
        .product = st->product,
        .a = st->a,
        .b = st->b,
        .k = st->k,
        .dx = deferred ? NULL : x->dx,
        .dresidual = residual && !aliased ? residual->dx : NULL,
        .add_dx = !s->overwrite[0],
        .add_dresidual = !s->overwrite[1],
    };

    if (!masked) {
        seg_bn_sums(&to, leave, &st->q, r->scratch);
        to.dresidual = leave ? NULL : to.dresidual;
    }
    seg_bn_slopes(s->param[WEIGHT]->dw, s->param[BIAS]->dw, s->param[WEIGHT]->w,
        st->q.fixed ? s->param[VAR]->w : st->var, &to, &st->q);
    seg_bn_spread(&to, &st->q);
}

static void
fuse(struct seg_step *s, const struct seg_neighbors *by)
{
    struct state *st = s->state;

    st->stats_x = (struct seg_channel_stats){st->mean, st->var};
    st->read_x = (struct seg_affine){
        .scale = st->scale, .shift = st->shift, .act = st->q.act};
    st->read_dx = (struct seg_affine){.scale = st->a, .shift = st->k};
    st->mask_dx = (struct seg_fused_relu){.scale = st->scale,
        .shift = st->shift,
        .mean = st->q.fixed ? s->param[MEAN]->w : st->mean,
        .act = st->q.act,
        .sum = st->sum,
        .product = st->product};
    if (!st->q.fixed && seg_step_can(by->producer, SEG_CAN_FUSE_STATS))
        by->in->stats_x = &st->stats_x;
    if (by->alone && s->wants[0] &&
        seg_step_can(by->producer, SEG_CAN_FUSE_GRADIENT))
        by->in->read_dx = &st->read_dx;
    if (s->nin == 1 && seg_step_can(by->reader, SEG_CAN_FUSE_INPUT))
        by->out->read_x = &st->read_x;
    if (s->training && seg_step_can(by->last_dx_writer, SEG_CAN_FUSE_RELU))
        by->out->mask_dx = &st->mask_dx;
}

static int
fold(const struct seg_step *s, struct seg_folded *f)
{
    const struct state *st = s->state;

    *f = (struct seg_folded){.scale = st->scale,
        .shift = st->shift,
        .residual = s->nin > 1 ? s->in[1] : NULL,
        .act = st->q.act};
    return 0;
}

/* Fills scale and shift from the running statistics. */
static void
update(struct seg_step *s)
{
    const struct state *st = s->state;

    seg_bn_affine(st->scale, st->shift, s->param[WEIGHT]->w, s->param[BIAS]->w,
        s->param[MEAN]->w, s->param[VAR]->w, &st->q);
}

static const struct seg_op_fusion fusion = {
    .aliases_dx = 1,
    .aliases_second_dx = 1,
    .fuse = fuse,
    .fold = fold,
    .update = update,
};

const struct seg_op seg_op_bn = {
    .name = "bn",
    .formula = "y[m,c] = act((x[m,c] - mean[c]) / sqrt(var[c] + eps) w[c] + "
               "b[c] + residual[m,c])",
    .min_in = 1,
    .max_in = 2,
    .settings = settings,
    .norm = 1,
    .state_bytes = sizeof(struct state),
    .saves = SEG_SAVES_IN | SEG_SAVES_OUT,
    .declare = declare,
    .plan = plan,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
    .recompute = recompute,
    .fusion = &fusion,
};
