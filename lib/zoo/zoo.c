#include <string.h>

#include "lib/zoo/backbone.h"

enum { PLAIN, FCN, DEEPLAB, UNET, HYPERCOLUMN, POOLED, SEGMENTER };
enum { MAX_CHANNELS = 65536, MAX_DEPTH = 8, MAX_LAYERS = 8 };

#define RESNETS(n, blocks)                                                     \
    {"resnet" #n, "ResNet-" #n " (" blocks "), classifier on its last stage",  \
        SEG_ZOO_RESNET, n, PLAIN},                                             \
        {"resnet" #n "-fcn", "ResNet-" #n ", one 3x3 convolution, classifier", \
            SEG_ZOO_RESNET, n, FCN},                                           \
        {"resnet" #n "-unet", "ResNet-" #n ", U-Net decoder, classifier",      \
            SEG_ZOO_RESNET, n, UNET},                                          \
        {"resnet" #n "-hypercolumn",                                           \
            "ResNet-" #n ", all stages concatenated, classifier",              \
            SEG_ZOO_RESNET, n, HYPERCOLUMN},                                   \
    {                                                                          \
        "resnet" #n "-deeplabv3plus",                                          \
            "ResNet-" #n ", DeepLabV3+ decoder, classifier", SEG_ZOO_RESNET,   \
            n, DEEPLAB                                                         \
    }

const struct seg_zoo_arch seg_zoo_archs[] = {
    {"unet", "U-Net, two 3x3 convolutions a level", SEG_ZOO_UNET, 0, PLAIN},
    RESNETS(18, "basic blocks"),
    RESNETS(34, "basic blocks"),
    RESNETS(50, "bottlenecks"),
    RESNETS(101, "bottlenecks"),
    {"efficientnet-lite0-unet", "EfficientNet-Lite0, U-Net decoder, classifier",
        SEG_ZOO_EFFICIENTNET, 0, UNET},
    {"efficientnet-lite0-hypercolumn",
        "EfficientNet-Lite0, all stages concatenated, classifier",
        SEG_ZOO_EFFICIENTNET, 0, HYPERCOLUMN},
    {"resnet20-cifar", "ResNet-20 for 32x32 images: names images",
        SEG_ZOO_CIFAR, 20, POOLED},
    {"resnet20-cifar-fcn", "the same, one 3x3 convolution, classifier",
        SEG_ZOO_CIFAR, 20, FCN},
    {"resnet56-cifar", "ResNet-56 for 32x32 images: names images",
        SEG_ZOO_CIFAR, 56, POOLED},
    {"resnet56-cifar-fcn", "the same, one 3x3 convolution, classifier",
        SEG_ZOO_CIFAR, 56, FCN},
    {"vit-tiny", "Segmenter: ViT, 12 layers of 192, 3 heads", SEG_ZOO_VIT, 0,
        SEGMENTER},
    {"vit-small", "Segmenter: ViT, 12 layers of 384, 6 heads", SEG_ZOO_VIT, 1,
        SEGMENTER},
    {"vit-base", "Segmenter: ViT, 12 layers of 768, 12 heads", SEG_ZOO_VIT, 2,
        SEGMENTER},
    {"vit-large", "Segmenter: ViT, 24 layers of 1024, 16 heads", SEG_ZOO_VIT, 3,
        SEGMENTER},
    {NULL, NULL, 0, 0, 0},
};

/* By `layers` of the architecture. */
static const struct seg_vit vits[] = {
    {.width = 192, .layers = 12, .heads = 3},
    {.width = 384, .layers = 12, .heads = 6},
    {.width = 768, .layers = 12, .heads = 12},
    {.width = 1024, .layers = 24, .heads = 16},
};

static struct seg_backbone
vit(struct seg_builder *t, int size, const struct seg_zoo_opts *o)
{
    struct seg_vit v = vits[size];

    v.patch = o->patch ? o->patch : 16;
    v.h = o->image_h;
    v.w = o->image_w;
    v.tokens = o->tokens;
    v.no_drop = o->no_drop;
    return seg_zoo_vit(t, &v);
}

static int
within(int n, int min, int max, const char *setting, struct seg_err *e)
{
    if (n >= min && n <= max)
        return 0;
    return seg_fail(
        e, SEG_EUSAGE, "%s %d: want %d to %d", setting, n, min, max);
}

