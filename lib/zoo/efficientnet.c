#include "lib/zoo/backbone.h"

/*
 * A stage: `blocks` inverted residual blocks with depthwise kernels of side k;
 * the first one has the stride.
 */
struct stage {
    int blocks, k, stride, expand, c;
};

static const struct stage stages[] = {
    {1, 3, 1, 1, 16},
    {2, 3, 2, 6, 24},
    {2, 5, 2, 6, 40},
    {3, 3, 2, 6, 80},
    {3, 5, 1, 6, 112},
    {4, 5, 2, 6, 192},
    {1, 3, 1, 6, 320},
};

enum { STAGES = sizeof stages / sizeof *stages };

/* Padding SAME of TensorFlow for images of even size: with stride 2, one row
   less above and one column less on the left than below and on the right. */
static const char *
padding(struct seg_builder *t, int k, int stride)
{
    return stride == 1 ? ""
                       : seg_builder_name(t, " s=%d p=%d pe=%d", stride,
                             (k - stride) / 2, k - stride - (k - stride) / 2);
}

static const char *
bn(struct seg_builder *t, const char *block, int i, const char *in,
    const char *act)
{
    return seg_builder_node(t, seg_builder_name(t, "%s_bn%d", block, i), "bn",
        in, "eps=0.001%s", act);
}

/* c: input channels; residual: the input is added to the output */
static const char *
block(struct seg_builder *t, int number, const struct stage *s, const char *x,
    int c, int stride)
{
    static const char relu[] = " act=relu";
    const char *name = seg_builder_name(t, "_blocks.%d.", number), *y = x;
    int wide = c * s->expand;

    if (s->expand > 1) {
        y = seg_builder_node(t, seg_builder_name(t, "%s_expand_conv", name),
            "conv", y, "c=%d k=1", wide);
        y = bn(t, name, 0, y, relu);
    }
    y = seg_builder_node(t, seg_builder_name(t, "%s_depthwise_conv", name),
        "conv", y, "c=%d k=%d%s groups=%d", wide, s->k,
        padding(t, s->k, stride), wide);
    y = bn(t, name, 1, y, relu);
    y = seg_builder_node(t, seg_builder_name(t, "%s_project_conv", name),
        "conv", y, "c=%d k=1", s->c);
    if (stride == 1 && c == s->c)
        y = seg_builder_name(t, "%s,%s", y, x);
    return bn(t, name, 2, y, "");
}

struct seg_backbone
seg_zoo_efficientnet(struct seg_builder *t)
{
    struct seg_backbone backbone = {.channels = 320, .stride = 32};
    int number = 0, c = 32, taps = 0;
    const char *x = seg_builder_node(
        t, "_conv_stem", "conv", "image", "c=32 k=3%s", padding(t, 3, 2));

    x = bn(t, "", 0, x, " act=relu");
    for (int i = 0; i < STAGES; i++) {
        if (stages[i].stride == 2)
            backbone.tap[taps++] = x;
        for (int b = 0; b < stages[i].blocks; b++) {
            x = block(t, number++, stages + i, x, c, b ? 1 : stages[i].stride);
            c = stages[i].c;
        }
    }
    backbone.tap[taps] = backbone.high = x;
    return backbone;
}
