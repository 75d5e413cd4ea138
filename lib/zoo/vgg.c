#include "lib/zoo/parts.h"

enum { STAGES = 5 };

static const struct {
    int convs, c;
} stages[STAGES] = {{2, 64}, {2, 128}, {3, 256}, {3, 512}, {3, 512}};

/* Number n of torchvision's list features. */
static const char *
feature(struct seg_builder *t, int n)
{
    return seg_builder_name(t, "features.%d", n);
}

/*
 * Beyond the requested output stride the pooling is left out and the
 * convolutions after it are dilated, as in DeepLab (Chen et al., 1412.7062).
 */
struct seg_encoded
seg_zoo_vgg(struct seg_builder *t, int norm, int limit)
{
    struct seg_encoded encoded = {.channels = 512};
    struct seg_dilation d = {limit, 1, 1};
    const char *x = "image";
    int n = 0;

    for (int i = 0; i < STAGES; i++) {
        for (int k = 0; k < stages[i].convs; k++) {
            x = seg_builder_node(t, feature(t, n++), "conv", x,
                "c=%d k=3%s bias=1%s", stages[i].c,
                d.dilation > 1 ? seg_builder_name(t, " d=%d", d.dilation) : "",
                norm ? "" : " act=relu");
            if (norm)
                x = seg_builder_node(t, feature(t, n++), "bn", x, "act=relu");
            n++; /* the ReLU */
        }
        if (i)
            encoded.tap[i - 1] = x;
        if (seg_zoo_stride(&d, 2) > 1)
            x = seg_builder_node(t, feature(t, n), "maxpool", x, "k=2");
        n++;
    }
    encoded.tap[STAGES - 1] = encoded.high = x;
    encoded.stride = d.reached;
    return encoded;
}
