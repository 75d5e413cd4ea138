/*
 * Network texts (seg-net(5)) of the architectures, and of the heads.
 *
 * An architecture is a backbone, perhaps a decoder, and a head; its name is
 * BACKBONE[-DECODER].  Node names are those of torchvision (ResNets, under
 * backbone.) and of akamaster's CIFAR networks, so that checkpoints load by
 * name.  Every function returns text in arena a, or NULL with e filled.
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
    int layers;         /* 0: 3 in the paper's form, 2 in the released one */
    int grid_h, grid_w; /* pixels that the loss compares, 0: 64 */
};

enum seg_zoo_decoder { SEG_ZOO_MASK, SEG_ZOO_LINEAR };
enum seg_zoo_tokens {
    SEG_ZOO_CLASS_TOKEN,
    SEG_ZOO_DISTILLED,
    SEG_ZOO_NO_TOKEN
};
enum seg_zoo_head { SEG_ZOO_CLASSIFIER, SEG_ZOO_PROJECTION, SEG_ZOO_HEADLESS };

/* What is 0 takes the architecture's own default. */
struct seg_zoo_opts {
    int bands;            /* channels of the image, 3 */
    int classes;          /* of the classifier, 2; 10 for images of CIFAR-10 */
    int width;            /* unet: channels of the first level, 32 */
    int depth;            /* unet: levels, 4; each doubles the channels */
    int output_stride;    /* resnets: 8, 16 or 32; 16 */
    int patch;            /* vit: side of a patch, 8, 16 or 32; 16 */
    int image_h, image_w; /* vit: of the position embedding, 256 */
    enum seg_zoo_decoder decoder; /* vit */
    enum seg_zoo_tokens tokens;   /* vit: besides the patches */
    int no_drop;                  /* vit: no dropout, no stochastic depth */
    enum seg_zoo_head head;
    struct seg_projection projection;
};

enum seg_zoo_backbone {
    SEG_ZOO_UNET,
    SEG_ZOO_RESNET,
    SEG_ZOO_CIFAR,
    SEG_ZOO_VIT
};

struct seg_zoo_arch {
    const char *name;
    const char *about; /* one line */
    enum seg_zoo_backbone backbone;
    int layers, decoder; /* for seg_zoo_text */
};

/* All architectures; name NULL behind the last. */
extern const struct seg_zoo_arch seg_zoo_archs[];

/* The one of that name; NULL, wrong use, if there is none. */
const struct seg_zoo_arch *seg_zoo_find(const char *name, struct seg_err *e);

/*
 * A whole network.  An unknown name and a value that is never taken are wrong
 * use; what this architecture or head has no use for is not looked at.
 */
char *seg_zoo_text(struct seg_arena *a, const char *name,
    const struct seg_zoo_opts *opts, struct seg_err *e) SEG_MUST_USE;

/*
 * Heads, appended to a text without one (seg_net_remove_head) on its node
 * backbone.
 *
 * The classifier is a 1x1 convolution with bias, `classifier`, and behind it,
 * where the backbone is smaller than the image, `output`: bilinear, to the
 * image's size.  name is the text's, for messages.
 */
char *seg_zoo_classifier(struct seg_arena *a, const char *text,
    const char *name, const char *backbone, int classes,
    struct seg_err *e) SEG_MUST_USE;

/*
 * The projection head (Zhao et al., 2012.06985): features sampled on the grid
 * (`projection.grid`), the layers (`projection.0`, ...), unit length
 * (`projection.norm`).
 */
char *seg_zoo_projection(struct seg_arena *a, const char *text,
    const char *backbone, const struct seg_projection *p,
    struct seg_err *e) SEG_MUST_USE;

#endif
