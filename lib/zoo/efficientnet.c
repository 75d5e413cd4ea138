#include "lib/zoo/parts.h"

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

/* By variant: factors of channels and of blocks, in percent. */
static const struct {
    int width, depth;
} scales[] = {{100, 100}, {100, 110}, {110, 120}};

/* c times the factor, rounded to a multiple of 8, less than 10 % below. */
static int
channels(int c, int variant)
{
    int exact = c * scales[variant].width, n = (exact + 400) / 800 * 8;

    return n * 1000 < exact * 9 ? n + 8 : n;
}

/* The first and the last stage are not scaled. */
static int
count_blocks(int stage, int variant)
{
    int scaled = stage && stage < STAGES - 1;

    return scaled ? (stages[stage].blocks * scales[variant].depth + 99) / 100
                  : stages[stage].blocks;
}

/*
 * With stride 2 the padding SAME of TensorFlow for images of even size: one row
 * less above and one column less on the left than below and on the right.
 */
static const char *
spacing(struct seg_builder *t, int k, int stride, int dilation)
{
    if (stride > 1)
        return seg_builder_name(t, " s=%d p=%d pe=%d", stride, (k - stride) / 2,
            k - stride - (k - stride) / 2);
    return dilation > 1 ? seg_builder_name(t, " d=%d", dilation) : "";
}

static const char *
bn(struct seg_builder *t, const char *block, int i, const char *in,
    const char *act)
{
    return seg_builder_node(t, seg_builder_name(t, "%s_bn%d", block, i), "bn",
        in, "eps=0.001%s", act);
}

/* c: input channels, out: output channels; expand, k of the stage */
static const char *
block(struct seg_builder *t, int number, const struct stage *s, const char *x,
    int c, int out, int stride, int dilation)
{
    static const char relu[] = " act=relu6";
    const char *name = seg_builder_name(t, "_blocks.%d.", number), *y = x;
    int wide = c * s->expand;

    if (s->expand > 1) {
        y = seg_builder_node(t, seg_builder_name(t, "%s_expand_conv", name),
            "conv", y, "c=%d k=1", wide);
        y = bn(t, name, 0, y, relu);
    }
    y = seg_builder_node(t, seg_builder_name(t, "%s_depthwise_conv", name),
        "conv", y, "c=%d k=%d%s groups=%d", wide, s->k,
        spacing(t, s->k, stride, dilation), wide);
    y = bn(t, name, 1, y, relu);
    y = seg_builder_node(t, seg_builder_name(t, "%s_project_conv", name),
        "conv", y, "c=%d k=1", out);
    if (s->stride == 1 && c == out)
        y = seg_builder_name(t, "%s,%s", y, x);
    return bn(t, name, 2, y, "");
}

struct seg_encoded
seg_zoo_efficientnet(struct seg_builder *t, int variant, int limit)
{
    struct seg_encoded encoded = {0};
    struct seg_dilation d = {limit, 2, 1};
    int number = 0, c = 32, taps = 0;
    const char *x = seg_builder_node(
        t, "_conv_stem", "conv", "image", "c=32 k=3%s", spacing(t, 3, 2, 1));

    x = bn(t, "", 0, x, " act=relu6");
    for (int i = 0; i < STAGES; i++) {
        struct stage s = stages[i];
        int out = channels(s.c, variant);
        if (s.stride == 2)
            encoded.tap[taps++] = x;
        int stride = seg_zoo_stride(&d, s.stride);
        for (int b = 0; b < count_blocks(i, variant); b++) {
            x = block(t, number++, &s, x, c, out, stride, d.dilation);
            s.stride = stride = 1;
            c = out;
        }
    }
    encoded.tap[taps] = encoded.high = x;
    encoded.channels = c;
    encoded.stride = d.reached;
    return encoded;
}
