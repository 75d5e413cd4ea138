#include <string.h>

#include "lib/net/head.h"
#include "lib/net/tape.h"

/* If there is an encoder, the decoder belongs to the head. */
static int
has_encoder(const struct seg_net *net)
{
    for (int i = 0; i < net->nsteps; i++)
        if (!strncmp(net->step[i].name, "encoder.", 8))
            return 1;
    return 0;
}

int
seg_net_is_head(const struct seg_net *net, const char *name)
{
    static const char *const heads[] = {
        SEG_NODE_CLASSIFIER, SEG_NODE_PROJECTION, SEG_NODE_OUTPUT};

    for (int i = 0; i < 3; i++) {
        size_t n = strlen(heads[i]);
        if (!strncmp(name, heads[i], n) &&
            (!name[n] || (i < 2 && name[n] == '.')))
            return 1;
    }
    return !strncmp(name, "decoder.", 8) && has_encoder(net);
}

int
seg_net_ends_in_projection(const struct seg_net *net)
{
    const char *name = net->step[net->nsteps - 1].name;

    return !strncmp(name, SEG_NODE_PROJECTION, strlen(SEG_NODE_PROJECTION));
}

/* The backbone node that is the head's input, or -1. */
static int
find_backbone(const struct seg_net *net, struct seg_err *e)
{
    int backbone = -1;

    for (int i = 0; i < net->nsteps; i++) {
        const struct seg_step *s = net->step + i;
        int head = seg_net_is_head(net, s->name);
        for (int k = 0; k < s->nin; k++) {
            int in = (int)(s->in[k] - net->value);
            int below = seg_net_is_head(net, net->step[in].name);
            if (!head && below)
                return seg_step_fail(
                    s, e, "stands on the head '%s'", net->step[in].name);
            if (!head || below)
                continue;
            if (backbone >= 0 && backbone != in)
                return seg_step_fail(s, e,
                    "the head stands on two nodes, '%s' and '%s'",
                    net->step[backbone].name, net->step[in].name);
            backbone = in;
        }
    }
    if (backbone < 0)
        return seg_fail(e, SEG_EDATA,
            "%s: no head: no node named " SEG_NODE_CLASSIFIER
            ", " SEG_NODE_PROJECTION " or " SEG_NODE_OUTPUT,
            net->name);
    return backbone;
}

/* Copies text without the lines of nodes that are not marked in keep. */
static char *
copy_lines(struct seg_arena *a, const struct seg_net *net, const char *keep,
    struct seg_err *e)
{
    const char *p = net->text;
    char *to = seg_take_dirty(a, strlen(p) + 1, 1, e), *end = to;
    int i = 0;

    if (!to)
        return NULL;
    for (int line = 1; *p; line++) {
        size_t n = strcspn(p, "\n");
        n += p[n] == '\n';
        while (i < net->nsteps && net->step[i].line < line)
            i++;
        if (i == net->nsteps || net->step[i].line != line || keep[i]) {
            memcpy(end, p, n);
            end += n;
        }
        p += n;
    }
    *end = 0;
    return to;
}

char *
seg_net_remove_head(struct seg_arena *a, const char *text, const char *name,
    const char **backbone, struct seg_err *e)
{
    struct seg_net *net;
    char keep[SEG_NODES], *out = NULL;

    if (seg_net_parse_graph(&net, text, name, e))
        return NULL;
    int last = find_backbone(net, e);
    if (last >= 0)
        *backbone = seg_take_string(a, net->step[last].name, e);
    for (int i = 0; i < net->nsteps; i++)
        keep[i] = !seg_net_is_head(net, net->step[i].name);
    if (last >= 0 && *backbone)
        out = copy_lines(a, net, keep, e);
    seg_net_free(net);
    return out;
}

