#include <stdio.h>
#include <string.h>

#include "lib/net/head.h"
#include "lib/zoo/parts.h"

enum { PROBE = 256, WIDTH = 256, GRID = 64 };
enum { MAX_LAYERS = 8, MAX_CHANNELS = 65536 };

/* The multiple to which images are padded; 0: no padding. */
static int
padding(const struct seg_net *net)
{
    for (int i = 0; i < seg_net_steps(net); i++)
        if (!strcmp(seg_net_step(net, i)->op->name, "pad"))
            return (int)seg_net_step(net, i)->set[0];
    return 0;
}

/* 1 if the value of the node is smaller than the image, 0 if not, -1 with e. */
static int
is_smaller(const char *text, const char *name, const char *node, char **input,
    int *scale, struct seg_arena *a, struct seg_err *e)
{
    struct seg_net *net;
    struct seg_net_plan plan = {
        .n = 1, .h = PROBE, .w = PROBE, .threads = 1, .last = node};
    int answer = -1;

    if (seg_net_parse(&net, text, name, e))
        return -1;
    if (seg_net_plan(net, &plan, e) == 0) {
        const struct seg_value *v = seg_net_value(net, node);
        answer = v->h != PROBE || v->w != PROBE;
        *scale = padding(net);
        *input = seg_take_string(a, seg_net_step(net, 0)->name, e);
    }
    seg_net_free(net);
    return answer < 0 || !*input ? -1 : answer;
}

void
seg_zoo_add_classifier(struct seg_builder *t, const char *backbone, int classes,
    const char *image, int scale)
{
    seg_builder_node(
        t, SEG_NODE_CLASSIFIER, "conv", backbone, "c=%d k=1 bias=1", classes);
    if (image && scale)
        seg_builder_node(t, SEG_NODE_OUTPUT, "resize", SEG_NODE_CLASSIFIER,
            "scale=%d like=%s", scale, image);
    else if (image)
        seg_builder_node(t, SEG_NODE_OUTPUT, "resize", SEG_NODE_CLASSIFIER,
            "like=%s", image);
}

void
seg_zoo_add_deeplabv2(
    struct seg_builder *t, const char *backbone, int classes, int branches)
{
    const char *all = "";

    for (int i = 0; i < branches; i++) {
        const char *name = seg_builder_name(t, SEG_NODE_CLASSIFIER ".%d", i);
        seg_builder_node(t, name, "conv", backbone,
            "c=%d k=3 d=%d bias=1 std=0.01", classes, 6 * (i + 1));
        all = seg_builder_name(t, "%s%s%s", all, i ? "," : "", name);
    }
    seg_builder_bare(t, SEG_NODE_CLASSIFIER, "add", all);
    seg_builder_node(
        t, SEG_NODE_OUTPUT, "resize", SEG_NODE_CLASSIFIER, "like=image");
}

void
seg_zoo_add_projection(
    struct seg_builder *t, const char *backbone, const struct seg_projection *p)
{
    int released = p->kind == SEG_PROJECTION_RELEASED;
    int paper = p->kind == SEG_PROJECTION_PAPER;
    int layers = p->layers ? p->layers : paper ? 3 : 2;
    int width = p->width ? p->width : WIDTH;
    const char *x = backbone;
    char stride[20] = "";

    if (!p->stride)
        x = seg_builder_node(t, SEG_NODE_PROJECTION_GRID, "resize", x,
            "mode=nearest align=1 h=%d w=%d", p->grid_h ? p->grid_h : GRID,
            p->grid_w ? p->grid_w : GRID);
    else if (p->stride > 1)
        snprintf(stride, sizeof stride, " s=%d", p->stride);
    for (int i = 0; i < layers; i++) {
        int last = i + 1 == layers;
        x = seg_builder_node(t,
            seg_builder_name(t, SEG_NODE_PROJECTION ".%d", i), "conv", x,
            "c=%d k=1%s%s%s", last || !p->hidden ? width : p->hidden,
            i ? "" : stride, last || !released ? " bias=1" : "",
            last || !paper ? "" : " act=relu");
        if (released && !last)
            x = seg_builder_node(t,
                seg_builder_name(t, SEG_NODE_PROJECTION ".%d.bn", i), "bn", x,
                "act=relu");
    }
    seg_builder_bare(t, SEG_NODE_PROJECTION ".norm", "l2norm", x);
}

