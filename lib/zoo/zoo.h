/*
 * Network texts (seg-net(5)) of the architectures and heads.
 *
 * An architecture consists of an encoder, optionally a decoder, and a head; its
 * name is ENCODER[-DECODER], for example resnet50-deeplabv3plus.  Nodes of
 * encoders have the names of published weights, so that these load by name.
 * Functions return text in memory from arena a, or NULL with e filled.
 */
#ifndef SEG_ZOO_ZOO_H
#define SEG_ZOO_ZOO_H

#include "lib/base/arena.h"

enum seg_projection_kind {
    /* 1x1 convolutions with bias, ReLU between them */
    SEG_PROJECTION_PAPER,
    /* n-1 times [1x1 without bias, bn, ReLU], then 1x1 with bias */
    SEG_PROJECTION_RELEASED,
    /* 1x1 convolutions with bias, nothing between them (Hu et al.) */
    SEG_PROJECTION_LINEAR
};

struct seg_projection {
    enum seg_projection_kind kind;
    int width;          /* channels of the embedding, 0: 256 */
    int layers;         /* 0: 3 for PAPER, else 2 */
    int grid_h, grid_w; /* grid of pixels for the loss, 0: 64 */
    int stride; /* instead of a grid: the first layer takes the pixels 0,
                   stride, 2 stride, ...; 0: grid */
    int hidden; /* channels of the layers but the last, 0: as width */
};

enum seg_zoo_vit_decoder { SEG_ZOO_MASK, SEG_ZOO_LINEAR };
enum seg_zoo_tokens {
    SEG_ZOO_CLASS_TOKEN,
    SEG_ZOO_DISTILLED,
    SEG_ZOO_NO_TOKEN
};
enum seg_zoo_norm {
    SEG_ZOO_BATCH,
    SEG_ZOO_INSTANCE, /* with a scale and a shift for each channel */
    SEG_ZOO_GROUP,    /* groups: 8, or fewer that divide the channels */
    SEG_ZOO_NO_NORM   /* convolutions have a bias instead */
};
enum seg_zoo_head { SEG_ZOO_CLASSIFIER, SEG_ZOO_PROJECTION, SEG_ZOO_HEADLESS };

/* Settings; 0 means the default of the architecture. */
struct seg_zoo_opts {
    int bands; /* channels of the image, 3 */
    /* of the classifier, 2; 10 for CIFAR-10 image classification */
    int classes;
    /* unet, unet-hu: channels at full resolution, 32; 64 */
    int width;
    /* unet, unet-hu: number of levels, 4; channels double with each; unet-hu
       has a center below them */
    int depth;
    enum seg_zoo_norm norm; /* unet */
    int leaky;              /* unet: leaky ReLU, not ReLU */
    int small_stem;         /* resnets: stride 1 before the first stage */
    /* encoders with decoders: 8, 16 or 32; deeplabv2 8, resnets and other
       decoders that are made for dilation 16, others 32 */
    int output_stride;
    int branches; /* deeplabv2: convolutions of the classifier, 2 to 4; 4 */
    int patch;    /* vit: side of a patch, 8, 16 or 32; 16 */
    int image_h, image_w; /* vit: size of the positional embedding, 256 */
    enum seg_zoo_vit_decoder decoder; /* vit */
    enum seg_zoo_tokens tokens;       /* vit: tokens besides the patches */
    int no_drop;                      /* vit: no dropout, no stochastic depth */
    enum seg_zoo_head head;
    struct seg_projection projection;
};

enum seg_zoo_family {
    SEG_ZOO_UNET,
    SEG_ZOO_UNET_HU,
    SEG_ZOO_RESNET,
    SEG_ZOO_CIFAR,
    SEG_ZOO_VIT,
    SEG_ZOO_EFFICIENTNET,
    SEG_ZOO_MOBILENET,
    SEG_ZOO_VGG
};

struct seg_zoo_encoder {
    const char *name;
    const char *about; /* a few words */
    enum seg_zoo_family family;
    int variant; /* private to lib/zoo */
};

struct seg_zoo_decoder {
    const char *name;
    const char *about;
    int kind; /* private to lib/zoo */
};

/* All encoders and all decoders; the last ones have name NULL. */
extern const struct seg_zoo_encoder seg_zoo_encoders[];
extern const struct seg_zoo_decoder seg_zoo_decoders[];

struct seg_zoo_arch {
    char name[40];
    const struct seg_zoo_encoder *encoder;
    const struct seg_zoo_decoder *decoder; /* NULL: none */
};

/* Fills architecture number i, from 0 on; -1 if there are no more. */
int seg_zoo_arch(struct seg_zoo_arch *arch, int i);

/* Fills the architecture of that name; SEG_EUSAGE if there is none. */
int seg_zoo_find(struct seg_zoo_arch *arch, const char *name,
    struct seg_err *e) SEG_MUST_USE;

/* True if the output stride can be chosen. */
int seg_zoo_dilates(const struct seg_zoo_arch *arch);
/* True if the classifier has branches. */
int seg_zoo_branches(const struct seg_zoo_arch *arch);

/*
 * The text of a whole network.  Fails with SEG_EUSAGE for an unknown name or an
 * invalid setting; settings that the architecture or head does not use are
 * ignored.
 */
char *seg_zoo_text(struct seg_arena *a, const char *name,
    const struct seg_zoo_opts *opts, struct seg_err *e) SEG_MUST_USE;

/*
 * Appends a classifier to a text without head (seg_net_remove_head) after its
 * node backbone.
 *
 * The classifier is a 1x1 convolution with bias, `classifier`, followed by
 * `output`, a bilinear resize to the size of the image if the backbone is
 * smaller.  Messages begin with name, the file of the text.
 */
char *seg_zoo_classifier(struct seg_arena *a, const char *text,
    const char *name, const char *backbone, int classes,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Inserts a node `projection` behind the backbone, which a classifier may stand
 * on too: a 1x1 convolution to that many channels, not normalized.
 */
char *seg_zoo_second_head(struct seg_arena *a, const char *text,
    const char *backbone, int channels, struct seg_err *e) SEG_MUST_USE;

/*
 * Appends a projection head (Zhao et al., 2012.06985): features sampled on the
 * grid (`projection.grid`) if there is one, the layers (`projection.0`, ...),
 * and scaling to unit length (`projection.norm`).
 */
char *seg_zoo_projection(struct seg_arena *a, const char *text,
    const char *backbone, const struct seg_projection *p,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The network that maps a whole image to one vector: the part of a text that
 * computes `node`, then global average pooling (`projection.pool`), linear
 * layers (`projection.0`, ...), and scaling to unit length (`projection.norm`).
 * The output is n,1,1,embedding.  With ReLU it is the head of SimCLR (Chen et
 * al., 2002.05709).
 */
struct seg_image_projection {
    const char *node; /* any node of the backbone */
    int layers;       /* 0: 2 */
    int hidden;       /* channels of all layers but the last; 0: as the node */
    int embedding;    /* 0: 256 */
    int linear;       /* no ReLU between the layers (Hu et al., 2021) */
};

/*
 * Appends it to the text of file `name`.  Nodes that `node` does not need, for
 * example a decoder and a head, are left out, and those that stay keep their
 * names.  SEG_EUSAGE if no node of the backbone has this name or if a number is
 * out of range.
 */
char *seg_zoo_image_projection(struct seg_arena *a, const char *text,
    const char *name, const struct seg_image_projection *p,
    struct seg_err *e) SEG_MUST_USE;

#endif
