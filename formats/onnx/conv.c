/*
 * Convolutions.  If nothing else reads a convolution than one batch
 * normalization, its weights and bias become
 *
 *   w' = w a, b' = (b - mean) a + beta, with a = gamma / sqrt(var + eps)
 */
#include <math.h>
#include <string.h>

#include "formats/onnx/operators.h"

static int
reads(const struct seg_step *s, const struct seg_value *v)
{
    int n = s->like == v;

    for (int i = 0; i < s->nin; i++)
        n += s->in[i] == v;
    return n;
}

/* The number of the batch normalization that is the only reader of s; -1 if
   there is none. */
static int
find_bn(const struct seg_onnx *g, const struct seg_step *s)
{
    int found = -1, readers = 0;
    double act = seg_step_setting(s, "act"); /* -1: it has no such setting */

    for (int i = 0; i < seg_net_steps(g->net) && act <= 0; i++) {
        const struct seg_step *t = seg_net_step(g->net, i);
        readers += reads(t, s->out);
        if (!strcmp(t->op->name, "bn") && t->in[0] == s->out)
            found = i;
    }
    return readers == 1 ? found : -1;
}

/* Weights and bias of a convolution; bias NULL: none. */
struct kernel {
    float *w, *bias;
    size_t out, shape[4];
    int rank;
};

static int
copy_kernel(struct kernel *k, struct seg_onnx *g, const struct seg_step *s)
{
    const struct seg_param *w = s->param[0];

    *k = (struct kernel){
        .out = (size_t)s->out->c, .rank = 4, .shape = {1, 1, 1, 1}};
    memcpy(k->shape, w->shape, (size_t)w->rank * sizeof *w->shape);
    k->w = seg_take_dirty(g->arena, w->count, sizeof *k->w, g->e);
    k->bias = seg_take(g->arena, k->out, sizeof *k->bias, g->e);
    if (!k->w || !k->bias) {
        g->graph.failed = 1;
        return -1;
    }
    memcpy(k->w, w->w, w->count * sizeof *k->w);
    if (s->nparam > 1)
        memcpy(k->bias, s->param[1]->w, k->out * sizeof *k->bias);
    return 0;
}

/* The output channel of weight i. */
static size_t
channel_of(const struct kernel *k, size_t i, int transposed, size_t groups)
{
    size_t inner = k->shape[1] * k->shape[2] * k->shape[3];

    if (!transposed)
        return i / inner;
    size_t in = i / inner, per_group = k->shape[0] / groups;
    return in / per_group * k->shape[1] +
           i / (k->shape[2] * k->shape[3]) % k->shape[1];
}

static void
fold_bn(struct kernel *k, const struct seg_step *bn, size_t count,
    int transposed, size_t groups)
{
    const float *gamma = bn->param[0]->w, *beta = bn->param[1]->w,
                *mean = bn->param[2]->w, *var = bn->param[3]->w;
    double eps = seg_step_setting(bn, "eps");

    for (size_t i = 0; i < count; i++) {
        size_t c = channel_of(k, i, transposed, groups);
        k->w[i] = (float)(k->w[i] * (gamma[c] / sqrt(var[c] + eps)));
    }
    for (size_t c = 0; c < k->out; c++)
        k->bias[c] = (float)((k->bias[c] - (double)mean[c]) * gamma[c] /
                                 sqrt(var[c] + eps) +
                             beta[c]);
}

/* The names of weight and bias; *bias is NULL if there is none. */
static int
write_kernel(struct seg_onnx *g, const struct seg_step *s, int transposed,
    const char **weight, const char **bias)
{
    struct kernel k;
    int bn = find_bn(g, s);
    size_t groups = (size_t)seg_step_setting(s, "groups");

    if (copy_kernel(&k, g, s))
        return -1;
    if (bn >= 0) {
        fold_bn(&k, seg_net_step(g->net, bn), s->param[0]->count, transposed,
            groups);
        g->folded[bn] = 1;
    }
    *weight = seg_onnx_param(g, s->param[0]->name, k.w, k.rank, k.shape);
    *bias = NULL;
    if (s->nparam < 2 && bn < 0)
        return 0;
    *bias = seg_take_text(g->arena, g->e, "%s.bias", s->name);
    if (!*bias)
        return -1;
    seg_onnx_param(g, *bias, k.bias, 1, &k.out);
    return 0;
}

