/*
 * A slice of each image's tokens: count= gives the number of tokens, which
 * become a row, at the front or the end; like= takes as many tokens as that
 * node has pixels, in its shape.
 *
 *   y[n,i,c] = x[n,from+i,c]
 */
#include <string.h>

#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"

enum { SET_FROM, SET_COUNT, SET_AT, SET_LIKE };
enum { FRONT, END };

static const char *const places[] = {"front", "end", NULL};

static const struct seg_setting settings[] = {
    {.key = "from", .kind = SEG_SET_INT, .min = 0, .max = SEG_CHANNELS},
    {.key = "count", .kind = SEG_SET_INT, .min = 1, .max = SEG_CHANNELS},
    {.key = "at", .kind = SEG_SET_WORD, .words = places},
    {.key = "like", .kind = SEG_SET_NODE},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    if (!s->like == (s->set[SET_COUNT] == 0))
        return seg_step_fail(s, e, "slice needs one of: count, like");
    s->out->c = s->in[0]->c;
    return 0;
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *x = s->in[0];
    struct seg_value *y = s->out;
    int from = (int)s->set[SET_FROM];

    y->n = x->n;
    y->h = s->like ? s->like->h : 1;
    y->w = s->like ? s->like->w : (int)s->set[SET_COUNT];
    if (y->h * y->w + from > x->h * x->w)
        return seg_step_fail(s, e, "%d x %d tokens from %d on of only %d x %d",
            y->h, y->w, from, x->h, x->w);
    return 0;
}

/* The number of floats of an image before the slice. */
static size_t
skipped(const struct seg_step *s)
{
    const struct seg_value *x = s->in[0], *y = s->out;
    int from = (int)s->set[SET_FROM];

    if (s->set[SET_AT] == END)
        from = x->h * x->w - y->h * y->w - from;
    return (size_t)from * (size_t)x->c;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    size_t wide = seg_value_count(s->in[0]) / (size_t)s->in[0]->n;
    size_t part = seg_value_count(s->out) / (size_t)s->out->n;

    for (int n = 0; n < s->out->n; n++)
        seg_copy(s->out->x + n * part, s->in[0]->x + n * wide + skipped(s), 0,
            part, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    size_t wide = seg_value_count(s->in[0]) / (size_t)s->in[0]->n;
    size_t part = seg_value_count(s->out) / (size_t)s->out->n;
    float *dx = s->in[0]->dx;

    if (!dx)
        return;
    if (s->overwrite[0])
        memset(dx, 0, seg_value_count(s->in[0]) * sizeof *dx);
    for (int n = 0; n < s->out->n; n++)
        seg_copy(dx + n * wide + skipped(s), s->out->dx + n * part, 1, part,
            r->threads);
}

const struct seg_op seg_op_slice = {
    .name = "slice",
    .formula = "y[n,i,c] = x[n,from+i,c]",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
