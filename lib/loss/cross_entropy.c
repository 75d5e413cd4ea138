#include <string.h>

#include "lib/kernel/upsample_ce.h"
#include "lib/loss/cross_entropy.h"

static int
is_bilinear(const struct seg_step *s)
{
    for (int i = 0; s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, "mode"))
            return !strcmp(
                s->op->settings[i].words[(int)s->set[i]], "bilinear");
    return 0;
}

const char *
seg_cross_entropy_node(struct seg_cross_entropy *l, const struct seg_net *net)
{
    int last = seg_net_steps(net) - 1;
    const struct seg_step *s = seg_net_step(net, last);

    l->top = NULL;
    l->align_corners = l->scale = 0;
    if (strcmp(s->op->name, "resize") || !is_bilinear(s) ||
        s->like != seg_net_step(net, 0)->out ||
        seg_step_setting(s, "scale") != (int)seg_step_setting(s, "scale"))
        return s->name;
    for (int i = 0; i < last; i++)
        if (seg_net_step(net, i)->out == s->in[0]) {
            l->align_corners = seg_step_setting(s, "align") > 0;
            l->scale = (int)seg_step_setting(s, "scale");
            l->top = s;
            return seg_net_step(net, i)->name;
        }
    return s->name;
}

int
seg_cross_entropy_covers(
    const struct seg_cross_entropy *l, int h, int w, struct seg_err *e)
{
    int all_h = l->scale * l->h, all_w = l->scale * l->w;

    if (!l->scale || (all_h >= h && all_w >= w))
        return 0;
    return seg_step_fail(l->top, e,
        "%d x %d cannot be cut out of %d x %d: the scale is too small", h, w,
        all_h, all_w);
}

int
seg_cross_entropy_plan(
    struct seg_cross_entropy *l, struct seg_arena *a, struct seg_err *e)
{
    if (seg_cross_entropy_covers(l, l->label_h, l->label_w, e))
        return -1;
    int h = l->scale ? l->scale * l->h : l->label_h;
    int w = l->scale ? l->scale * l->w : l->label_w;
    size_t bytes =
        seg_upsample_ce_scratch(l->n, l->h, l->w, l->classes, h, w, l->threads);

    l->padded = NULL;
    if (h != l->label_h || w != l->label_w) {
        l->padded = seg_take_dirty(a, (size_t)l->n * (size_t)h, (size_t)w, e);
        if (!l->padded)
            return -1;
    }
    l->scratch = seg_take_dirty(a, bytes, 1, e);
    return l->scratch ? 0 : -1;
}

/* Copies the labels into l->padded; the padding gets the ignore value. */
static void
pad(struct seg_cross_entropy *l, const uint8_t *label)
{
    size_t h = (size_t)(l->scale * l->h), w = (size_t)(l->scale * l->w);
    size_t from_h = (size_t)l->label_h, from_w = (size_t)l->label_w;

    memset(l->padded, l->ignore, (size_t)l->n * h * w);
    for (size_t n = 0; n < (size_t)l->n; n++)
        for (size_t i = 0; i < from_h; i++)
            memcpy(l->padded + (n * h + i) * w,
                label + (n * from_h + i) * from_w, from_w);
}

double
seg_cross_entropy(struct seg_cross_entropy *l, float *dx, const float *x,
    const uint8_t *label)
{
    struct seg_upsample_ce q = {l->align_corners, l->ignore, l->weight};
    int h = l->label_h, w = l->label_w;

    if (l->padded) {
        pad(l, label);
        label = l->padded;
        h = l->scale * l->h;
        w = l->scale * l->w;
    }
    return seg_upsample_ce(dx, x, label, &q, l->n, l->h, l->w, l->classes, h, w,
        l->threads, l->scratch);
}