char *
seg_zoo_classifier(struct seg_arena *a, const char *text, const char *name,
    const char *backbone, int classes, struct seg_err *e)
{
    struct seg_builder t;
    char *image = NULL;
    int scale = 0,
        smaller = is_smaller(text, name, backbone, &image, &scale, a, e);

    if (smaller < 0)
        return NULL;
    seg_builder_begin(&t, a, text, e);
    seg_zoo_add_classifier(
        &t, backbone, classes, smaller ? image : NULL, scale);
    return seg_builder_end(&t);
}

char *
seg_zoo_projection(struct seg_arena *a, const char *text, const char *backbone,
    const struct seg_projection *p, struct seg_err *e)
{
    struct seg_builder t;

    seg_builder_begin(&t, a, text, e);
    seg_zoo_add_projection(&t, backbone, p);
    return seg_builder_end(&t);
}

/* Bytes of a text up to the end of the line that defines the node. */
static size_t
end_of_node(const char *text, const char *node)
{
    size_t n = strlen(node);
    const char *line = text;

    while (strncmp(line, node, n) || line[n] != ' ')
        line = strchr(line, '\n') + 1;
    return (size_t)(strchr(line, '\n') + 1 - text);
}

char *
seg_zoo_second_head(struct seg_arena *a, const char *text, const char *backbone,
    int channels, struct seg_err *e)
{
    struct seg_builder t;
    size_t n = end_of_node(text, backbone);
    char *head = seg_take_text(a, e, "%.*s", (int)n, text);

    if (!head)
        return NULL;
    seg_builder_begin(&t, a, head, e);
    seg_builder_node(
        &t, SEG_NODE_PROJECTION, "conv", backbone, "c=%d k=1 bias=1", channels);
    seg_builder_add(&t, "%s", text + n);
    return seg_builder_end(&t);
}

char *
seg_zoo_image_projection(struct seg_arena *a, const char *text,
    const char *name, const struct seg_image_projection *p, struct seg_err *e)
{
    struct seg_builder t;
    int channels, layers = p->layers ? p->layers : 2;

    if (layers < 0 || layers > MAX_LAYERS || p->hidden < 0 ||
        p->hidden > MAX_CHANNELS || p->embedding < 0 ||
        p->embedding > MAX_CHANNELS) {
        seg_fail(e, SEG_EUSAGE,
            "projection of %d layers, %d hidden and %d last channels: want at "
            "most %d layers and %d channels",
            layers, p->hidden, p->embedding, MAX_LAYERS, MAX_CHANNELS);
        return NULL;
    }
    const char *bare = seg_net_end_at(a, text, name, p->node, &channels, e);
    if (!bare)
        return NULL;
    seg_builder_begin(&t, a, bare, e);
    const char *x = seg_builder_bare(
        &t, SEG_NODE_PROJECTION_POOL, "global_avgpool", p->node);
    for (int i = 0; i < layers; i++) {
        int last = i + 1 == layers;
        int wide = p->hidden ? p->hidden : channels;
        x = seg_builder_node(&t,
            seg_builder_name(&t, SEG_NODE_PROJECTION ".%d", i), "conv", x,
            "c=%d k=1 bias=1%s",
            !last          ? wide
            : p->embedding ? p->embedding
                           : WIDTH,
            last || p->linear ? "" : " act=relu");
    }
    seg_builder_bare(&t, SEG_NODE_PROJECTION ".norm", "l2norm", x);
    return seg_builder_end(&t);
}
