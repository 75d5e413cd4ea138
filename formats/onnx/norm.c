/*
 * Instance and group normalization.  Operator set 17 has the first one; a group
 * becomes one long channel of it, and scale and shift follow.
 */
#include "formats/onnx/operators.h"

/* n numbers x; NULL with g->e if there is no memory. */
static const char *
repeat(struct seg_onnx *g, float x, size_t n)
{
    float *all = seg_take_dirty(g->arena, n, sizeof *all, g->e);

    if (!all)
        return NULL;
    for (size_t i = 0; i < n; i++)
        all[i] = x;
    return seg_onnx_floats(g, all, 1, &n);
}

static const char *
param(struct seg_onnx *g, const struct seg_param *p)
{
    return seg_onnx_param(g, p->name, p->w, 1, p->shape);
}

/* InstanceNormalization of x with n channels; scale and shift may be NULL: 1
   and 0. */
static const char *
normalize(struct seg_onnx *g, const struct seg_step *s, const char *x, size_t n,
    const char *scale, const char *shift)
{
    scale = scale ? scale : repeat(g, 1, n);
    shift = shift ? shift : repeat(g, 0, n);
    if (!scale || !shift)
        return NULL;
    seg_onnx_begin(g, "InstanceNormalization");
    seg_onnx_in(g, x);
    seg_onnx_in(g, scale);
    seg_onnx_in(g, shift);
    seg_onnx_attr_float(g, "epsilon", (float)seg_step_setting(s, "eps"));
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_instance_norm(struct seg_onnx *g, const struct seg_step *s)
{
    const char *x = seg_onnx_input(g, s, 0), *scale = NULL, *shift = NULL;

    if (s->nparam) {
        scale = param(g, s->param[0]);
        shift = param(g, s->param[1]);
    }
    const char *y = normalize(g, s, x, (size_t)s->out->c, scale, shift);
    return y ? seg_onnx_act(g, s, y) : NULL;
}

/* A parameter as [C,1,1]. */
static const char *
param_of_pixels(struct seg_onnx *g, const struct seg_param *p)
{
    return seg_onnx_reshape(
        g, param(g, p), (int64_t[]){(int64_t)p->count, 1, 1}, 3);
}

const char *
seg_onnx_group_norm(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t groups = (int64_t)seg_step_setting(s, "groups");
    const char *x = seg_onnx_input(g, s, 0),
               *shape = seg_onnx_shape(g, x, 0, 4),
               *y = seg_onnx_reshape(g, x, (int64_t[]){0, groups, -1}, 3);

    y = normalize(g, s, y, (size_t)groups, NULL, NULL);
    if (!y)
        return NULL;
    y = seg_onnx_apply(g, "Reshape", y, shape);
    if (s->nparam) {
        y = seg_onnx_apply(g, "Mul", y, param_of_pixels(g, s->param[0]));
        y = seg_onnx_apply(g, "Add", y, param_of_pixels(g, s->param[1]));
    }
    return seg_onnx_act(g, s, y);
}
