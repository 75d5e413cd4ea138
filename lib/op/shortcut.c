/*
 * The shortcut without weights (option A of He et al. 2015, 1512.03385, 4.2):
 * every s-th pixel; half of the new zero channels come first, half last.
 *
 *   y[n,i,j,o+c] = x[n, i s, j s, c],  o = (c_out - c_in) / 2
 */
#include <string.h>

#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"

enum { SET_C, SET_S };

static const struct seg_setting settings[] = {
    {.key = "c",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    {.key = "s", .kind = SEG_SET_INT, .preset = 2, .min = 1, .max = 64},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    int in = s->in[0]->c, out = (int)s->set[SET_C];

    (void)a;
    if (out < in || (out - in) % 2)
        return seg_step_fail(s, e,
            "c=%d must exceed the input's %d channels by an even number", out,
            in);
    s->out->c = out;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    int stride = (int)s->set[SET_S];

    (void)e;
    s->out->n = s->in[0]->n;
    s->out->h = (s->in[0]->h + stride - 1) / stride;
    s->out->w = (s->in[0]->w + stride - 1) / stride;
    return 0;
}

static int
receptive_field(const struct seg_step *s, int axis,
    struct seg_receptive_field *r, struct seg_err *e)
{
    int stride = (int)s->set[SET_S];

    (void)axis;
    (void)e;
    *r = (struct seg_receptive_field){
        .stride = stride, .scale = 1, .after = 1 - stride, .block = 1};
    return 0;
}

/* A row of y and the row of x that it is copied from. */
struct row {
    size_t x, y; /* index of the first float */
};

static struct row
row_of(const struct seg_step *s, size_t i)
{
    const struct seg_value *x = s->in[0], *y = s->out;
    size_t h = (size_t)y->h, stride = (size_t)s->set[SET_S];
    size_t source = i / h * (size_t)x->h + i % h * stride;
    size_t offset = (size_t)(y->c - x->c) / 2;

    return (struct row){source * (size_t)x->w * (size_t)x->c,
        i * (size_t)y->w * (size_t)y->c + offset};
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0], *y = s->out;
    size_t ldx = (size_t)s->set[SET_S] * (size_t)x->c;
    size_t rows = (size_t)y->n * (size_t)y->h;

    memset(y->x, 0, seg_value_count(y) * sizeof *y->x);
    for (size_t i = 0; i < rows; i++) {
        struct row at = row_of(s, i);
        seg_copy_channels(y->x + at.y, (size_t)y->c, x->x + at.x, ldx, x->c, 0,
            (size_t)y->w, 1);
    }
    (void)r;
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0], *y = s->out;
    size_t ldx = (size_t)s->set[SET_S] * (size_t)x->c;
    size_t rows = (size_t)y->n * (size_t)y->h;

    (void)r;
    if (!x->dx)
        return;
    if (s->overwrite[0])
        memset(x->dx, 0, seg_value_count(x) * sizeof *x->dx);
    for (size_t i = 0; i < rows; i++) {
        struct row at = row_of(s, i);
        seg_copy_channels(x->dx + at.x, ldx, y->dx + at.y, (size_t)y->c, x->c,
            1, (size_t)y->w, 1);
    }
}

const struct seg_op seg_op_shortcut = {
    .name = "shortcut",
    .formula = "y[n,i,j,o+c] = x[n,i*s,j*s,c], o = (c_out - c_in) / 2",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = declare,
    .plan = plan,
    .receptive_field = receptive_field,
    .forward = forward,
    .backward = backward,
};
