/* Channels of all inputs side by side: y[m, o_t + c] = x_t[m,c] */
#include "lib/kernel/conv/conv.h"
#include "lib/kernel/elementwise.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

static const struct seg_setting settings[] = {SEG_SETTING_END};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    (void)a;
    (void)e;
    for (int i = 0; i < s->nin; i++)
        s->out->c += s->in[i]->c;
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    size_t rows = seg_value_rows(s->out), width = (size_t)s->out->c;
    float *y = s->out->x;

    for (int i = 0; i < s->nin; i++) {
        int c = s->in[i]->c;
        seg_copy_channels(
            y, width, s->in[i]->x, (size_t)c, c, 0, rows, r->threads);
        y += c;
    }
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    size_t rows = seg_value_rows(s->out), width = (size_t)s->out->c;
    const float *dy = s->out->dx;

    for (int i = 0; i < s->nin; i++) {
        int c = s->in[i]->c;
        if (s->in[i]->dx)
            seg_copy_channels(s->in[i]->dx, (size_t)c, dy, width, c,
                !s->overwrite[i], rows, r->threads);
        dy += c;
    }
}

/* The reader then writes the gradients of the inputs, so no other step between
   the two may write them. */
static int
elide(const struct seg_step *s, const struct seg_step *reader)
{
    for (int i = 0; i < s->nin; i++)
        if (s->in[i]->c % SEG_CONCAT_CHANNELS)
            return 0;
    return reader == s + 1 && seg_step_can(reader, SEG_CAN_FUSE_CONCAT);
}

/* The reader of a virtual concatenation transforms its inputs. */
static int
can(const struct seg_step *s)
{
    return seg_fusion_of(s->out).concat ? SEG_CAN_FUSE_INPUT : 0;
}

static const struct seg_op_fusion fusion = {.can = can, .elide = elide};

const struct seg_op seg_op_concat = {
    .name = "concat",
    .formula = "y[m,o_t+c] = x_t[m,c]",
    .min_in = 1,
    .max_in = SEG_INPUTS,
    .settings = settings,
    .declare = declare,
    .plan = seg_plan_alike,
    .receptive_field = seg_receptive_field_alike,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
