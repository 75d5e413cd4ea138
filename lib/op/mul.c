/*
 * Multiplies each channel of an image by one number, the gate of
 * squeeze-and-excitation (Hu et al., 1709.01507):
 *
 *   y[n,i,j,c] = x[n,i,j,c] z[n,0,0,c]
 *
 *   dx = dy z,   dz[n,c] = sum_i,j dy[n,i,j,c] x[n,i,j,c]
 */
#include <string.h>

#include "lib/kernel/gate.h"
#include "lib/op/common.h"

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    s->out->c = s->in[0]->c;
    return seg_check_channels(s, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *x = s->in[0], *z = s->in[1];

    if (z->n != x->n || z->h != 1 || z->w != 1)
        return seg_step_fail(s, e,
            "input 2 is %d x %d x %d, wanted %d x 1 x 1: a number for each "
            "channel of an image",
            z->n, z->h, z->w, x->n);
    s->out->n = x->n;
    s->out->h = x->h;
    s->out->w = x->w;
    if (!s->training)
        return 0;
    s->saved_bytes = seg_value_count(z) * sizeof(float);
    s->scratch_bytes = seg_gate_scratch(x->n, x->h * x->w, x->c);
    if (!s->wants[1])
        s->saves &= ~SEG_SAVES_IN;
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    const struct seg_value *x = s->in[0], *z = s->in[1];

    if (s->training)
        memcpy(s->saved, z->x, seg_value_count(z) * sizeof *z->x);
    seg_gate_apply(
        s->out->x, x->x, z->x, 0, x->n, x->h * x->w, x->c, r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    struct seg_value *x = s->in[0], *z = s->in[1];
    int m = x->h * x->w;

    if (z->dx)
        seg_gate_backward(z->dx, s->out->dx, x->x, !s->overwrite[1], x->n, m,
            x->c, r->scratch, r->threads);
    if (x->dx)
        seg_gate_apply(x->dx, s->out->dx, s->saved, !s->overwrite[0], x->n, m,
            x->c, r->threads);
}

const struct seg_op seg_op_mul = {
    .name = "mul",
    .formula = "y[n,i,j,c] = x[n,i,j,c] z[n,0,0,c]",
    .min_in = 2,
    .max_in = 2,
    .settings = seg_no_settings,
    .saves = SEG_SAVES_IN,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
};
