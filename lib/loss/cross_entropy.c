#include <string.h>

#include "lib/kernel/upsample_ce.h"
#include "lib/loss/cross_entropy.h"

/* The value of a setting of that name, as it stands in the table; -1: none. */
static int
setting(const struct seg_step *s, const char *key)
{
    for (int i = 0; s->op->settings[i].key; i++)
        if (!strcmp(s->op->settings[i].key, key))
            return (int)s->set[i];
    return -1;
}

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
seg_cross_entropy_node(const struct seg_net *net, int *align_corners)
{
    int last = seg_net_steps(net) - 1;
    const struct seg_step *s = seg_net_step(net, last);

    *align_corners = 0;
    if (strcmp(s->op->name, "resize") || !is_bilinear(s) ||
        s->like != seg_net_step(net, 0)->out)
        return s->name;
    for (int i = 0; i < last; i++)
        if (seg_net_step(net, i)->out == s->in[0]) {
            *align_corners = setting(s, "align") > 0;
            return seg_net_step(net, i)->name;
        }
    return s->name;
}

int
seg_cross_entropy_plan(
    struct seg_cross_entropy *l, struct seg_arena *a, struct seg_err *e)
{
    size_t bytes = seg_upsample_ce_scratch(
        l->n, l->h, l->w, l->classes, l->label_h, l->label_w, l->threads);

    l->scratch = seg_take_dirty(a, bytes, 1, e);
    return l->scratch ? 0 : -1;
}

double
seg_cross_entropy(struct seg_cross_entropy *l, float *dx, const float *x,
    const uint8_t *label)
{
    struct seg_upsample_ce q = {l->align_corners, l->ignore, l->weight};

    return seg_upsample_ce(dx, x, label, &q, l->n, l->h, l->w, l->classes,
        l->label_h, l->label_w, l->threads, l->scratch);
}
