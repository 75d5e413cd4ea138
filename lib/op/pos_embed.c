/*
 * Position embedding (Dosovitskiy et al., 2010.11929): one row for each extra
 * token and, after these, for each cell of a grid h x w.  The grid is resized
 * (bilinear) to the size of the node like=.
 *
 *   y[n,i,c] = x[n,i,c] + p[i,c],  p = w on the grid h x w
 */
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/kernel/elementwise.h"
#include "lib/kernel/resize.h"
#include "lib/op/common.h"

enum { SET_H, SET_W, SET_EXTRA, SET_LIKE };

static const struct seg_setting settings[] = {
    {.key = "h", .kind = SEG_SET_INT, .min = 1, .max = 4096, .required = 1},
    {.key = "w", .kind = SEG_SET_INT, .min = 1, .max = 4096, .required = 1},
    {.key = "extra", .kind = SEG_SET_INT, .min = 0, .max = 64},
    {.key = "like", .kind = SEG_SET_NODE, .required = 1},
    SEG_SETTING_END,
};

struct state {
    struct seg_resize grid;
    size_t extra, count; /* floats of the extra tokens, and of all tokens */
    size_t resize_bytes; /* of scratch; two gradients come after them */
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    size_t c = (size_t)s->in[0]->c,
           tokens = (size_t)s->set[SET_EXTRA] +
                    (size_t)s->set[SET_H] * (size_t)s->set[SET_W];
    size_t shape[] = {1, tokens, c};

    s->out->c = s->in[0]->c;
    return seg_step_param(s, a, NULL, SEG_INIT_TOKEN, 3, shape, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct state *st = s->state;
    const struct seg_value *x = s->in[0], *g = s->like;
    int extra = (int)s->set[SET_EXTRA];

    if (x->h * x->w != g->h * g->w + extra)
        return seg_step_fail(s, e,
            "%d x %d tokens are not a grid of %d x %d "
            "and extra=%d",
            x->h, x->w, g->h, g->w, extra);
    *st = (struct state){.grid = {.n = 1,
                             .h = (int)s->set[SET_H],
                             .w = (int)s->set[SET_W],
                             .c = x->c,
                             .oh = g->h,
                             .ow = g->w,
                             .mode = SEG_RESIZE_BILINEAR,
                             .threads = s->threads},
        .extra = (size_t)extra * (size_t)x->c,
        .count = (size_t)x->h * (size_t)x->w * (size_t)x->c};
    st->resize_bytes = round_bytes(seg_resize_scratch(&st->grid));
    s->kept_bytes = st->count * sizeof(float);
    s->scratch_bytes =
        st->resize_bytes + (st->count + s->param[0]->count) * sizeof(float);
    return seg_plan_alike(s, e);
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    float *p = s->kept;

    if (s->weights_changed) {
        memcpy(p, s->param[0]->w, st->extra * sizeof *p);
        seg_resize_forward(
            p + st->extra, s->param[0]->w + st->extra, &st->grid, r->scratch);
    }
    for (int n = 0; n < s->out->n; n++)
        seg_sum(s->out->x + n * st->count, s->in[0]->x + n * st->count, p,
            st->count, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct state *st = s->state;
    float *dw = s->param[0]->dw, *dy = s->out->dx;
    float *sum = (float *)((char *)r->scratch + st->resize_bytes);
    float *small = sum + st->count;

    if (s->in[0]->dx)
        seg_copy(s->in[0]->dx, dy, !s->overwrite[0], seg_value_count(s->out),
            r->threads);
    if (!dw)
        return;
    for (int n = 0; n < s->out->n; n++)
        seg_copy(sum, dy + n * st->count, n > 0, st->count, r->threads);
    memcpy(small, sum, st->extra * sizeof *small);
    seg_resize_backward(
        small + st->extra, sum + st->extra, 0, &st->grid, r->scratch);
    seg_copy(dw, small, 1, s->param[0]->count, 1);
}

const struct seg_op seg_op_pos_embed = {
    .name = "pos_embed",
    .formula = "y[n,i,c] = x[n,i,c] + p[i,c], p = w resized to like's grid",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .state_bytes = sizeof(struct state),
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
