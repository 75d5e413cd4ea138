#include "lib/zoo/parts.h"

int
seg_zoo_stride(struct seg_dilation *d, int stride)
{
    if (d->reached * stride > d->limit) {
        d->dilation *= stride;
        return 1;
    }
    d->reached *= stride;
    return stride;
}

const char *
seg_zoo_conv(struct seg_builder *t, const char *name, const char *in, int c,
    int k, int stride, int dilation)
{
    const char *s = stride == 1 ? "" : seg_builder_name(t, " s=%d", stride);
    const char *d = dilation == 1 ? "" : seg_builder_name(t, " d=%d", dilation);

    return seg_builder_node(t, name, "conv", in, "c=%d k=%d%s%s", c, k, s, d);
}

const char *
seg_zoo_conv_bn(struct seg_builder *t, const char *name, const char *in, int c,
    int k, int dilation)
{
    in = seg_zoo_conv(
        t, seg_builder_name(t, "%s.0", name), in, c, k, 1, dilation);
    return seg_builder_node(
        t, seg_builder_name(t, "%s.1", name), "bn", in, "act=relu");
}

const char *
seg_zoo_fcn(struct seg_builder *t, const struct seg_encoded *encoded)
{
    return seg_zoo_conv_bn(
        t, "fcn", encoded->high, encoded->channels / 4, 3, 1);
}

/* rate: of the first dilated branch; the others have twice and three times
   that */
static const char *
aspp(struct seg_builder *t, const char *in, int c, int rate)
{
    const char *all = "";

    for (int i = 0; i < 4; i++) {
        const char *name = seg_builder_name(t, "aspp.branches.%d", i);
        const char *y = i ? seg_zoo_conv_bn(t, name, in, c, 3, rate * i)
                          : seg_zoo_conv_bn(t, name, in, c, 1, 1);
        all = seg_builder_name(t, "%s%s,", all, y);
    }
    const char *pool = seg_builder_bare(t, "aspp.gap", "global_avgpool", in);
    pool = seg_zoo_conv_bn(t, "aspp.pool", pool, c, 1, 1);
    pool =
        seg_builder_node(t, "aspp.pool.resize", "resize", pool, "like=%s", in);
    all = seg_builder_bare(
        t, "aspp.concat", "concat", seg_builder_name(t, "%s%s", all, pool));
    return seg_zoo_conv_bn(t, "aspp.project", all, c, 1, 1);
}

const char *
seg_zoo_aspp(struct seg_builder *t, const struct seg_encoded *encoded)
{
    return aspp(t, encoded->high, encoded->channels / 4, 6);
}

const char *
seg_zoo_deeplab(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *high = aspp(t, encoded->high, 256, 96 / encoded->stride);
    const char *low = seg_zoo_conv_bn(t, "low", encoded->tap[1], 48, 1, 1);

    high = seg_builder_node(
        t, "decoder.resize", "resize", high, "like=%s", encoded->tap[1]);
    const char *x = seg_builder_bare(
        t, "decoder.concat", "concat", seg_builder_name(t, "%s,%s", high, low));
    x = seg_zoo_conv_bn(t, "decoder.0", x, 256, 3, 1);
    return seg_zoo_conv_bn(t, "decoder.1", x, 256, 3, 1);
}

const char *
seg_zoo_unet_decoder(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *x = encoded->tap[SEG_TAPS - 1];

    for (int i = 0; i < SEG_TAPS; i++) {
        const char *skip =
            i < SEG_TAPS - 1 ? encoded->tap[SEG_TAPS - 2 - i] : NULL;
        const char *name = seg_builder_name(t, "decoder.%d", i);
        x = seg_builder_node(t, seg_builder_name(t, "%s.up", name), "resize", x,
            "mode=nearest like=%s", skip ? skip : "image");
        if (skip)
            x = seg_builder_bare(t, seg_builder_name(t, "%s.concat", name),
                "concat", seg_builder_name(t, "%s,%s", x, skip));
        for (int k = 0; k < 2; k++)
            x = seg_zoo_conv_bn(
                t, seg_builder_name(t, "%s.%d", name, k), x, 256 >> i, 3, 1);
    }
    return x;
}

