#include <stdio.h>
#include <string.h>

#include "lib/zoo/parts.h"

enum {
    LAST, /* no decoder: the classifier reads the last stage */
    FCN,
    DEEPLAB,
    UNET,
    FPN,
    LRASPP,
    ASPP,
    LINEAR,
    HYPERCOLUMN,
    DEEPLABV2
};
enum { MAX_CHANNELS = 65536, MAX_DEPTH = 8, MAX_LAYERS = 8, MAX_BRANCHES = 4 };

const struct seg_zoo_encoder seg_zoo_encoders[] = {
    {"unet", "U-Net, two 3x3 convolutions a level", SEG_ZOO_UNET, 0},
    {"unet-hu", "U-Net of Hu et al.", SEG_ZOO_UNET_HU, 0},
    {"resnet18", "ResNet-18 (basic blocks)", SEG_ZOO_RESNET, 18},
    {"resnet34", "ResNet-34 (basic blocks)", SEG_ZOO_RESNET, 34},
    {"resnet50", "ResNet-50 (bottlenecks)", SEG_ZOO_RESNET, 50},
    {"resnet101", "ResNet-101 (bottlenecks)", SEG_ZOO_RESNET, 101},
    {"efficientnet-lite0", "EfficientNet-Lite0", SEG_ZOO_EFFICIENTNET, 0},
    {"efficientnet-lite1", "EfficientNet-Lite1", SEG_ZOO_EFFICIENTNET, 1},
    {"efficientnet-lite2", "EfficientNet-Lite2", SEG_ZOO_EFFICIENTNET, 2},
    {"mobilenetv2", "MobileNetV2", SEG_ZOO_MOBILENET, 2},
    {"mobilenetv3-large", "MobileNetV3-Large", SEG_ZOO_MOBILENET, 3},
    {"vgg16", "VGG-16", SEG_ZOO_VGG, 0},
    {"vgg16-bn", "VGG-16 with batch normalization", SEG_ZOO_VGG, 1},
    {"resnet20-cifar", "ResNet-20 for 32x32 images", SEG_ZOO_CIFAR, 20},
    {"resnet56-cifar", "ResNet-56 for 32x32 images", SEG_ZOO_CIFAR, 56},
    {"vit-tiny", "Segmenter: ViT, 12 layers of 192, 3 heads", SEG_ZOO_VIT, 0},
    {"vit-small", "Segmenter: ViT, 12 layers of 384, 6 heads", SEG_ZOO_VIT, 1},
    {"vit-base", "Segmenter: ViT, 12 layers of 768, 12 heads", SEG_ZOO_VIT, 2},
    {"vit-large", "Segmenter: ViT, 24 layers of 1024, 16 heads", SEG_ZOO_VIT,
        3},
    {NULL, NULL, 0, 0},
};

const struct seg_zoo_decoder seg_zoo_decoders[] = {
    {"fcn", "one 3x3 convolution", FCN},
    {"unet", "U-Net decoder", UNET},
    {"deeplabv2", "sum of dilated 3x3 classifiers", DEEPLABV2},
    {"deeplabv3plus", "DeepLabV3+ decoder", DEEPLAB},
    {"aspp", "atrous spatial pyramid pooling", ASPP},
    {"fpn", "feature pyramid", FPN},
    {"lraspp", "Lite R-ASPP", LRASPP},
    {"hypercolumn", "all stages reduced and concatenated", HYPERCOLUMN},
    {"linear", "all stages concatenated", LINEAR},
    {NULL, NULL, 0},
};

/* By variant. */
static const struct seg_vit vits[] = {
    {.width = 192, .layers = 12, .heads = 3},
    {.width = 384, .layers = 12, .heads = 6},
    {.width = 768, .layers = 12, .heads = 12},
    {.width = 1024, .layers = 24, .heads = 16},
};

static struct seg_encoded
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
    if (o->branches && within(o->branches, 2, MAX_BRANCHES, "branches", e))
        return -1;
    if (within(o->bands, 0, MAX_CHANNELS, "bands", e) ||
        within(o->classes, 0, MAX_CHANNELS, "classes", e) ||
        within(o->depth, 0, MAX_DEPTH, "depth", e) ||
        within(o->width, 0, MAX_CHANNELS >> (MAX_DEPTH - 1), "width", e) ||
        within(p->width, 0, MAX_CHANNELS, "projection width", e) ||
        within(p->hidden, 0, MAX_CHANNELS, "projection hidden", e) ||
        within(p->layers, 0, MAX_LAYERS, "projection layers", e))
        return -1;
    return 0;
}

/* True if the encoder has the decoder. */
static int
has_decoder(const struct seg_zoo_encoder *encoder,
    const struct seg_zoo_decoder *decoder)
{
    switch (encoder->family) {
    case SEG_ZOO_UNET:
    case SEG_ZOO_UNET_HU:
    case SEG_ZOO_VIT:
        return 0;
    case SEG_ZOO_CIFAR:
        return decoder->kind == FCN;
    default:
        return 1;
    }
}

int
seg_zoo_arch(struct seg_zoo_arch *arch, int i)
{
    for (const struct seg_zoo_encoder *n = seg_zoo_encoders; n->name; n++) {
        *arch = (struct seg_zoo_arch){.encoder = n};
        snprintf(arch->name, sizeof arch->name, "%s", n->name);
        if (i-- == 0)
            return 0;
        for (const struct seg_zoo_decoder *d = seg_zoo_decoders; d->name; d++)
            if (has_decoder(n, d) && i-- == 0) {
                arch->decoder = d;
                snprintf(
                    arch->name, sizeof arch->name, "%s-%s", n->name, d->name);
                return 0;
            }
    }
    return -1;
}