/* The index of a node, or -1. */
static int
find_end(const struct seg_net *net, const char *node, struct seg_err *e)
{
    struct seg_nearest near = {node, NULL, 0};
    int i = seg_net_find(net, net->nsteps, node);

    if (i >= 0 && seg_net_is_head(net, node))
        return seg_fail(e, SEG_EUSAGE,
            "%s: node '%s' belongs to the head: want one of the backbone",
            net->name, node);
    if (i >= 0)
        return i;
    for (int k = 0; k < net->nsteps; k++)
        seg_nearest_offer(&near, net->step[k].name);
    if (near.best)
        return seg_fail(e, SEG_EUSAGE,
            "%s: no node is named '%s'; did you mean '%s'?", net->name, node,
            near.best);
    return seg_fail(
        e, SEG_EUSAGE, "%s: no node is named '%s'", net->name, node);
}

/* Marks the nodes that a marked one reads, its input and output included. */
static void
mark_needed(char *keep, const struct seg_net *net, int end)
{
    memset(keep, 0, SEG_NODES);
    keep[0] = keep[end] = 1;
    for (int i = end; i > 0; i--) {
        const struct seg_step *s = net->step + i;
        for (int k = 0; keep[i] && k < s->nin; k++)
            keep[seg_net_node_of(net, s->in[k])] = 1;
        if (keep[i] && s->like)
            keep[seg_net_node_of(net, s->like)] = 1;
    }
}

char *
seg_net_end_at(struct seg_arena *a, const char *text, const char *name,
    const char *node, int *channels, struct seg_err *e)
{
    struct seg_net *net;
    char keep[SEG_NODES], *out = NULL;

    if (seg_net_parse_graph(&net, text, name, e))
        return NULL;
    int end = find_end(net, node, e);
    if (end >= 0) {
        *channels = net->value[end].c;
        mark_needed(keep, net, end);
        out = copy_lines(a, net, keep, e);
    }
    seg_net_free(net);
    return out;
}

/* ---- logits ---- */

static int
is_bilinear(const struct seg_step *s)
{
    for (int i = 0; s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, "mode"))
            return !strcmp(
                s->op->settings[i].words[(int)s->set[i]], "bilinear");
    return 0;
}

/* True for a bilinear resize to the size of the image, by a whole number if it
   has a scale. */
static int
only_enlarges(const struct seg_net *net, const struct seg_step *s)
{
    return !strcmp(s->op->name, "resize") && is_bilinear(s) &&
           s->like == net->step[0].out &&
           seg_step_setting(s, "scale") == (int)seg_step_setting(s, "scale");
}

void
seg_net_logits(struct seg_logits *l, const struct seg_net *net)
{
    const struct seg_step *s = net->step + net->nsteps - 1;

    *l = (struct seg_logits){.node = s->name};
    if (!only_enlarges(net, s))
        return;
    l->node = net->step[s->in[0] - net->value].name;
    l->enlarge = s;
    l->align = seg_step_setting(s, "align") > 0;
    l->scale = (int)seg_step_setting(s, "scale");
}

int
seg_logits_cover(const struct seg_logits *l, int h, int w, int image_h,
    int image_w, struct seg_err *e)
{
    int all_h = l->scale * h, all_w = l->scale * w;

    if (!l->scale || (all_h >= image_h && all_w >= image_w))
        return 0;
    return seg_step_fail(l->enlarge, e,
        "%d x %d cannot be cut out of %d x %d: the scale is too small", image_h,
        image_w, all_h, all_w);
}

struct seg_resize
seg_logits_resize(const struct seg_logits *l, int n, int h, int w, int c,
    int image_h, int image_w)
{
    int all_h = l->scale ? l->scale * h : image_h;
    int all_w = l->scale ? l->scale * w : image_w;
    int same = h == image_h && w == image_w && all_h == h && all_w == w;

    return (struct seg_resize){.n = n,
        .h = same ? 0 : h,
        .w = w,
        .c = c,
        .oh = image_h,
        .ow = image_w,
        .all_h = all_h,
        .all_w = all_w,
        .align = l->align};
}