const char *
seg_onnx_conv(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t side[] = {
        (int64_t)seg_step_setting(s, "kh"), (int64_t)seg_step_setting(s, "kw")};
    int64_t stride = (int64_t)seg_step_setting(s, "s"),
            d = (int64_t)seg_step_setting(s, "d"), pads[4];
    double p = seg_step_setting(s, "p"), pe = seg_step_setting(s, "pe");
    const char *weight, *bias;

    if (write_kernel(g, s, 0, &weight, &bias))
        return NULL;
    for (int i = 0; i < 2; i++) {
        pads[i] = p >= 0 ? (int64_t)p : d * (side[i] / 2);
        pads[2 + i] = pe >= 0 ? (int64_t)pe : pads[i];
    }
    seg_onnx_begin(g, "Conv");
    seg_onnx_in(g, seg_onnx_input(g, s, 0));
    seg_onnx_in(g, weight);
    if (bias)
        seg_onnx_in(g, bias);
    seg_onnx_attr_ints(g, "kernel_shape", side, 2);
    seg_onnx_attr_ints(g, "strides", (int64_t[]){stride, stride}, 2);
    seg_onnx_attr_ints(g, "dilations", (int64_t[]){d, d}, 2);
    seg_onnx_attr_ints(g, "pads", pads, 4);
    seg_onnx_attr_int(g, "group", (int64_t)seg_step_setting(s, "groups"));
    return seg_onnx_act(g, s, seg_onnx_end(g, NULL));
}

/* With like=, the end is neither cut by p nor padded, but brought to the size
   of that node; it may then hold only the bias, which is added last. */
const char *
seg_onnx_tconv(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t k = (int64_t)seg_step_setting(s, "k"),
            stride = (int64_t)seg_step_setting(s, "s"),
            p = (int64_t)seg_step_setting(s, "p"), end = s->like ? 0 : p;
    const char *weight, *bias;

    if (write_kernel(g, s, 1, &weight, &bias))
        return NULL;
    seg_onnx_begin(g, "ConvTranspose");
    seg_onnx_in(g, seg_onnx_input(g, s, 0));
    seg_onnx_in(g, weight);
    seg_onnx_attr_ints(g, "kernel_shape", (int64_t[]){k, k}, 2);
    seg_onnx_attr_ints(g, "strides", (int64_t[]){stride, stride}, 2);
    seg_onnx_attr_ints(g, "pads", (int64_t[]){p, p, end, end}, 4);
    seg_onnx_attr_int(g, "group", (int64_t)seg_step_setting(s, "groups"));
    const char *y = seg_onnx_end(g, NULL);
    if (s->like)
        y = seg_onnx_pad_to(
            g, y, seg_onnx_shape(g, seg_onnx_value(g, s->like), 2, 4));
    if (!bias)
        return y;
    bias = seg_onnx_reshape(g, bias, (int64_t[]){1, -1, 1, 1}, 4);
    return seg_onnx_apply(g, "Add", y, bias);
}

static const char *
normalize(struct seg_onnx *g, const struct seg_step *s)
{
    const char *param[4];

    for (int i = 0; i < 4; i++)
        param[i] = seg_onnx_param(
            g, s->param[i]->name, s->param[i]->w, 1, s->param[i]->shape);
    seg_onnx_begin(g, "BatchNormalization");
    seg_onnx_in(g, seg_onnx_input(g, s, 0));
    for (int i = 0; i < 4; i++)
        seg_onnx_in(g, param[i]);
    seg_onnx_attr_float(g, "epsilon", (float)seg_step_setting(s, "eps"));
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_bn(struct seg_onnx *g, const struct seg_step *s)
{
    int folded = g->folded[s - seg_net_step(g->net, 0)];
    const char *y = folded ? seg_onnx_input(g, s, 0) : normalize(g, s);

    if (s->nin > 1)
        y = seg_onnx_apply(g, "Add", y, seg_onnx_input(g, s, 1));
    return seg_onnx_act(g, s, y);
}
