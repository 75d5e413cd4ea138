#include "lib/zoo/parts.h"

struct block {
    int c;        /* channels of the inner convolutions */
    int stride;   /* of the block */
    int first;    /* dilation of its first 3x3 convolution */
    int dilation; /* dilation of its second 3x3 convolution */
    /* the shortcut has a convolution, because stride or channels differ */
    int project;
};

static const char *
conv(struct seg_builder *t, const char *block, int i, const char *in, int c,
    int k, int stride, int dilation)
{
    return seg_zoo_conv(t, seg_builder_name(t, "%s.conv%d", block, i), in, c, k,
        stride, dilation);
}

/* residual: "" or ",NODE" */
static const char *
bn(struct seg_builder *t, const char *block, int i, const char *in,
    const char *residual)
{
    return seg_builder_node(t, seg_builder_name(t, "%s.bn%d", block, i), "bn",
        seg_builder_name(t, "%s%s", in, residual), "act=relu");
}

/* Returns ",NODE" for the shortcut.  It precedes the block's last convolution,
   so that the sum can be fused into that convolution when batch normalization
   is folded. */
static const char *
shortcut(struct seg_builder *t, const char *name, const char *x, int c,
    const struct block *b)
{
    if (!b->project)
        return seg_builder_name(t, ",%s", x);
    const char *p = seg_zoo_conv(
        t, seg_builder_name(t, "%s.downsample.0", name), x, c, 1, b->stride, 1);
    p = seg_builder_bare(
        t, seg_builder_name(t, "%s.downsample.1", name), "bn", p);
    return seg_builder_name(t, ",%s", p);
}

static const char *
basic(struct seg_builder *t, const char *name, const char *x,
    const struct block *b)
{
    const char *y = conv(t, name, 1, x, b->c, 3, b->stride, b->first);

    y = bn(t, name, 1, y, "");
    const char *residual = shortcut(t, name, x, b->c, b);
    y = conv(t, name, 2, y, b->c, 3, 1, b->dilation);
    return bn(t, name, 2, y, residual);
}

static const char *
bottleneck(struct seg_builder *t, const char *name, const char *x,
    const struct block *b)
{
    const char *y = conv(t, name, 1, x, b->c, 1, 1, 1);

    y = bn(t, name, 1, y, "");
    y = conv(t, name, 2, y, b->c, 3, b->stride, b->first);
    y = bn(t, name, 2, y, "");
    const char *residual = shortcut(t, name, x, 4 * b->c, b);
    y = conv(t, name, 3, y, 4 * b->c, 1, 1, 1);
    return bn(t, name, 3, y, residual);
}

/*
 * Strides beyond the requested output stride become dilations.  In such a stage
 * the first 3x3 convolution of a bottleneck keeps the previous dilation, as in
 * torchvision; basic blocks, which torchvision does not dilate, are dilated
 * throughout.
 */
struct seg_encoded
seg_zoo_resnet(struct seg_builder *t, int layers, int stride, int small_stem)
{
    static const int deep[] = {3, 4, 6, 3}, deeper[] = {3, 4, 23, 3},
                     plain[] = {2, 2, 2, 2};
    const int *blocks = layers == 18 ? plain : layers == 101 ? deeper : deep;
    int wide = layers >= 50, had = 64;
    struct seg_dilation d = {stride, small_stem ? 1 : 4, 1};
    struct seg_encoded encoded = {0};

    const char *x =
        small_stem ? seg_zoo_conv(t, "backbone.conv1", "image", 64, 3, 1, 1)
                   : seg_zoo_conv(t, "backbone.conv1", "image", 64, 7, 2, 1);
    x = seg_builder_node(t, "backbone.bn1", "bn", x, "act=relu");
    encoded.tap[0] = x;
    if (!small_stem)
        x = seg_builder_node(
            t, "backbone.maxpool", "maxpool", x, "k=3 s=2 p=1");
    for (int l = 0; l < 4; l++) {
        int before = d.dilation, step = seg_zoo_stride(&d, l ? 2 : 1);
        for (int i = 0; i < blocks[l]; i++) {
            struct block b = {
                .c = 64 << l,
                .stride = i ? 1 : step,
                .first = i || !wide ? d.dilation : before,
                .dilation = d.dilation,
            };
            int c = wide ? 4 * b.c : b.c;
            const char *name =
                seg_builder_name(t, "backbone.layer%d.%d", l + 1, i);
            b.project = c != had || b.stride != 1;
            x = wide ? bottleneck(t, name, x, &b) : basic(t, name, x, &b);
            had = c;
        }
        encoded.tap[l + 1] = x;
    }
    encoded.high = x;
    encoded.channels = had;
    encoded.stride = d.reached;
    return encoded;
}

struct seg_encoded
seg_zoo_cifar(struct seg_builder *t, int layers)
{
    const char *x = seg_zoo_conv(t, "conv1", "image", 16, 3, 1, 1);

    x = seg_builder_node(t, "bn1", "bn", x, "act=relu");
    for (int l = 0; l < 3; l++)
        for (int i = 0; i < (layers - 2) / 6; i++) {
            const char *name = seg_builder_name(t, "layer%d.%d", l + 1, i);
            int c = 16 << l, stride = l && !i ? 2 : 1;
            const char *y =
                bn(t, name, 1, conv(t, name, 1, x, c, 3, stride, 1), "");
            if (stride != 1)
                x = seg_builder_node(t,
                    seg_builder_name(t, "%s.shortcut", name), "shortcut", x,
                    "s=%d c=%d", stride, c);
            y = conv(t, name, 2, y, c, 3, 1, 1);
            x = bn(t, name, 2, y, seg_builder_name(t, ",%s", x));
        }
    return (struct seg_encoded){.high = x, .channels = 64, .stride = 4};
}
