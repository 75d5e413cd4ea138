/*
 * Zeros below and on the right, so that both sides are multiples of to=:
 *
 *   y[n,i,j,c] = x[n,i,j,c] inside, 0 beyond
 */
#include <string.h>

#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"

enum { SET_TO };

static const struct seg_setting settings[] = {
    {.key = "to", .kind = SEG_SET_INT, .min = 1, .max = 65536, .required = 1},
    SEG_SETTING_END,
};

static int
plan(struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *x = s->in[0];
    int to = (int)s->set[SET_TO];

    (void)e;
    s->out->n = x->n;
    s->out->h = (x->h + to - 1) / to * to;
    s->out->w = (x->w + to - 1) / to * to;
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_value *x = s->in[0], *y = s->out;
    size_t from = (size_t)x->w * (size_t)x->c,
           row = (size_t)y->w * (size_t)y->c;

#pragma omp parallel for num_threads(r->threads)
    for (int t = 0; t < y->n * y->h; t++) {
        int n = t / y->h, i = t % y->h;
        size_t inside = i < x->h ? from : 0;
        float *to = y->x + (size_t)t * row;
        memcpy(to, x->x + ((size_t)n * x->h + (inside ? i : 0)) * from,
            inside * sizeof *to);
        memset(to + inside, 0, (row - inside) * sizeof *to);
    }
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_value *x = s->in[0], *y = s->out;
    size_t from = (size_t)x->w * (size_t)x->c,
           row = (size_t)y->w * (size_t)y->c;

    for (int n = 0; x->dx && n < y->n; n++)
        seg_copy_channels(x->dx + (size_t)n * x->h * from, from,
            y->dx + (size_t)n * y->h * row, row, (int)from, !s->overwrite[0],
            (size_t)x->h, r->threads);
}

const struct seg_op seg_op_pad = {
    .name = "pad",
    .formula = "y[n,i,j,c] = x[n,i,j,c] inside, 0 beyond",
    .min_in = 1,
    .max_in = 1,
    .settings = settings,
    .declare = seg_declare_alike,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
