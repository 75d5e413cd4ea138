/*
 * Parts of network texts: encoders, decoders and heads.
 *
 * Each function appends its nodes to a text; encoders return their outputs,
 * decoders their last node.
 */
#ifndef SEG_ZOO_PARTS_H
#define SEG_ZOO_PARTS_H

#include "lib/zoo/builder.h"
#include "lib/zoo/zoo.h"

/* The outputs of an encoder that decoders use. */
enum { SEG_TAPS = 5 };

struct seg_encoded {
    /* last feature maps of the stages: 1/2, 1/4, 1/8, 1/16, 1/32 of the image
       size, or the size before them with dilation; NULL: none */
    const char *tap[SEG_TAPS];
    const char *high; /* last node */
    int channels;     /* of high */
    int stride;       /* of high */
};

/* The stride reached so far; what would exceed limit becomes dilation. */
struct seg_dilation {
    int limit, reached, dilation; /* limit, 1, 1 at first */
};

/* The stride of a stage, 1 if its dilation grows instead. */
int seg_zoo_stride(struct seg_dilation *d, int stride);

/* Convolution without bias; a stride or dilation of 1 is not written. */
const char *seg_zoo_conv(struct seg_builder *t, const char *name,
    const char *in, int c, int k, int stride, int dilation);

/* Nodes name.0 and name.1: convolution without bias, batch normalization,
   ReLU. */
const char *seg_zoo_conv_bn(struct seg_builder *t, const char *name,
    const char *in, int c, int k, int dilation);

/*
 * U-Net (Ronneberger et al., 1505.04597) with same padding and a normalization
 * after each 3x3 convolution.  Names as PyTorch gives to ModuleLists down, up
 * and merge.
 */
struct seg_unet {
    int width, depth;
    enum seg_zoo_norm norm;
    int leaky; /* leaky ReLU, not ReLU */
};
struct seg_encoded seg_zoo_unet(
    struct seg_builder *t, const struct seg_unet *u);

/*
 * U-Net of Hu et al. ("Semi-supervised contrastive learning for label-efficient
 * medical image segmentation", MICCAI 2021, as in their code): depth levels of
 * two [3x3 convolution, instance normalization without affine, leaky ReLU], a
 * center of two 3x3 convolutions with ReLU and a transposed one (`center.2`),
 * and a decoder of 3x3 convolutions with leaky ReLU.
 */
struct seg_encoded seg_zoo_unet_hu(struct seg_builder *t, int width, int depth);

/* ResNet (He et al., 1512.03385): layers 18, 34, 50 or 101; names of
   torchvision.  small_stem: the first convolution is 3x3 with stride 1, and no
   pooling follows (Lee et al., 2106.01596). */
struct seg_encoded seg_zoo_resnet(
    struct seg_builder *t, int layers, int stride, int small_stem);

/* ResNet for CIFAR (the same paper, section 4.2): layers 20 or 56; shortcuts
   without weights. */
struct seg_encoded seg_zoo_cifar(struct seg_builder *t, int layers);

/* EfficientNet-Lite (Tan and Le, 1905.11946, without squeeze-excitation and
   with ReLU6), variant 0, 1 or 2; names of lukemelas' PyTorch port, before its
   last convolution. */
struct seg_encoded seg_zoo_efficientnet(
    struct seg_builder *t, int variant, int stride);

/* MobileNetV2 (Sandler et al., 1801.04381) and V3-Large (Howard et al.,
   1905.02244): version 2 or 3; names of torchvision. */
struct seg_encoded seg_zoo_mobilenet(
    struct seg_builder *t, int version, int stride);

/* VGG-16 (Simonyan and Zisserman, 1409.1556); names of torchvision. */
struct seg_encoded seg_zoo_vgg(struct seg_builder *t, int norm, int stride);

/* FCNHead of torchvision without its last convolution. */
const char *seg_zoo_fcn(
    struct seg_builder *t, const struct seg_encoded *encoded);