const char *
seg_zoo_hypercolumn(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *all = "";

    for (int i = 1; i < SEG_TAPS; i++) {
        const char *name = seg_builder_name(t, "lateral.%d", i - 1);
        const char *y = seg_zoo_conv_bn(t, name, encoded->tap[i], 48, 1, 1);
        if (i > 1)
            y = seg_builder_node(t, seg_builder_name(t, "%s.up", name),
                "resize", y, "like=%s", encoded->tap[1]);
        all = seg_builder_name(t, "%s%s%s", all, i > 1 ? "," : "", y);
    }
    return seg_zoo_conv_bn(t, "decoder",
        seg_builder_bare(t, "decoder.concat", "concat", all), 128, 3, 1);
}

/* The taps from 1/4 on with 256 channels, each plus the enlarged deeper sum. */
static void
pyramid(
    const char **p, struct seg_builder *t, const struct seg_encoded *encoded)
{
    for (int i = SEG_TAPS - 1; i > 0; i--) {
        const char *name = seg_builder_name(t, "pyramid.%d", i - 1);
        p[i] = seg_builder_node(
            t, name, "conv", encoded->tap[i], "c=256 k=1 bias=1");
        if (i == SEG_TAPS - 1)
            continue;
        const char *up = seg_builder_node(t, seg_builder_name(t, "%s.up", name),
            "resize", p[i + 1], "mode=nearest like=%s", p[i]);
        p[i] = seg_builder_bare(t, seg_builder_name(t, "%s.sum", name), "add",
            seg_builder_name(t, "%s,%s", p[i], up));
    }
}

const char *
seg_zoo_fpn(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *p[SEG_TAPS], *all = "";

    pyramid(p, t, encoded);
    for (int i = SEG_TAPS - 1; i > 0; i--) {
        const char *x = p[i];
        for (int k = 0; k < i - 1 || !k; k++) {
            const char *name =
                seg_builder_name(t, "decoder.%d.%d", SEG_TAPS - 1 - i, k);
            x = seg_zoo_conv_bn(t, name, x, 128, 3, 1);
            if (i > 1)
                x = seg_builder_node(t, seg_builder_name(t, "%s.up", name),
                    "resize", x, "align=1 like=%s", p[i - 1 - k]);
        }
        all = seg_builder_name(t, "%s%s%s", all, *all ? "," : "", x);
    }
    return seg_builder_bare(t, "decoder.sum", "add", all);
}

const char *
seg_zoo_lraspp(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *low = encoded->tap[2];
    const char *x = seg_zoo_conv_bn(t, "lraspp.cbr", encoded->high, 128, 1, 1);
    const char *z =
        seg_builder_bare(t, "lraspp.scale.0", "global_avgpool", encoded->high);

    z = seg_zoo_conv(t, "lraspp.scale.1", z, 128, 1, 1, 1);
    z = seg_builder_bare(t, "lraspp.scale.2", "sigmoid", z);
    x = seg_builder_bare(
        t, "lraspp.mul", "mul", seg_builder_name(t, "%s,%s", x, z));
    x = seg_builder_node(t, "lraspp.up", "resize", x, "like=%s", low);
    return seg_builder_bare(
        t, "lraspp.concat", "concat", seg_builder_name(t, "%s,%s", x, low));
}

const char *
seg_zoo_concat(struct seg_builder *t, const struct seg_encoded *encoded)
{
    const char *all = encoded->tap[1];

    for (int i = 2; i < SEG_TAPS; i++)
        all = seg_builder_name(t, "%s,%s", all,
            seg_builder_node(t, seg_builder_name(t, "taps.%d.up", i - 1),
                "resize", encoded->tap[i], "like=%s", encoded->tap[1]));
    return seg_builder_bare(t, "taps", "concat", all);
}
