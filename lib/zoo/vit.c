#include "lib/net/head.h"
#include "lib/zoo/parts.h"

enum { SIDE = 256 };

/* Probabilities of dropout: of a whole branch for an image, and of single
   elements. */
struct drops {
    double path, number;
};

static const char *
linear(struct seg_builder *t, const char *name, const char *in, int c)
{
    return seg_builder_node(t, name, "conv", in, "c=%d k=1 bias=1", c);
}

static const char *
drop(struct seg_builder *t, const char *name, const char *in, double p,
    const char *more)
{
    if (p <= 0)
        return in;
    return seg_builder_node(t, name, "dropout", in, "p=%.6g%s", p, more);
}

/* branch + x; the branch comes first, so that prediction can fuse the sum into
   it. */
static const char *
residual(struct seg_builder *t, const char *name, const char *branch,
    const char *x, const struct drops *d)
{
    branch =
        drop(t, seg_builder_name(t, "%s.drop", name), branch, d->number, "");
    branch = drop(t, seg_builder_name(t, "%s.drop_path", name), branch, d->path,
        " mode=drop_path");
    return seg_builder_bare(t, seg_builder_name(t, "%s.add", name), "add",
        seg_builder_name(t, "%s,%s", branch, x));
}

/* A transformer block; nodes name.norm1, name.attn.qkv, ... as in timm. */
static const char *
block(struct seg_builder *t, const char *name, const char *x, int c, int heads,
    const struct drops *d)
{
    const char *attn = seg_builder_name(t, "%s.attn", name);
    const char *mlp = seg_builder_name(t, "%s.mlp", name);
    const char *y = seg_builder_bare(
        t, seg_builder_name(t, "%s.norm1", name), "layer_norm", x);

    y = linear(t, seg_builder_name(t, "%s.qkv", attn), y, 3 * c);
    y = seg_builder_node(t, attn, "attention", y, "heads=%d", heads);
    y = linear(t, seg_builder_name(t, "%s.proj", attn), y, c);
    x = residual(t, attn, y, x, d);
    y = seg_builder_bare(
        t, seg_builder_name(t, "%s.norm2", name), "layer_norm", x);
    y = linear(t, seg_builder_name(t, "%s.fc1", mlp), y, 4 * c);
    y = seg_builder_bare(t, seg_builder_name(t, "%s.act", mlp), "gelu", y);
    y = drop(t, seg_builder_name(t, "%s.act.drop", mlp), y, d->number, "");
    y = linear(t, seg_builder_name(t, "%s.fc2", mlp), y, c);
    return residual(t, mlp, y, x, d);
}

struct seg_encoded
seg_zoo_vit(struct seg_builder *t, const struct seg_vit *v)
{
    const char *patches = "encoder.patch_embed.proj", *x = "encoder.pad";
    int extra =
        v->tokens == SEG_ZOO_DISTILLED ? 2 : v->tokens == SEG_ZOO_CLASS_TOKEN;
    int h = ((v->h ? v->h : SIDE) + v->patch - 1) / v->patch;
    int w = ((v->w ? v->w : SIDE) + v->patch - 1) / v->patch;

    seg_builder_node(t, x, "pad", "image", "to=%d", v->patch);
    x = seg_builder_node(t, patches, "conv", x, "c=%d k=%d s=%d p=0 bias=1",
        v->width, v->patch, v->patch);
    if (extra > 1)
        x = seg_builder_bare(t, "encoder.dist_token", "class_token", x);
    if (extra)
        x = seg_builder_bare(t, "encoder.cls_token", "class_token", x);
    x = seg_builder_node(t, "encoder.pos_embed", "pos_embed", x,
        "h=%d w=%d extra=%d like=%s", h, w, extra, patches);
    for (int i = 0; i < v->layers; i++) {
        struct drops d = {.path = v->no_drop ? 0 : 0.1 * i / (v->layers - 1)};
        x = block(t, seg_builder_name(t, "encoder.blocks.%d", i), x, v->width,
            v->heads, &d);
    }
    x = seg_builder_bare(t, "encoder.norm", "layer_norm", x);
    x = seg_builder_node(
        t, "encoder.grid", "slice", x, "from=%d like=%s", extra, patches);
    return (struct seg_encoded){
        .high = x, .channels = v->width, .stride = v->patch};
}

/* Projects `in` by a matrix and scales the results to unit length. */
static const char *
unit_vectors(struct seg_builder *t, const char *name, const char *matrix,
    const char *in, int c)
{
    in = seg_builder_node(t, seg_builder_name(t, "decoder.%s", matrix), "tconv",
        in, "c=%d k=1 param=matrix", c);
    return seg_builder_bare(
        t, seg_builder_name(t, "decoder.%s.norm", name), "l2norm", in);
}

static const char *
mask_transformer(struct seg_builder *t, const struct seg_encoded *encoded,
    int classes, int no_drop)
{
    int c = encoded->channels;
    struct drops d = {.number = no_drop ? 0 : 0.1};
    const char *x = linear(t, "decoder.proj_dec", encoded->high, c);

    x = seg_builder_node(
        t, "decoder.cls_emb", "class_token", x, "count=%d at=end", classes);
    for (int i = 0; i < 2; i++)
        x = block(t, seg_builder_name(t, "decoder.blocks.%d", i), x, c,
            c < 64 ? 1 : c / 64, &d);
    x = seg_builder_bare(t, "decoder.decoder_norm", "layer_norm", x);
    const char *patch = seg_builder_node(
        t, "decoder.patches", "slice", x, "like=%s", encoded->high);
    patch = unit_vectors(t, "patches", "proj_patch", patch, c);
    const char *class = seg_builder_node(
        t, "decoder.classes", "slice", x, "count=%d at=end", classes);
    class = unit_vectors(t, "classes", "proj_classes", class, c);
    x = seg_builder_node(t, "decoder.masks", "matmul",
        seg_builder_name(t, "%s,%s", patch, class), "count=%d", classes);
    return seg_builder_bare(t, "decoder.mask_norm", "layer_norm", x);
}

void
seg_zoo_add_segmenter(struct seg_builder *t, const struct seg_encoded *encoded,
    enum seg_zoo_vit_decoder decoder, int classes, int no_drop)
{
    const char *x = decoder == SEG_ZOO_LINEAR
                        ? linear(t, "decoder.head", encoded->high, classes)
                        : mask_transformer(t, encoded, classes, no_drop);

    seg_builder_node(t, SEG_NODE_OUTPUT, "resize", x, "scale=%d like=image",
        encoded->stride);
}
