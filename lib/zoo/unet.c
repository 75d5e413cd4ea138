#include "lib/zoo/parts.h"

enum { MAX_DEPTH = 8, GROUPS = 8 };

/* The largest number of groups up to GROUPS that divides c channels. */
static int
groups_of(int c)
{
    int n = GROUPS;

    while (c % n)
        n--;
    return n;
}

/* Nodes name.0 (convolution), .1 (normalization) and .2, as many as the block
   has; the activation is a part of the last but one if that can apply it. */
static const char *
block(struct seg_builder *t, const char *name, const char *in, int c,
    const struct seg_unet *u)
{
    const char *act = u->leaky ? "leaky_relu" : "relu";
    const char *norm = seg_builder_name(t, "%s.1", name);
    const char *conv = seg_builder_name(t, "%s.0", name);

    if (u->norm == SEG_ZOO_NO_NORM)
        return seg_builder_node(
            t, conv, "conv", in, "c=%d k=3 bias=1 act=%s", c, act);
    in = seg_zoo_conv(t, conv, in, c, 3, 1, 1);
    if (u->norm == SEG_ZOO_INSTANCE)
        return seg_builder_node(
            t, norm, "instance_norm", in, "affine=1 act=%s", act);
    if (u->norm == SEG_ZOO_GROUP)
        return seg_builder_node(
            t, norm, "group_norm", in, "groups=%d act=%s", groups_of(c), act);
    if (!u->leaky)
        return seg_builder_node(t, norm, "bn", in, "act=relu");
    in = seg_builder_bare(t, norm, "bn", in);
    return seg_builder_bare(
        t, seg_builder_name(t, "%s.2", name), "leaky_relu", in);
}

static const char *
double_block(struct seg_builder *t, const char *name, const char *in, int c,
    const struct seg_unet *u)
{
    in = block(t, seg_builder_name(t, "%s.0", name), in, c, u);
    return block(t, seg_builder_name(t, "%s.1", name), in, c, u);
}

/* like=: restores odd sides, which pooling rounds down */
static const char *
enlarge(struct seg_builder *t, const char *name, const char *in, int c,
    const char *like)
{
    return seg_builder_node(
        t, name, "tconv", in, "c=%d k=2 s=2 bias=1 like=%s", c, like);
}

static const char *
join(struct seg_builder *t, int i, const char *x, const char *skip)
{
    return seg_builder_bare(t, seg_builder_name(t, "concat.%d", i), "concat",
        seg_builder_name(t, "%s,%s", x, skip));
}

struct seg_encoded
seg_zoo_unet(struct seg_builder *t, const struct seg_unet *u)
{
    const char *x = "image", *skip[MAX_DEPTH] = {0};

    for (int i = 0; i < u->depth; i++) {
        if (i)
            x = seg_builder_node(t, seg_builder_name(t, "pool.%d", i - 1),
                "maxpool", x, "k=2 s=2");
        x = skip[i] = double_block(
            t, seg_builder_name(t, "down.%d", i), x, u->width << i, u);
    }
    for (int i = u->depth - 2, j = 0; i >= 0; i--, j++) {
        x = enlarge(
            t, seg_builder_name(t, "up.%d", j), x, u->width << i, skip[i]);
        x = join(t, j, x, skip[i]);
        x = double_block(
            t, seg_builder_name(t, "merge.%d", j), x, u->width << i, u);
    }
    return (struct seg_encoded){.high = x, .channels = u->width, .stride = 1};
}

/* ---- the U-Net of Hu et al. ---- */

static const char *
biased(struct seg_builder *t, const char *name, const char *in, int c,
    const char *act)
{
    return seg_builder_node(
        t, name, "conv", in, "c=%d k=3 bias=1 act=%s", c, act);
}

/* Instance normalization removes a constant, so its convolutions need no
   bias. */
static const char *
down_hu(struct seg_builder *t, const char *name, const char *in, int c)
{
    for (int i = 0; i < 2; i++) {
        in = seg_zoo_conv(
            t, seg_builder_name(t, "%s.%d.0", name, i), in, c, 3, 1, 1);
        in = seg_builder_node(t, seg_builder_name(t, "%s.%d.1", name, i),
            "instance_norm", in, "act=leaky_relu");
    }
    return in;
}

struct seg_encoded
seg_zoo_unet_hu(struct seg_builder *t, int width, int depth)
{
    const char *x = "image", *skip[MAX_DEPTH] = {0};

    for (int i = 0; i < depth; i++) {
        x = skip[i] =
            down_hu(t, seg_builder_name(t, "down.%d", i), x, width << i);
        x = seg_builder_node(
            t, seg_builder_name(t, "pool.%d", i), "maxpool", x, "k=2 s=2");
    }
    x = biased(t, "center.0", x, width << depth, "relu");
    x = biased(t, "center.1", x, width << depth, "relu");
    x = enlarge(t, "center.up", x, width << (depth - 1), skip[depth - 1]);
    x = seg_builder_bare(t, "center.2", "relu", x);
    for (int i = depth - 1, j = 0; i >= 0; i--, j++) {
        const char *name = seg_builder_name(t, "up.%d", j);
        x = join(t, j, x, skip[i]);
        for (int k = 0; k < 2; k++)
            x = biased(t, seg_builder_name(t, "%s.%d", name, k), x, width << i,
                "leaky_relu");
        if (i)
            x = enlarge(t, seg_builder_name(t, "%s.2", name), x,
                width << (i - 1), skip[i - 1]);
    }
    return (struct seg_encoded){.high = x, .channels = width, .stride = 1};
}