static int
check(const struct seg_zoo_opts *o, struct seg_err *e)
{
    const struct seg_projection *p = &o->projection;

    if (o->patch && o->patch != 8 && o->patch != 16 && o->patch != 32)
        return seg_fail(e, SEG_EUSAGE, "patch %d: want 8, 16 or 32", o->patch);
    if (o->output_stride && o->output_stride != 8 && o->output_stride != 16 &&
        o->output_stride != 32)
        return seg_fail(e, SEG_EUSAGE, "output stride %d: want 8, 16 or 32",
            o->output_stride);
    if (within(o->bands, 0, MAX_CHANNELS, "bands", e) ||
        within(o->classes, 0, MAX_CHANNELS, "classes", e) ||
        within(o->depth, 0, MAX_DEPTH, "depth", e) ||
        within(o->width, 0, MAX_CHANNELS >> (MAX_DEPTH - 1), "width", e) ||
        within(p->width, 0, MAX_CHANNELS, "projection width", e) ||
        within(p->layers, 0, MAX_LAYERS, "projection layers", e))
        return -1;
    return 0;
}

const struct seg_zoo_arch *
seg_zoo_find(const char *name, struct seg_err *e)
{
    for (const struct seg_zoo_arch *a = seg_zoo_archs; a->name; a++)
        if (!strcmp(a->name, name))
            return a;
    seg_fail(e, SEG_EUSAGE, "%s: no such architecture", name);
    return NULL;
}

/* Appends the decoder; returns its last node. */
static const char *
decode(struct seg_builder *t, int decoder, const struct seg_backbone *backbone)
{
    switch (decoder) {
    case FCN:
        return seg_zoo_fcn(t, backbone);
    case DEEPLAB:
        return seg_zoo_deeplab(t, backbone);
    case UNET:
        return seg_zoo_unet_decoder(t, backbone);
    case HYPERCOLUMN:
        return seg_zoo_hypercolumn(t, backbone);
    default:
        return backbone->high;
    }
}

char *
seg_zoo_text(struct seg_arena *a, const char *name,
    const struct seg_zoo_opts *o, struct seg_err *e)
{
    const struct seg_zoo_arch *arch = seg_zoo_find(name, e);
    struct seg_backbone backbone;
    struct seg_builder t;

    if (!arch || check(o, e))
        return NULL;
    int stride = o->output_stride ? o->output_stride : 16;
    int classes = o->classes ? o->classes : arch->decoder == POOLED ? 10 : 2;
    seg_builder_begin(&t, a, "", e);
    seg_builder_add(&t, "# %s: %s\n", arch->name, arch->about);
    seg_builder_node(
        &t, "image", "input", "-", "c=%d", o->bands ? o->bands : 3);
    if (arch->backbone == SEG_ZOO_UNET)
        backbone =
            seg_zoo_unet(&t, o->width ? o->width : 32, o->depth ? o->depth : 4);
    else if (arch->backbone == SEG_ZOO_VIT)
        backbone = vit(&t, arch->layers, o);
    else if (arch->backbone == SEG_ZOO_RESNET)
        backbone = seg_zoo_resnet(&t, arch->layers, stride);
    else if (arch->backbone == SEG_ZOO_EFFICIENTNET)
        backbone = seg_zoo_efficientnet(&t);
    else
        backbone = seg_zoo_cifar(&t, arch->layers);

    const char *end = decode(&t, arch->decoder, &backbone);
    int full_size = backbone.stride == 1 || arch->decoder == UNET;
    if (o->head == SEG_ZOO_PROJECTION)
        seg_zoo_add_projection(&t, end, &o->projection);
    else if (o->head == SEG_ZOO_CLASSIFIER && arch->decoder == POOLED)
        seg_builder_node(&t, "linear", "conv",
            seg_builder_bare(&t, "pool", "global_avgpool", end),
            "c=%d k=1 bias=1", classes);
    else if (o->head == SEG_ZOO_CLASSIFIER && arch->decoder == SEGMENTER)
        seg_zoo_add_segmenter(&t, &backbone, o->decoder, classes, o->no_drop);
    else if (o->head == SEG_ZOO_CLASSIFIER)
        seg_zoo_add_classifier(&t, end, classes, full_size ? NULL : "image", 0);
    return seg_builder_end(&t);
}
