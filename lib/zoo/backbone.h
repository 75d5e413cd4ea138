/*
 * The parts that seg_zoo_text puts together: backbones, decoders and heads.
 *
 * Each adds its nodes to a text; backbones and decoders return their last one.
 */
#ifndef SEG_ZOO_BACKBONE_H
#define SEG_ZOO_BACKBONE_H

#include "lib/zoo/builder.h"
#include "lib/zoo/zoo.h"

/* Where a decoder may stand. */
struct seg_backbone {
    const char *low;  /* features at a quarter of the image; NULL: none */
    const char *high; /* the last node */
    int channels;     /* of high */
    int stride;       /* of high */
};

/* Without bias; a stride or dilation of 1 is left out of the line. */
const char *seg_zoo_conv(struct seg_builder *t, const char *name,
    const char *in, int c, int k, int stride, int dilation);

/* name.0 and name.1: convolution without bias, batch norm, ReLU. */
const char *seg_zoo_conv_bn(struct seg_builder *t, const char *name,
    const char *in, int c, int k, int dilation);

/*
 * Ronneberger et al., 1505.04597, in today's form: same padding, batch norm.
 * PyTorch's names for ModuleLists down, up and merge.
 */
struct seg_backbone seg_zoo_unet(struct seg_builder *t, int width, int depth);

/* He et al., 1512.03385: layers 18, 34, 50 or 101, torchvision's names. */
struct seg_backbone seg_zoo_resnet(
    struct seg_builder *t, int layers, int stride);

/* The same paper, section 4.2: layers 20 or 56, shortcuts without weights. */
struct seg_backbone seg_zoo_cifar(struct seg_builder *t, int layers);

/* torchvision's FCNHead without its last convolution. */
const char *seg_zoo_fcn(
    struct seg_builder *t, const struct seg_backbone *backbone);

/*
 * Chen et al., 1802.02611.  Rates 6, 12, 18 at output stride 16, in proportion
 * at others.
 */
const char *seg_zoo_deeplab(
    struct seg_builder *t, const struct seg_backbone *backbone);

/* A vision transformer (Dosovitskiy et al., 2010.11929), timm's names under
   encoder.; its last node is the grid of patch tokens, normalized. */
struct seg_vit {
    int width, layers, heads, patch;
    int h, w; /* images that the position embedding is for, 0: 256 */
    enum seg_zoo_tokens tokens;
    int no_drop;
};
struct seg_backbone seg_zoo_vit(struct seg_builder *t, const struct seg_vit *v);

/* Segmenter's decoders (Strudel et al., 2105.05633) and the output, under the
   authors' names. */
void seg_zoo_add_segmenter(struct seg_builder *t,
    const struct seg_backbone *backbone, enum seg_zoo_decoder decoder,
    int classes, int no_drop);

/*
 * image: the node whose size the output takes; NULL where it has it.  scale: by
 * how much it is larger, padding included; 0: no padding.
 */
void seg_zoo_add_classifier(struct seg_builder *t, const char *backbone,
    int classes, const char *image, int scale);
void seg_zoo_add_projection(struct seg_builder *t, const char *backbone,
    const struct seg_projection *p);

#endif
