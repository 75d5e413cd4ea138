#include "lib/zoo/parts.h"

enum { MAX_DEPTH = 8 };

static const char *
double_conv(struct seg_builder *t, const char *name, const char *in, int c)
{
    in = seg_zoo_conv_bn(t, seg_builder_name(t, "%s.0", name), in, c, 3, 1);
    return seg_zoo_conv_bn(t, seg_builder_name(t, "%s.1", name), in, c, 3, 1);
}

struct seg_encoded
seg_zoo_unet(struct seg_builder *t, int width, int depth)
{
    const char *x = "image", *skip[MAX_DEPTH];

    for (int i = 0; i < depth; i++) {
        if (i)
            x = seg_builder_node(t, seg_builder_name(t, "pool.%d", i - 1),
                "maxpool", x, "k=2 s=2");
        x = skip[i] =
            double_conv(t, seg_builder_name(t, "down.%d", i), x, width << i);
    }
    for (int i = depth - 2, j = 0; i >= 0; i--, j++) {
        /* like=: restores odd sides, which pooling rounds down */
        const char *up = seg_builder_node(t, seg_builder_name(t, "up.%d", j),
            "tconv", x, "c=%d k=2 s=2 bias=1 like=%s", width << i, skip[i]);
        x = seg_builder_bare(t, seg_builder_name(t, "concat.%d", j), "concat",
            seg_builder_name(t, "%s,%s", up, skip[i]));
        x = double_conv(t, seg_builder_name(t, "merge.%d", j), x, width << i);
    }
    return (struct seg_encoded){.high = x, .channels = width, .stride = 1};
}
