#include <string.h>

#include "lib/zoo/parts.h"

/*
 * An inverted residual block: 1x1 convolution to `wide` channels (none if it
 * has as many already), depthwise convolution, squeeze-and-excitation, 1x1
 * convolution to c channels.
 */
struct block {
    int k, wide, c, squeeze, hard, stride; /* hard: hardswish */
};

static const struct block v2[] = {
    {3, 32, 16, 0, 0, 1},
    {3, 96, 24, 0, 0, 2},
    {3, 144, 24, 0, 0, 1},
    {3, 144, 32, 0, 0, 2},
    {3, 192, 32, 0, 0, 1},
    {3, 192, 32, 0, 0, 1},
    {3, 192, 64, 0, 0, 2},
    {3, 384, 64, 0, 0, 1},
    {3, 384, 64, 0, 0, 1},
    {3, 384, 64, 0, 0, 1},
    {3, 384, 96, 0, 0, 1},
    {3, 576, 96, 0, 0, 1},
    {3, 576, 96, 0, 0, 1},
    {3, 576, 160, 0, 0, 2},
    {3, 960, 160, 0, 0, 1},
    {3, 960, 160, 0, 0, 1},
    {3, 960, 320, 0, 0, 1},
    {0},
};

static const struct block v3[] = {
    {3, 16, 16, 0, 0, 1},
    {3, 64, 24, 0, 0, 2},
    {3, 72, 24, 0, 0, 1},
    {5, 72, 40, 24, 0, 2},
    {5, 120, 40, 32, 0, 1},
    {5, 120, 40, 32, 0, 1},
    {3, 240, 80, 0, 1, 2},
    {3, 200, 80, 0, 1, 1},
    {3, 184, 80, 0, 1, 1},
    {3, 184, 80, 0, 1, 1},
    {3, 480, 112, 120, 1, 1},
    {3, 672, 112, 168, 1, 1},
    {5, 672, 160, 168, 1, 2},
    {5, 960, 160, 240, 1, 1},
    {5, 960, 160, 240, 1, 1},
    {0},
};

/* What the two versions do differently. */
struct version {
    const struct block *blocks;
    int stem, last;         /* channels of the first and last convolution */
    const char *list;       /* torchvision's name of a block's layers */
    const char *eps;        /* of batch normalization, a setting */
    const char *act, *hard; /* activations */
};

static const struct version versions[] = {
    {v2, 32, 1280, "conv", "", "relu6", "relu6"},
    {v3, 16, 960, "block", "eps=0.001", "relu", "hardswish"},
};

/* A convolution and what follows it: NAME.0, NAME.1 and NAME.2. */
struct layer {
    int c, k, stride, dilation, groups;
    const char *act;
};

static const char *
activate(struct seg_builder *t, const struct version *v, const char *name,
    const char *x, const char *act)
{
    if (strcmp(act, "hardswish"))
        return seg_builder_node(t, name, "bn", x, "%s act=%s", v->eps, act);
    x = seg_builder_node(t, name, "bn", x, "%s", v->eps);
    return seg_builder_bare(t, seg_builder_name(t, "%s.act", name), act, x);
}

static const char *
layer(struct seg_builder *t, const struct version *v, const char *name,
    const char *x, const struct layer *l)
{
    const char *groups =
        l->groups > 1 ? seg_builder_name(t, " groups=%d", l->groups) : "";
    const char *stride =
        l->stride > 1 ? seg_builder_name(t, " s=%d", l->stride) : "";
    const char *dilation =
        l->dilation > 1 ? seg_builder_name(t, " d=%d", l->dilation) : "";

    x = seg_builder_node(t, seg_builder_name(t, "%s.0", name), "conv", x,
        "c=%d k=%d%s%s%s", l->c, l->k, stride, dilation, groups);
    return activate(t, v, seg_builder_name(t, "%s.1", name), x, l->act);
}

static const char *
squeeze(struct seg_builder *t, const char *name, const char *x,
    const struct block *b)
{
    const char *z = seg_builder_bare(
        t, seg_builder_name(t, "%s.avgpool", name), "global_avgpool", x);

    z = seg_builder_node(t, seg_builder_name(t, "%s.fc1", name), "conv", z,
        "c=%d k=1 bias=1 act=relu", b->squeeze);
    z = seg_builder_node(t, seg_builder_name(t, "%s.fc2", name), "conv", z,
        "c=%d k=1 bias=1", b->wide);
    z = seg_builder_bare(
        t, seg_builder_name(t, "%s.scale", name), "hardsigmoid", z);
    return seg_builder_bare(t, seg_builder_name(t, "%s.mul", name), "mul",
        seg_builder_name(t, "%s,%s", x, z));
}

/* The number of the last convolution in torchvision's list differs: version 2
   has conv and bn there, version 3 one layer of two. */
static const char *
project(struct seg_builder *t, const struct version *v, const char *list, int n,
    const char *x, int c, const char *residual)
{
    int apart = v->blocks == v2;
    const char *conv = apart ? seg_builder_name(t, "%s.%d", list, n)
                             : seg_builder_name(t, "%s.%d.0", list, n);
    const char *norm = apart ? seg_builder_name(t, "%s.%d", list, n + 1)
                             : seg_builder_name(t, "%s.%d.1", list, n);

    x = seg_builder_node(t, conv, "conv", x, "c=%d k=1", c);
    return seg_builder_node(
        t, norm, "bn", seg_builder_name(t, "%s%s", x, residual), "%s", v->eps);
}

/* c: input channels */
static const char *
block(struct seg_builder *t, const struct version *v, int number,
    const struct block *b, const char *in, int c, int stride, int dilation)
{
    const char *list = seg_builder_name(t, "features.%d.%s", number, v->list);
    const char *act = b->hard ? v->hard : v->act, *x = in;
    const char *residual =
        b->stride == 1 && c == b->c ? seg_builder_name(t, ",%s", in) : "";
    int n = 0;

    if (b->wide != c)
        x = layer(t, v, seg_builder_name(t, "%s.%d", list, n++), x,
            &(struct layer){b->wide, 1, 1, 1, 1, act});
    x = layer(t, v, seg_builder_name(t, "%s.%d", list, n++), x,
        &(struct layer){b->wide, b->k, stride, dilation, b->wide, act});
    if (b->squeeze)
        x = squeeze(t, seg_builder_name(t, "%s.%d", list, n++), x, b);
    return project(t, v, list, n, x, b->c, residual);
}

/* In a stage whose stride becomes dilation all depthwise convolutions are
   dilated, as in torchvision's MobileNetV3. */
struct seg_encoded
seg_zoo_mobilenet(struct seg_builder *t, int version, int limit)
{
    const struct version *v = versions + version - 2;
    struct seg_encoded encoded = {.channels = v->last};
    struct seg_dilation d = {limit, 2, 1};
    int c = v->stem, taps = 0, number = 1;
    const char *x = layer(
        t, v, "features.0", "image", &(struct layer){c, 3, 2, 1, 1, v->hard});

    for (const struct block *b = v->blocks; b->k; b++) {
        if (b->stride == 2)
            encoded.tap[taps++] = x;
        int stride = seg_zoo_stride(&d, b->stride);
        x = block(t, v, number++, b, x, c, stride, d.dilation);
        c = b->c;
    }
    x = layer(t, v, seg_builder_name(t, "features.%d", number), x,
        &(struct layer){v->last, 1, 1, 1, 1, v->hard});
    encoded.tap[taps] = encoded.high = x;
    encoded.stride = d.reached;
    return encoded;
}
