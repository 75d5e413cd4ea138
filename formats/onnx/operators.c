#include <string.h>

#include "formats/onnx/operators.h"
#include "lib/kernel/fused.h"

const char *
seg_onnx_input(struct seg_onnx *g, const struct seg_step *s, int i)
{
    return seg_onnx_value(g, s->in[i]);
}

/* ---- activations ---- */

/* f(x) = x g(x) */
static const char *
gated(struct seg_onnx *g, const char *op, const char *x)
{
    return seg_onnx_apply(g, "Mul", x, seg_onnx_apply(g, op, x, NULL));
}

/* max(0, min(6, x)) */
static const char *
relu6(struct seg_onnx *g, const char *x)
{
    const char *low = seg_onnx_number(g, 0), *high = seg_onnx_number(g, 6);

    seg_onnx_begin(g, "Clip");
    seg_onnx_in(g, x);
    seg_onnx_in(g, low);
    seg_onnx_in(g, high);
    return seg_onnx_end(g, NULL);
}

static const char *
leaky_relu(struct seg_onnx *g, const char *x, double slope)
{
    seg_onnx_begin(g, "LeakyRelu");
    seg_onnx_in(g, x);
    seg_onnx_attr_float(g, "alpha", (float)slope);
    return seg_onnx_end(g, NULL);
}

/* max(0, min(1, x / 6 + 1 / 2)) */
static const char *
hardsigmoid(struct seg_onnx *g, const char *x)
{
    seg_onnx_begin(g, "HardSigmoid");
    seg_onnx_in(g, x);
    seg_onnx_attr_float(g, "alpha", 1 / 6.0f);
    seg_onnx_attr_float(g, "beta", 0.5f);
    return seg_onnx_end(g, NULL);
}

/* x (1 + erf(x / sqrt(2))) / 2 */
static const char *
gelu(struct seg_onnx *g, const char *x)
{
    const char *scaled =
        seg_onnx_apply(g, "Mul", x, seg_onnx_number(g, 0.70710678f));
    const char *erf = seg_onnx_apply(g, "Erf", scaled, NULL);
    const char *gate = seg_onnx_apply(g, "Add", erf, seg_onnx_number(g, 1));
    const char *half = seg_onnx_apply(g, "Mul", x, seg_onnx_number(g, 0.5f));

    return seg_onnx_apply(g, "Mul", half, gate);
}

const char *
seg_onnx_activation(struct seg_onnx *g, const char *name, const char *x)
{
    if (!strcmp(name, "none") || !strcmp(name, "dropout"))
        return x;
    if (!strcmp(name, "relu"))
        return seg_onnx_apply(g, "Relu", x, NULL);
    if (!strcmp(name, "relu6"))
        return relu6(g, x);
    if (!strcmp(name, "leaky_relu"))
        return leaky_relu(g, x, (double)SEG_LEAKY_SLOPE);
    if (!strcmp(name, "sigmoid"))
        return seg_onnx_apply(g, "Sigmoid", x, NULL);
    if (!strcmp(name, "silu"))
        return gated(g, "Sigmoid", x);
    if (!strcmp(name, "hardsigmoid"))
        return hardsigmoid(g, x);
    if (!strcmp(name, "hardswish"))
        return seg_onnx_apply(g, "HardSwish", x, NULL);
    if (!strcmp(name, "gelu"))
        return gelu(g, x);
    seg_step_fail(g->step, g->e, "%s has no form in ONNX", name);
    return NULL;
}

const char *
seg_onnx_act(struct seg_onnx *g, const struct seg_step *s, const char *x)
{
    for (int i = 0; s->op->settings && s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, "act"))
            return seg_onnx_activation(
                g, s->op->settings[i].words[(int)s->set[i]], x);
    return x;
}

/* An operator that is an activation, or nothing in prediction. */
static const char *
activation(struct seg_onnx *g, const struct seg_step *s)
{
    return seg_onnx_activation(g, s->op->name, seg_onnx_input(g, s, 0));
}

static const char *
leaky(struct seg_onnx *g, const struct seg_step *s)
{
    return leaky_relu(g, seg_onnx_input(g, s, 0), seg_step_setting(s, "slope"));
}

/* ---- small operators ---- */

static const char *
fold(struct seg_onnx *g, const struct seg_step *s, const char *op)
{
    const char *y = seg_onnx_input(g, s, 0);

    for (int i = 1; i < s->nin; i++)
        y = seg_onnx_apply(g, op, y, seg_onnx_input(g, s, i));
    return seg_onnx_act(g, s, y);
}

static const char *
add(struct seg_onnx *g, const struct seg_step *s)
{
    return fold(g, s, "Add");
}

static const char *
mul(struct seg_onnx *g, const struct seg_step *s)
{
    return fold(g, s, "Mul");
}

