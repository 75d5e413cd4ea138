/*
 * Activations, element by element: y = f(x).  ReLU has its own file, because it
 * takes part in fusions.
 */
#include "lib/op/activation.h"
#include "lib/kernel/activation.h"
#include "lib/kernel/gelu.h"
#include "lib/op/common.h"

static const struct {
    seg_activate *forward;
    seg_activate_back *backward;
} kernels[SEG_ACTIVATIONS] = {
    [SEG_GELU] = {seg_gelu_forward, seg_gelu_backward},
    [SEG_SILU] = {seg_silu_forward, seg_silu_backward},
    [SEG_SIGMOID] = {seg_sigmoid_forward, seg_sigmoid_backward},
    [SEG_RELU6] = {seg_relu6_forward, seg_relu6_backward},
    [SEG_HARDSWISH] = {seg_hardswish_forward, seg_hardswish_backward},
    [SEG_HARDSIGMOID] = {seg_hardsigmoid_forward, seg_hardsigmoid_backward},
};

static void
forward(struct seg_step *s, const struct seg_run *r)
{
    kernels[s->op - seg_op_activations].forward(
        s->out->x, s->in[0]->x, seg_value_count(s->out), r->threads);
}

static void
backward(struct seg_step *s, const struct seg_run *r)
{
    if (s->in[0]->dx)
        kernels[s->op - seg_op_activations].backward(s->in[0]->dx, s->out->dx,
            s->in[0]->x, !s->overwrite[0], seg_value_count(s->out), r->threads);
}

#define ACTIVATION(NAME, FORMULA)                                              \
    {                                                                          \
        .name = NAME, .formula = FORMULA, .min_in = 1, .max_in = 1,            \
        .settings = seg_no_settings, .saves = SEG_SAVES_IN,                    \
        .declare = seg_declare_alike, .plan = seg_plan_alike,                  \
        .receptive_field = seg_receptive_field_alike, .forward = forward,      \
        .backward = backward,                                                  \
    }

const struct seg_op seg_op_activations[SEG_ACTIVATIONS] = {
    [SEG_GELU] =
        ACTIVATION("gelu", "y[m,c] = x[m,c] (1 + erf(x[m,c] / sqrt(2))) / 2"),
    [SEG_SILU] = ACTIVATION("silu", "y[m,c] = x[m,c] / (1 + exp(-x[m,c]))"),
    [SEG_SIGMOID] = ACTIVATION("sigmoid", "y[m,c] = 1 / (1 + exp(-x[m,c]))"),
    [SEG_RELU6] = ACTIVATION("relu6", "y[m,c] = min(max(0, x[m,c]), 6)"),
    [SEG_HARDSWISH] = ACTIVATION(
        "hardswish", "y[m,c] = x[m,c] min(max(0, x[m,c] + 3), 6) / 6"),
    [SEG_HARDSIGMOID] =
        ACTIVATION("hardsigmoid", "y[m,c] = min(max(0, x[m,c] + 3), 6) / 6"),
};
