/*
 * Group and instance normalization, with an optional activation:
 *
 *   y[n,m,c] = act( (x[n,m,c] - mean[n,g]) / sqrt(var[n,g] + eps) w[c] + b[c] )
 *
 * m is a pixel of image n, g the group of channel c, mean and var are those of
 * the pixels and channels of one group in one image, in training and in
 * prediction.  In instance normalization each channel is a group.
 */
#include "lib/kernel/norm/group_norm.h"
#include "lib/op/common.h"
#include "lib/op/fusion.h"

enum { SET_EPS, SET_AFFINE, SET_ACT, SET_GROUPS };

#define EPS                                                                    \
    {                                                                          \
        .key = "eps", .kind = SEG_SET_FLOAT, .preset = 1e-5, .min = 1e-12,     \
        .max = 1                                                               \
    }
#define AFFINE(PRESET)                                                         \
    {                                                                          \
        .key = "affine", .kind = SEG_SET_INT, .preset = PRESET, .max = 1       \
    }

static const struct seg_setting instance_settings[] = {
    EPS,
    AFFINE(0),
    SEG_SETTING_ACT,
    SEG_SETTING_END,
};

static const struct seg_setting group_settings[] = {
    EPS,
    AFFINE(1),
    SEG_SETTING_ACT,
    {.key = "groups",
        .kind = SEG_SET_INT,
        .min = 1,
        .max = SEG_CHANNELS,
        .required = 1},
    SEG_SETTING_END,
};

static int
declare(struct seg_step *s, struct seg_arena *a, struct seg_err *e)
{
    size_t c = (size_t)s->in[0]->c;
    int groups = s->op->settings == group_settings ? (int)s->set[SET_GROUPS]
                                                   : s->in[0]->c;

    if (s->in[0]->c % groups)
        return seg_step_fail(s, e, "%d channels do not divide into groups=%d",
            s->in[0]->c, groups);
    ((struct seg_group_norm *)s->state)->groups = groups;
    s->out->c = s->in[0]->c;
    if (s->set[SET_AFFINE] == 0)
        return 0;
    if (seg_step_param(s, a, "weight", SEG_INIT_ONE, 1, &c, e))
        return -1;
    return seg_step_param(s, a, "bias", SEG_INIT_ZERO, 1, &c, e);
}

static int
plan(struct seg_step *s, struct seg_err *e)
{
    struct seg_group_norm *q = s->state;
    const struct seg_value *x = s->in[0];

    if (seg_plan_alike(s, e))
        return -1;
    *q = (struct seg_group_norm){
        .n = x->n,
        .m = (size_t)x->h * (size_t)x->w,
        .c = x->c,
        .groups = q->groups,
        .threads = s->threads,
        .act = (enum seg_act)s->set[SET_ACT],
        .eps = (float)s->set[SET_EPS],
    };
    s->scratch_bytes = seg_group_norm_scratch(q);
    s->saved_bytes = seg_group_norm_saved(q);
    return 0;
}

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    seg_group_norm_forward(s->out->x, s->saved, s->in[0]->x,
        s->nparam ? s->param[0]->w : NULL, s->nparam ? s->param[1]->w : NULL,
        s->state, r->scratch);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    seg_group_norm_backward(s->in[0]->dx, s->nparam ? s->param[0]->dw : NULL,
        s->nparam ? s->param[1]->dw : NULL, s->out->dx, s->in[0]->x,
        s->nparam ? s->param[0]->w : NULL, s->saved, !s->overwrite[0], s->state,
        r->scratch);
}

static const struct seg_op_fusion fusion = {.aliases_dx = 1};

const struct seg_op seg_op_instance_norm = {
    .name = "instance_norm",
    .formula = "y[n,m,c] = act((x[n,m,c] - mean[n,c]) / sqrt(var[n,c] + eps) "
               "w[c] + b[c])",
    .min_in = 1,
    .max_in = 1,
    .settings = instance_settings,
    .norm = 1,
    .state_bytes = sizeof(struct seg_group_norm),
    .saves = SEG_SAVES_IN,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};

const struct seg_op seg_op_group_norm = {
    .name = "group_norm",
    .formula = "y[n,m,c] = act((x[n,m,c] - mean[n,g]) / sqrt(var[n,g] + eps) "
               "w[c] + b[c])",
    .min_in = 1,
    .max_in = 1,
    .settings = group_settings,
    .norm = 1,
    .state_bytes = sizeof(struct seg_group_norm),
    .saves = SEG_SAVES_IN,
    .declare = declare,
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .fusion = &fusion,
};