static const char *
concat(struct seg_onnx *g, const struct seg_step *s)
{
    seg_onnx_begin(g, "Concat");
    for (int i = 0; i < s->nin; i++)
        seg_onnx_in(g, seg_onnx_input(g, s, i));
    seg_onnx_attr_int(g, "axis", 1);
    return seg_onnx_end(g, NULL);
}

static const char *
maxpool(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t k = (int64_t)seg_step_setting(s, "k"),
            stride = (int64_t)seg_step_setting(s, "s"),
            p = (int64_t)seg_step_setting(s, "p");

    seg_onnx_begin(g, "MaxPool");
    seg_onnx_in(g, seg_onnx_input(g, s, 0));
    seg_onnx_attr_ints(g, "kernel_shape", (int64_t[]){k, k}, 2);
    seg_onnx_attr_ints(g, "strides", (int64_t[]){stride, stride}, 2);
    seg_onnx_attr_ints(g, "pads", (int64_t[]){p, p, p, p}, 4);
    seg_onnx_attr_int(g, "ceil_mode", (int64_t)seg_step_setting(s, "ceil"));
    return seg_onnx_end(g, NULL);
}

static const char *
global_avgpool(struct seg_onnx *g, const struct seg_step *s)
{
    return seg_onnx_apply(
        g, "GlobalAveragePool", seg_onnx_input(g, s, 0), NULL);
}

/* Every s-th pixel, with channels of zeros before and after the others. */
static const char *
shortcut(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t stride = (int64_t)seg_step_setting(s, "s"),
            more = (s->out->c - s->in[0]->c) / 2;
    const char *bound[] = {seg_onnx_ints(g, (int64_t[]){0, 0}, 2),
        seg_onnx_ints(g, (int64_t[]){INT32_MAX, INT32_MAX}, 2),
        seg_onnx_ints(g, (int64_t[]){2, 3}, 2),
        seg_onnx_ints(g, (int64_t[]){stride, stride}, 2)};

    seg_onnx_begin(g, "Slice");
    seg_onnx_in(g, seg_onnx_input(g, s, 0));
    for (int i = 0; i < 4; i++)
        seg_onnx_in(g, bound[i]);
    const char *y = seg_onnx_end(g, NULL);
    return seg_onnx_apply(g, "Pad", y,
        seg_onnx_ints(g, (int64_t[]){0, more, 0, 0, 0, more, 0, 0}, 8));
}

static const char *
l2norm(struct seg_onnx *g, const struct seg_step *s)
{
    const char *x = seg_onnx_input(g, s, 0);

    seg_onnx_begin(g, "ReduceL2");
    seg_onnx_in(g, x);
    seg_onnx_attr_ints(g, "axes", (int64_t[]){1}, 1);
    const char *norm = seg_onnx_end(g, NULL);
    /* a vector of zeros stays 0 */
    norm = seg_onnx_apply(g, "Max", norm, seg_onnx_number(g, 1e-30f));
    return seg_onnx_apply(g, "Div", x, norm);
}

/* Height and width up to multiples of `to`: (x + to - 1) / to * to. */
static const char *
pad(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t to = (int64_t)seg_step_setting(s, "to");
    const char *x = seg_onnx_input(g, s, 0), *unit = seg_onnx_ints(g, &to, 1),
               *size = seg_onnx_apply(g, "Add", seg_onnx_shape(g, x, 2, 4),
                   seg_onnx_ints(g, (int64_t[]){to - 1}, 1));

    size = seg_onnx_apply(g, "Div", size, unit);
    return seg_onnx_pad_to(g, x, seg_onnx_apply(g, "Mul", size, unit));
}

/* ---- the table ---- */

seg_onnx_convert *
seg_onnx_converter(const char *op)
{
    static const struct {
        const char *op;
        seg_onnx_convert *convert;
    } table[] = {
        {"add", add},
        {"attention", seg_onnx_attention},
        {"bn", seg_onnx_bn},
        {"class_token", seg_onnx_class_token},
        {"concat", concat},
        {"conv", seg_onnx_conv},
        {"dropout", activation},
        {"gelu", activation},
        {"global_avgpool", global_avgpool},
        {"group_norm", seg_onnx_group_norm},
        {"hardsigmoid", activation},
        {"hardswish", activation},
        {"instance_norm", seg_onnx_instance_norm},
        {"l2norm", l2norm},
        {"layer_norm", seg_onnx_layer_norm},
        {"leaky_relu", leaky},
        {"matmul", seg_onnx_matmul},
        {"maxpool", maxpool},
        {"mul", mul},
        {"pad", pad},
        {"pos_embed", seg_onnx_pos_embed},
        {"relu", activation},
        {"relu6", activation},
        {"resize", seg_onnx_resize},
        {"shortcut", shortcut},
        {"sigmoid", activation},
        {"silu", activation},
        {"slice", seg_onnx_slice_tokens},
        {"tconv", seg_onnx_tconv},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (!strcmp(table[i].op, op))
            return table[i].convert;
    return NULL;
}
