/*
 * Network texts (seg-net(5)) of the architectures and heads.
 *
 * An architecture consists of a backbone, optionally a decoder, and a head; its
 * name is BACKBONE[-DECODER], for example resnet50-deeplabv3plus.  Nodes have
 * the names of torchvision (ResNets, after "backbone.") and of akamaster's
 * CIFAR networks, so that checkpoints load by name.  Functions return text in
 * memory from arena a, or NULL with e filled.
 */
#ifndef SEG_ZOO_ZOO_H
#define SEG_ZOO_ZOO_H

#include "lib/base/arena.h"

enum seg_projection_kind {
    /* 1x1 convolutions with bias, ReLU between them */
    SEG_PROJECTION_PAPER,
    /* n-1 times [1x1 without bias, bn, ReLU], then 1x1 with bias */
    SEG_PROJECTION_RELEASED
};

struct seg_projection {
    enum seg_projection_kind kind;
    int width;          /* channels of every layer, 0: 256 */
    int layers;         /* 0: 3 for PAPER, 2 for RELEASED */
    int grid_h, grid_w; /* grid of pixels for the loss, 0: 64 */
};

enum seg_zoo_decoder { SEG_ZOO_MASK, SEG_ZOO_LINEAR };
enum seg_zoo_tokens {
    SEG_ZOO_CLASS_TOKEN,
    SEG_ZOO_DISTILLED,
    SEG_ZOO_NO_TOKEN
};
enum seg_zoo_head { SEG_ZOO_CLASSIFIER, SEG_ZOO_PROJECTION, SEG_ZOO_HEADLESS };

/* Settings; 0 means the default of the architecture. */
struct seg_zoo_opts {
    int bands; /* channels of the image, 3 */
    /* of the classifier, 2; 10 for CIFAR-10 image classification */
    int classes;
    int width; /* unet: channels at full resolution, 32 */
    /* unet: number of resolutions, 4; channels double with each */
    int depth;
    int output_stride;    /* resnets: 8, 16 or 32; 16 */
    int patch;            /* vit: side of a patch, 8, 16 or 32; 16 */
    int image_h, image_w; /* vit: size of the positional embedding, 256 */
    enum seg_zoo_decoder decoder; /* vit */
    enum seg_zoo_tokens tokens;   /* vit: tokens besides the patches */
    int no_drop;                  /* vit: no dropout, no stochastic depth */
    enum seg_zoo_head head;
    struct seg_projection projection;
};

enum seg_zoo_backbone {
    SEG_ZOO_UNET,
    SEG_ZOO_RESNET,
    SEG_ZOO_CIFAR,
    SEG_ZOO_VIT,
    SEG_ZOO_EFFICIENTNET
};

struct seg_zoo_arch {
    const char *name;
    const char *about; /* description of one line */
    enum seg_zoo_backbone backbone;
    int layers, decoder; /* private to lib/zoo */
};

/* All architectures; the last one has name NULL. */
extern const struct seg_zoo_arch seg_zoo_archs[];

/* The architecture of that name; NULL with SEG_EUSAGE if there is none. */
const struct seg_zoo_arch *seg_zoo_find(const char *name, struct seg_err *e);

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
 * Appends a projection head (Zhao et al., 2012.06985): features sampled on the
 * grid (`projection.grid`), the layers (`projection.0`, ...), and scaling to
 * unit length (`projection.norm`).
 */
char *seg_zoo_projection(struct seg_arena *a, const char *text,
    const char *backbone, const struct seg_projection *p,
    struct seg_err *e) SEG_MUST_USE;

#endif
