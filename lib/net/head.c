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

/* Copies text without the lines of heads; returns the end of the copy. */
static char *
copy_backbone(char *to, const struct seg_net *net)
{
    const char *p = net->text;
    int i = 0;

    for (int line = 1; *p; line++) {
        size_t n = strcspn(p, "\n");
        n += p[n] == '\n';
        while (i < net->nsteps && net->step[i].line < line)
            i++;
        if (i == net->nsteps || net->step[i].line != line ||
            !seg_net_is_head(net, net->step[i].name)) {
            memcpy(to, p, n);
            to += n;
        }
        p += n;
    }
    return to;
}

char *
seg_net_remove_head(struct seg_arena *a, const char *text, const char *name,
    const char **backbone, struct seg_err *e)
{
    struct seg_net *net;
    char *out = NULL;

    if (seg_net_parse_graph(&net, text, name, e))
        return NULL;
    int i = find_backbone(net, e);
    if (i >= 0) {
        *backbone = seg_take_string(a, net->step[i].name, e);
        out = *backbone ? seg_take_dirty(a, strlen(text) + 1, 1, e) : NULL;
    }
    if (out)
        *copy_backbone(out, net) = 0;
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
