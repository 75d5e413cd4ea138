/*
 * Transposed convolution: the adjoint of a convolution whose input is this
 * operator's output.  Forward is that convolution's data gradient, and backward
 * its forward pass.  The weight is [in, out/groups, kh, kw], as in PyTorch,
 * which is [k, c/groups, kh, kw] of that convolution.
 *
 * like= adds up to s-1 rows below and columns on the right (output_padding in
 * PyTorch): first rows that p would remove, then rows that no input reaches.
 * For example, an odd side that was halved by pooling becomes odd again.
 *
 * With k=1 this is x w for a matrix w [in, out].  With param=matrix the
 * parameter has that shape and the name of the node, like a torch Parameter.
 */
#include <string.h>

#include "lib/kernel/bias.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"
#include "lib/op/packed.h"

enum { SET_C, SET_K, SET_S, SET_P, SET_GROUPS, SET_BIAS, SET_PARAM, SET_LIKE };

static const char *const forms[] = {"kernel", "matrix", NULL};

static const struct seg_setting settings[] = {
    {.key = "c",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    {.key = "k",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CONV_SIDE,
        .required = 1},
    {.key = "s", .kind = SEG_SET_INT, .preset = 1, .min = 1, .max = 64},
    {.key = "p", .kind = SEG_SET_INT, .min = 0, .max = SEG_CONV_SIDE - 1},
    {.key = "groups",
        .kind = SEG_SET_INT,
        .preset = 1,
        .min = 1,
        .max = SEG_CHANNELS},
    {.key = "bias", .kind = SEG_SET_INT, .min = 0, .max = 1},
    {.key = "param", .kind = SEG_SET_WORD, .words = forms},
    {.key = "like", .kind = SEG_SET_NODE},
    SEG_SETTING_END,
};

struct state {
    struct seg_conv cv; /* its input is the output of this operator */
    struct seg_packed packed;
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    int in = s->in[0]->c, out = (int)s->set[SET_C];
    int groups = (int)s->set[SET_GROUPS];
    size_t side = (size_t)s->set[SET_K];

    if (in % groups || out % groups)
        return seg_step_fail(s, e,
            "channels %d in and %d out do not divide into groups=%d", in, out,
            groups);
    size_t width = (size_t)(out / groups), all = (size_t)out;
    size_t shape[] = {(size_t)in, width, side, side};
    int matrix = (int)s->set[SET_PARAM];
    if (matrix && side > 1)
        return seg_step_fail(s, e, "param=matrix is for k=1");
    if (matrix ? seg_step_param(s, a, NULL, SEG_INIT_PROJECTION, 2, shape, e)
               : seg_step_param(s, a, "weight", SEG_INIT_WEIGHT, 4, shape, e))
        return -1;
    s->param[0]->fan_in = (size_t)(in / groups) * side * side;
    s->param[0]->fan_out = width * side * side;
    if (s->set[SET_BIAS] != 0 &&
        seg_step_param(s, a, "bias", SEG_INIT_ZERO, 1, &all, e))
        return -1;
    s->out->c = out;
    return 0;
}

/* Computes one side of the output, or checks it against like=. */
static int
side_of(const struct seg_step *s, int in, int *out, struct seg_err *e)
{
    int k = (int)s->set[SET_K], stride = (int)s->set[SET_S];
    int own = (in - 1) * stride + k - 2 * (int)s->set[SET_P];

    if (s->like && (*out < own || *out >= own + stride))
        return seg_step_fail(s, e,
            "%d pixels become %d to %d, not the %d of the node like=", in, own,
            own + stride - 1, *out);
    if (!s->like)
        *out = own;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct state *st = s->state;
    struct seg_conv *cv = &st->cv;
    const struct seg_value *x = s->in[0];
    struct seg_value *y = s->out;
    int k = (int)s->set[SET_K], stride = (int)s->set[SET_S];
    int pad = (int)s->set[SET_P];

    y->n = x->n;
    if (s->like) {
        y->h = s->like->h;
        y->w = s->like->w;
    }
    if (side_of(s, x->h, &y->h, e) || side_of(s, x->w, &y->w, e))
        return -1;
    const struct seg_conv before = *cv;
    *cv = (struct seg_conv){
        .n = y->n,
        .h = y->h,
        .w = y->w,
        .c = y->c,
        .k = x->c,
        .kh = k,
        .kw = k,
        .stride = stride,
        .dilation = 1,
        .groups = (int)s->set[SET_GROUPS],
        .pad_y = pad,
        .pad_x = pad,
        .threads = s->threads,
        .exact = s->exact,
        .keep_methods = s->keep_methods,
    };
    memcpy(cv->method, before.method, sizeof cv->method);
    if (y->h < 1 || y->w < 1 || seg_conv_plan(cv))
        return seg_step_fail(s, e,
            "a kernel of %d x %d less p=%d does not fit "
            "%d x %d",
            k, k, pad, x->h, x->w);
    seg_packed_plan(&st->packed, s, cv, SEG_CONV_DATA);
    if (!s->training || s->frozen)
        s->saves &= ~SEG_SAVES_IN;
    return 0;
}

/* Output i depends on inputs ceil((i + p - k + 1) / s) to (i + p) / s. */
static int
receptive_field(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    const struct seg_conv *cv = &((const struct state *)s->state)->cv;
    int pad = cv->pad_x, stride = cv->stride;

    (void)axis;
    (void)e;
    *r = (struct seg_receptive_field){.stride = 1,
        .scale = stride,
        .before = (cv->kw - 1 - pad + stride) / stride,
        .after = (pad + stride - 1) / stride,
        .block = seg_conv_block_size(cv, SEG_CONV_DATA)};
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_value *y = s->out;
    const struct seg_conv_epilogue epilogue = {
        .bias = s->nparam > 1 ? s->param[1]->w : NULL};
    void *scratch = r->scratch;

    if (s->weights_changed)
        seg_packed_invalidate(&st->packed);
    const float *packed = seg_packed_get(&st->packed, SEG_FORWARD,
        s->param[0]->w, NULL, &st->cv, s->kept, &scratch);
    seg_conv_transposed(y->x, s->in[0]->x, packed, &epilogue, &st->cv, scratch);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    struct seg_value *x = s->in[0], *y = s->out;

    if (s->nparam > 1 && s->param[1]->dw)
        seg_bias_backward(s->param[1]->dw, y->dx, seg_value_rows(y), y->c,
            r->threads, r->scratch);
    if (s->param[0]->dw)
        seg_conv_backward_weights(
            s->param[0]->dw, y->dx, x->x, 1, &st->cv, r->scratch);
    if (!x->dx)
        return;
    void *scratch = r->scratch;
    const float *packed = seg_packed_get(&st->packed, SEG_BACKWARD,
        s->param[0]->w, NULL, &st->cv, s->kept, &scratch);
    struct seg_conv_epilogue epilogue = {
        .residual = s->overwrite[0] ? NULL : x->dx,
        .relu = seg_fusion_of(x).mask_dx,
    };
    seg_conv_forward(x->dx, y->dx, packed, &epilogue, &st->cv, scratch);
}

static int
can(const struct seg_step *s)
{
    const struct seg_conv *cv = &((const struct state *)s->state)->cv;
    int input = seg_conv_fuses_input(cv, SEG_CONV_DATA);
    int relu = seg_conv_fuses_sums(cv, SEG_CONV_FORWARD);

    return (input ? SEG_CAN_FUSE_INPUT : 0) | (relu ? SEG_CAN_FUSE_RELU : 0);
}

static void
workspace(struct seg_step *s)
{
    struct state *st = s->state;
    struct seg_conv *cv = &st->cv;

    cv->read_dy = seg_fusion_of(s->in[0]).read_x;
    s->scratch_bytes = seg_packed_scratch(&st->packed, cv);
    if (s->training && !s->frozen) {
        s->scratch_bytes = seg_larger(
            s->scratch_bytes, seg_conv_scratch(cv, SEG_CONV_WEIGHTS));
        s->scratch_bytes = seg_larger(s->scratch_bytes,
            seg_bias_scratch(seg_value_rows(s->out), s->out->c));
    }
}

static const struct seg_op_fusion fusion = {.can = can, .workspace = workspace};

const struct seg_op seg_op_tconv = {
    .name = "tconv",
    .formula = "y[n,i*s+r-p,j*s+q-p,k] += sum_c x[n,i,j,c] w[c,k,r,q] + b[k]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct state),
    .saves = SEG_SAVES_IN,
    .declare = declare,
    .plan = plan,
    .receptive_field = receptive_field,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
