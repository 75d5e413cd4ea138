/*
 * Resizing to a factor (scale=), a size (h=, w=) or another node's size
 * (like=), bilinear or nearest; the positions are those of lib/kernel/resize.
 * With scale= and like= the result is resized by the factor, then cut to the
 * node's size: for example, to remove padding added before downsampling.
 *
 *   y[n,i,j,c] = sum_a,b u[i,a] v[j,b] x[n,a,b,c]
 */
#include "lib/kernel/resize.h"
#include "lib/op/common.h"

enum { SET_MODE, SET_ALIGN, SET_SCALE, SET_H, SET_W, SET_LIKE };

static const char *const modes[] = {"bilinear", "nearest", NULL};

static const struct seg_setting settings[] = {
    {.key = "mode", .kind = SEG_SET_WORD, .words = modes},
    {.key = "align", .kind = SEG_SET_INT, .min = 0, .max = 1},
    {.key = "scale", .kind = SEG_SET_FLOAT, .min = 0.001, .max = 64},
    {.key = "h", .kind = SEG_SET_INT, .min = 1, .max = 65536},
    {.key = "w", .kind = SEG_SET_INT, .min = 1, .max = 65536},
    {.key = "like", .kind = SEG_SET_NODE},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    const double *set = s->set;
    int ways =
        (s->like || set[SET_SCALE] != 0) + (set[SET_H] != 0 || set[SET_W] != 0);

    (void)a;
    if (ways != 1 || (set[SET_H] == 0) != (set[SET_W] == 0))
        return seg_step_fail(
            s, e, "resize needs scale, like or both, or h and w together");
    s->out->c = s->in[0]->c;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct seg_resize *q = s->state;
    const struct seg_value *x = s->in[0];
    struct seg_value *y = s->out;
    int all_h = (int)(x->h * s->set[SET_SCALE]);
    int all_w = (int)(x->w * s->set[SET_SCALE]);

    y->n = x->n;
    y->h = (int)s->set[SET_H];
    y->w = (int)s->set[SET_W];
    if (s->like) {
        y->h = s->like->h;
        y->w = s->like->w;
    } else if (s->set[SET_SCALE] > 0) {
        y->h = all_h;
        y->w = all_w;
    }
    if (s->set[SET_SCALE] > 0 && (y->h > all_h || y->w > all_w))
        return seg_step_fail(s, e,
            "%d x %d cannot be cut out of %d x %d: the scale is too small",
            y->h, y->w, all_h, all_w);
    *q = (struct seg_resize){
        .n = x->n,
        .h = x->h,
        .w = x->w,
        .c = x->c,
        .oh = y->h,
        .ow = y->w,
        .all_h = all_h,
        .all_w = all_w,
        .mode = s->set[SET_MODE] > 0 ? SEG_RESIZE_NEAREST : SEG_RESIZE_BILINEAR,
        .align = (int)s->set[SET_ALIGN],
        .threads = s->threads,
    };
    s->scratch_bytes = y->h > 0 && y->w > 0 ? seg_resize_scratch(q) : 0;
    return 0;
}

/* Only for integer factors, up or down.  One pixel more on both sides, since
   bilinear interpolation reads two. */
static int
receptive_field(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    const struct seg_resize *q = s->state;
    int in = axis ? q->w : q->h, all = axis ? q->all_w : q->all_h;
    int out = all ? all : axis ? q->ow : q->oh;

    if (q->align || (out % in && in % out))
        return seg_step_fail(s, e,
            "%d pixels become %d%s: not the same everywhere in an image, so "
            "windows cannot be exact",
            in, out, q->align ? ", corners on corners" : "");
    *r = (struct seg_receptive_field){.stride = out < in ? in / out : 1,
        .scale = out < in ? 1 : out / in,
        .before = 1,
        .after = 1,
        .block = 1};
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_resize_forward(s->out->x, s->in[0]->x, s->state, r->scratch);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        seg_resize_backward(
            s->in[0]->dx, s->out->dx, !s->overwrite[0], s->state, r->scratch);
}

const struct seg_op seg_op_resize = {
    .name = "resize",
    .formula = "y[n,i,j,c] = sum_a,b u[i,a] v[j,b] x[n,a,b,c]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct seg_resize),
    .declare = declare,
    .plan = plan,
    .receptive_field = receptive_field,
    .forward = forward,
    .backward = backward,
    .recompute = forward,
};