/*
 * DeepLabV3+ decoder (Chen et al., 1802.02611).  Dilation rates 6, 12, 18 at
 * output stride 16, scaled in proportion for other strides.
 */
const char *seg_zoo_deeplab(
    struct seg_builder *t, const struct seg_encoded *encoded);

/*
 * Atrous spatial pyramid pooling (Chen et al., 1706.05587) on the last feature
 * map, with a quarter of its channels in each branch: 1x1, 3x3 with dilation
 * rates 6, 12 and 18 at any output stride (as Lee et al., 2106.01596), and the
 * mean of the image.
 */
const char *seg_zoo_aspp(
    struct seg_builder *t, const struct seg_encoded *encoded);

/*
 * U-Net decoder on the taps of any encoder: four times [nearest upsampling to
 * the next tap, concatenation, two 3x3 convolutions], then once more at the
 * size of the image; 256, 128, 64, 32 and 16 channels, as in
 * segmentation_models.pytorch.
 */
const char *seg_zoo_unet_decoder(
    struct seg_builder *t, const struct seg_encoded *encoded);

/*
 * Hypercolumns (Hariharan et al., 1411.5752): the taps from 1/4 on, reduced to
 * 48 channels, enlarged to the first of them and concatenated, then a 3x3
 * convolution with 128 channels.  A decoder of few weights.
 */
const char *seg_zoo_hypercolumn(
    struct seg_builder *t, const struct seg_encoded *encoded);

/*
 * Feature pyramid (Kirillov et al., 1901.02446): the taps from 1/4 on, reduced
 * to 256 channels and added from the deepest to the finest; each sum goes
 * through 3x3 convolutions with 128 channels to 1/4, and the four are added.
 * As in segmentation_models.pytorch, with batch instead of group normalization
 * and without dropout.
 */
const char *seg_zoo_fpn(
    struct seg_builder *t, const struct seg_encoded *encoded);

/* Lite R-ASPP (Howard et al., 1905.02244, section 6.3) on the taps at 1/32 and
   1/8; the two convolutions of torchvision's classifier are one on the
   concatenation of their inputs. */
const char *seg_zoo_lraspp(
    struct seg_builder *t, const struct seg_encoded *encoded);

/* The taps from 1/4 on, enlarged to the first of them and concatenated: no
   weights. */
const char *seg_zoo_concat(
    struct seg_builder *t, const struct seg_encoded *encoded);

/* Vision transformer (Dosovitskiy et al., 2010.11929); names of timm, after
   "encoder."; the last node is the normalized grid of patch tokens. */
struct seg_vit {
    int width, layers, heads, patch;
    int h, w; /* image size of the positional embedding, 0: 256 */
    enum seg_zoo_tokens tokens;
    int no_drop;
};
struct seg_encoded seg_zoo_vit(struct seg_builder *t, const struct seg_vit *v);

/* Decoders of Segmenter (Strudel et al., 2105.05633) and the output; names of
   the authors. */
void seg_zoo_add_segmenter(struct seg_builder *t,
    const struct seg_encoded *encoded, enum seg_zoo_vit_decoder decoder,
    int classes, int no_drop);

/*
 * Classifier, followed by a resize to the size of node `image` (NULL: none).
 * scale: factor of the resize, padding included; 0: without padding.
 */
void seg_zoo_add_classifier(struct seg_builder *t, const char *backbone,
    int classes, const char *image, int scale);
/*
 * The classifier of DeepLabV2 (Chen et al., 1606.00915): the sum of 3x3
 * convolutions with dilation 6, 12, 18 and 24 on the last feature map
 * (`classifier.0`, ...), whose weights are normal with deviation 0.01 at first,
 * resized to the size of node `image`.  branches: the first so many, 2 to 4.
 */
void seg_zoo_add_deeplabv2(
    struct seg_builder *t, const char *backbone, int classes, int branches);
void seg_zoo_add_projection(struct seg_builder *t, const char *backbone,
    const struct seg_projection *p);

#endif