int
seg_zoo_find(struct seg_zoo_arch *arch, const char *name, struct seg_err *e)
{
    for (int i = 0; !seg_zoo_arch(arch, i); i++)
        if (!strcmp(arch->name, name))
            return 0;
    return seg_fail(e, SEG_EUSAGE, "%s: no such architecture", name);
}

int
seg_zoo_dilates(const struct seg_zoo_arch *arch)
{
    return has_decoder(arch->encoder, seg_zoo_decoders + 1);
}

int
seg_zoo_branches(const struct seg_zoo_arch *arch)
{
    return arch->decoder && arch->decoder->kind == DEEPLABV2;
}

/* The output stride if none is given. */
static int
default_stride(const struct seg_zoo_arch *arch)
{
    int kind = arch->decoder ? arch->decoder->kind : LAST;

    if (kind == DEEPLABV2)
        return 8;
    return arch->encoder->family == SEG_ZOO_RESNET || kind == DEEPLAB ||
                   kind == LRASPP || kind == ASPP
               ? 16
               : 32;
}

static struct seg_encoded
encode(struct seg_builder *t, const struct seg_zoo_arch *arch,
    const struct seg_zoo_opts *o)
{
    int variant = arch->encoder->variant;
    int stride = o->output_stride ? o->output_stride : default_stride(arch);

    switch (arch->encoder->family) {
    case SEG_ZOO_UNET:
        return seg_zoo_unet(
            t, &(struct seg_unet){.width = o->width ? o->width : 32,
                   .depth = o->depth ? o->depth : 4,
                   .norm = o->norm,
                   .leaky = o->leaky});
    case SEG_ZOO_UNET_HU:
        return seg_zoo_unet_hu(
            t, o->width ? o->width : 64, o->depth ? o->depth : 4);
    case SEG_ZOO_VIT:
        return vit(t, variant, o);
    case SEG_ZOO_RESNET:
        return seg_zoo_resnet(t, variant, stride, o->small_stem);
    case SEG_ZOO_EFFICIENTNET:
        return seg_zoo_efficientnet(t, variant, stride);
    case SEG_ZOO_MOBILENET:
        return seg_zoo_mobilenet(t, variant, stride);
    case SEG_ZOO_VGG:
        return seg_zoo_vgg(t, variant, stride);
    default:
        return seg_zoo_cifar(t, variant);
    }
}

/* Appends the decoder; returns its last node. */
static const char *
decode(struct seg_builder *t, int decoder, const struct seg_encoded *encoded)
{
    switch (decoder) {
    case FCN:
        return seg_zoo_fcn(t, encoded);
    case DEEPLAB:
        return seg_zoo_deeplab(t, encoded);
    case ASPP:
        return seg_zoo_aspp(t, encoded);
    case UNET:
        return seg_zoo_unet_decoder(t, encoded);
    case FPN:
        return seg_zoo_fpn(t, encoded);
    case LRASPP:
        return seg_zoo_lraspp(t, encoded);
    case HYPERCOLUMN:
        return seg_zoo_hypercolumn(t, encoded);
    case LINEAR:
        return seg_zoo_concat(t, encoded);
    default:
        return encoded->high;
    }
}

/* True if the network classifies whole images. */
static int
is_pooled(const struct seg_zoo_arch *arch)
{
    return arch->encoder->family == SEG_ZOO_CIFAR && !arch->decoder;
}

static void
add_head(struct seg_builder *t, const struct seg_zoo_arch *arch,
    const struct seg_zoo_opts *o, const struct seg_encoded *encoded,
    const char *end)
{
    int classes = o->classes ? o->classes : is_pooled(arch) ? 10 : 2;
    int full_size =
        encoded->stride == 1 || (arch->decoder && arch->decoder->kind == UNET);

    if (o->head == SEG_ZOO_PROJECTION)
        seg_zoo_add_projection(t, end, &o->projection);
    else if (o->head == SEG_ZOO_CLASSIFIER && is_pooled(arch))
        seg_builder_node(t, "linear", "conv",
            seg_builder_bare(t, "pool", "global_avgpool", end),
            "c=%d k=1 bias=1", classes);
    else if (o->head == SEG_ZOO_CLASSIFIER &&
             arch->encoder->family == SEG_ZOO_VIT)
        seg_zoo_add_segmenter(t, encoded, o->decoder, classes, o->no_drop);
    else if (o->head == SEG_ZOO_CLASSIFIER && seg_zoo_branches(arch))
        seg_zoo_add_deeplabv2(
            t, end, classes, o->branches ? o->branches : MAX_BRANCHES);
    else if (o->head == SEG_ZOO_CLASSIFIER)
        seg_zoo_add_classifier(t, end, classes, full_size ? NULL : "image", 0);
}

char *
seg_zoo_text(struct seg_arena *a, const char *name,
    const struct seg_zoo_opts *o, struct seg_err *e)
{
    struct seg_zoo_arch arch;
    struct seg_builder t;

    if (seg_zoo_find(&arch, name, e) || check(o, e))
        return NULL;
    int decoder = arch.decoder ? arch.decoder->kind : LAST;
    seg_builder_begin(&t, a, "", e);
    seg_builder_add(&t, "# %s: %s%s%s\n", arch.name, arch.encoder->about,
        arch.decoder ? ", " : "", arch.decoder ? arch.decoder->about : "");
    seg_builder_node(
        &t, "image", "input", "-", "c=%d", o->bands ? o->bands : 3);
    struct seg_encoded encoded = encode(&t, &arch, o);
    add_head(&t, &arch, o, &encoded, decode(&t, decoder, &encoded));
    return seg_builder_end(&t);
}
