/*
 * Convolution.
 *
 *   y[n,i,j,k] = act( b[k] +
 *       sum_c,r,q x[n, i s + r d - p, j s + q d - p, c] w[k,c,r,q] )
 *
 * A linear layer over pixels is k=1.  In prediction the steps after it may be
 * folded into it: a scale and a shift for each channel, a residual, an
 * activation.
 */
#include <string.h>

#include "lib/kernel/bias.h"
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"
#include "lib/op/packed.h"

enum {
    SET_C,
    SET_K,
    SET_KH,
    SET_KW,
    SET_S,
    SET_D,
    SET_P,
    SET_PE,
    SET_GROUPS,
    SET_BIAS,
    SET_ACT,
    SET_STD
};

static const struct seg_setting settings[] = {
    {.key = "c",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    {.key = "k", .kind = SEG_SET_INT, .min = 1, .max = SEG_CONV_SIDE},
    {.key = "kh", .kind = SEG_SET_INT, .min = 1, .max = SEG_CONV_SIDE},
    {.key = "kw", .kind = SEG_SET_INT, .min = 1, .max = SEG_CONV_SIDE},
    {.key = "s", .kind = SEG_SET_INT, .preset = 1, .min = 1, .max = 64},
    {.key = "d", .kind = SEG_SET_INT, .preset = 1, .min = 1, .max = 1024},
    {.key = "p", .kind = SEG_SET_INT, .preset = -1, .min = 0, .max = 32768},
    {.key = "pe", .kind = SEG_SET_INT, .preset = -1, .min = 0, .max = 32768},
    {.key = "groups",
        .kind = SEG_SET_INT,
        .preset = 1,
        .min = 1,
        .max = SEG_CHANNELS},
    {.key = "bias", .kind = SEG_SET_INT, .min = 0, .max = 1},
    SEG_SETTING_ACT,
    {.key = "std", .kind = SEG_SET_FLOAT, .min = 0, .max = 100},
    SEG_SETTING_END,
};

struct state {
    struct seg_conv cv;
    enum seg_act act;
    struct seg_packed packed;
    struct seg_concat_input concat[SEG_INPUTS]; /* of a virtual concatenation */

    /* of folded steps */
    const float *scale, *shift;
    struct seg_value *residual;
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    int in = s->in[0]->c, out = (int)s->set[SET_C];
    int groups = (int)s->set[SET_GROUPS];

    if (s->set[SET_KH] == 0)
        s->set[SET_KH] = s->set[SET_K];
    if (s->set[SET_KW] == 0)
        s->set[SET_KW] = s->set[SET_K];
    if (s->set[SET_KH] == 0 || s->set[SET_KW] == 0)
        return seg_step_fail(s, e, "conv needs the setting k, or kh and kw");
    if (in % groups || out % groups)
        return seg_step_fail(s, e,
            "channels %d in and %d out do not divide into groups=%d", in, out,
            groups);
    size_t shape[] = {(size_t)out, (size_t)(in / groups),
        (size_t)s->set[SET_KH], (size_t)s->set[SET_KW]};
    if (seg_step_param(s, a, "weight", SEG_INIT_WEIGHT, 4, shape, e))
        return -1;
    s->param[0]->fan_out /= (size_t)groups;
    s->param[0]->std = s->set[SET_STD];
    if (s->set[SET_BIAS] != 0 &&
        seg_step_param(s, a, "bias", SEG_INIT_ZERO, 1, shape, e))
        return -1;
    s->out->c = out;
    return 0;
}

static int
padding(const struct seg_step *s, int side)
{
    if (s->set[SET_P] >= 0)
        return (int)s->set[SET_P];
    return (int)s->set[SET_D] * (side / 2);
}

/* Rows or columns that the end has beyond padding(); fewer are refused. */
static int
end_padding(const struct seg_step *s, int side)
{
    return s->set[SET_PE] >= 0 ? (int)s->set[SET_PE] - padding(s, side) : 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct state *st = s->state;
    struct seg_conv *cv = &st->cv;
    const struct seg_value *x = s->in[0];
    int kh = (int)s->set[SET_KH], kw = (int)s->set[SET_KW];
    const struct seg_conv before = *cv;

    *st = (struct state){.act = (enum seg_act)s->set[SET_ACT]};
    *cv = (struct seg_conv){
        .n = x->n,
        .h = x->h,
        .w = x->w,
        .c = x->c,
        .k = s->out->c,
        .kh = kh,
        .kw = kw,
        .stride = (int)s->set[SET_S],
        .dilation = (int)s->set[SET_D],
        .groups = (int)s->set[SET_GROUPS],
        .pad_y = padding(s, kh),
        .pad_x = padding(s, kw),
        .end_y = end_padding(s, kh),
        .end_x = end_padding(s, kw),
        .threads = s->threads,
        .exact = s->exact,
        .keep_methods = s->keep_methods,
    };
    memcpy(cv->method, before.method, sizeof cv->method);
    if (cv->end_y < 0 || cv->end_x < 0)
        return seg_step_fail(s, e, "pe=%g is less than the padding before, %d",
            s->set[SET_PE], padding(s, kh > kw ? kh : kw));
    if (seg_conv_plan(cv))
        return seg_step_fail(s, e, "a kernel of %d x %d does not fit %d x %d",
            kh, kw, x->h, x->w);
    s->out->n = x->n;
    s->out->h = cv->oh;
    s->out->w = cv->ow;

    seg_packed_plan(&st->packed, s, cv, SEG_CONV_FORWARD);
    s->kept_bytes += (size_t)cv->k * sizeof(float);
    if (s->frozen)
        s->saves &= ~SEG_SAVES_IN;
    if (st->act == SEG_ACT_NONE)
        s->saves &= ~SEG_SAVES_OUT;
    return 0;
}

static int
receptive_field(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    const struct seg_conv *cv = &((const struct state *)s->state)->cv;
    int pad = axis ? cv->pad_x : cv->pad_y, side = axis ? cv->kw : cv->kh;

    (void)e;
    *r = (struct seg_receptive_field){.stride = cv->stride,
        .scale = 1,
        .before = pad,
        .after = cv->dilation * (side - 1) + 1 - cv->stride - pad,
        .block = seg_conv_block_size(cv, SEG_CONV_FORWARD)};
    return 0;
}

static const float *
bias(const struct seg_step *s)
{
    return s->nparam > 1 ? s->param[1]->w : NULL;
}

/* b' = scale b + shift, stored after the packed weights. */
static float *
folded_bias(const struct seg_step *s)
{
    return (float *)((char *)s->kept + s->kept_bytes) - s->out->c;
}

static void
fold_bias(struct seg_step *s)
{
    const struct state *st = s->state;
    const float *b = bias(s);
    float *to = folded_bias(s);

    for (int k = 0; k < st->cv.k; k++) {
        to[k] = b ? b[k] : 0;
        if (st->scale)
            to[k] *= st->scale[k];
        if (st->shift)
            to[k] += st->shift[k];
    }
}

/* Lists the inputs of a virtual concatenation.  True if a gradient of x is
   needed. */
static int
list_concat_inputs(struct state *st, const struct seg_value *x)
{
    const struct seg_step *of = seg_fusion_of(x).concat;
    int wanted = x->dx != NULL;

    if (!of)
        return wanted;
    for (int i = 0; i < of->nin; i++) {
        const struct seg_value *v = of->in[i];
        st->concat[i] = (struct seg_concat_input){
            v->c, v->x, seg_fusion_of(v).read_x, v->dx, !of->overwrite[i]};
        wanted |= v->dx != NULL;
    }
    st->cv.concat = st->concat;
    st->cv.nconcat = of->nin;
    return wanted;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    void *scratch = r->scratch;

    list_concat_inputs(st, s->in[0]);
    if (s->weights_changed) {
        seg_packed_invalidate(&st->packed);
        fold_bias(s);
    }
    const float *packed = seg_packed_get(&st->packed, SEG_FORWARD,
        s->param[0]->w, st->scale, &st->cv, s->kept, &scratch);
    struct seg_conv_epilogue epilogue = {
        .bias = bias(s) || st->shift ? folded_bias(s) : NULL,
        .residual = st->residual ? st->residual->x : NULL,
        .act = st->act,
        .stats = seg_fusion_of(s->out).stats_x,
    };
    seg_conv_forward(
        s->out->x, s->in[0]->x, packed, &epilogue, &st->cv, scratch);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_value *x = s->in[0], *y = s->out;
    float *dw = s->param[0]->dw, *db = s->nparam > 1 ? s->param[1]->dw : NULL;
    int wanted = list_concat_inputs(st, x);

    seg_act_backward(st->act, y->dx, y->x, seg_value_count(y), r->threads);
    if (db)
        seg_bias_backward(
            db, y->dx, seg_value_rows(y), y->c, r->threads, r->scratch);
    if (dw)
        seg_conv_backward_weights(dw, x->x, y->dx, 1, &st->cv, r->scratch);
    if (!wanted)
        return;
    void *scratch = r->scratch;
    const float *packed = seg_packed_get(&st->packed, SEG_BACKWARD,
        s->param[0]->w, NULL, &st->cv, s->kept, &scratch);
    struct seg_conv_epilogue epilogue = {
        .residual = s->overwrite[0] ? NULL : x->dx,
        .relu = seg_fusion_of(x).mask_dx,
    };
    seg_conv_transposed(x->dx, y->dx, packed, &epilogue, &st->cv, scratch);
}

/* With a bias or an activation after the sum, the statistics and the gradient
   of the output are not those of the sum. */
static int
can(const struct seg_step *s)
{
    const struct state *st = s->state;
    int linear = st->act == SEG_ACT_NONE, bits = 0;

    if (seg_conv_fuses_input(&st->cv, SEG_CONV_FORWARD))
        bits |= SEG_CAN_FUSE_INPUT;
    if (linear && s->set[SET_BIAS] == 0 &&
        seg_conv_fuses_input(&st->cv, SEG_CONV_DATA))
        bits |= SEG_CAN_FUSE_GRADIENT;
    if (linear && seg_conv_fuses_sums(&st->cv, SEG_CONV_FORWARD))
        bits |= SEG_CAN_FUSE_STATS;
    if (seg_conv_fuses_sums(&st->cv, SEG_CONV_DATA))
        bits |= SEG_CAN_FUSE_RELU;
    if (seg_conv_fuses_concat(&st->cv))
        bits |= SEG_CAN_FUSE_CONCAT;
    return bits;
}

static void
workspace(struct seg_step *s)
{
    struct state *st = s->state;
    struct seg_conv *cv = &st->cv;

    cv->read_x = seg_fusion_of(s->in[0]).read_x;
    cv->read_dy = seg_fusion_of(s->out).read_dx;
    s->scratch_bytes = seg_packed_scratch(&st->packed, cv);
    if (s->training && !s->frozen) {
        s->scratch_bytes = seg_larger(
            s->scratch_bytes, seg_conv_scratch(cv, SEG_CONV_WEIGHTS));
        s->scratch_bytes = seg_larger(
            s->scratch_bytes, seg_bias_scratch(seg_value_rows(s->out), cv->k));
    }
}

/*
 * Absorbed operations apply in order, so a scale and a shift are accepted only
 * before a residual, and nothing but another activation after an activation.
 */
static int
absorb(struct seg_step *s, const struct seg_folded *f)
{
    struct state *st = s->state;
    int affine = f->scale || f->shift, act = seg_act_both(st->act, f->act);

    if (act < 0)
        return -1;

    if (st->act != SEG_ACT_NONE && (affine || f->residual))
        return -1;
    if (affine && (st->scale || st->shift || st->residual))
        return -1;
    if (f->residual && st->residual)
        return -1;
    if (affine) {
        st->scale = f->scale;
        st->shift = f->shift;
    }
    if (f->residual)
        st->residual = f->residual;
    st->act = (enum seg_act)act;
    return 0;
}

static const struct seg_op_fusion fusion = {
    .can = can, .workspace = workspace, .absorb = absorb};

const struct seg_op seg_op_conv = {
    .name = "conv",
    .formula = "y[n,i,j,k] = act(sum_c,r,q x[n,i*s+r*d-p,j*s+q*d-p,c] "
               "w[k,c,r,q] + b[k])",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct state),
    .saves = SEG_SAVES_IN | SEG_SAVES_OUT,
    .declare = declare,
    .plan = plan,
    .receptive_field = receptive_field,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
