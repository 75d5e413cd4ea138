#include <string.h>

#include "lib/train/best.h"

int
seg_best_start(struct seg_best *b, struct seg_net *net, struct seg_arena *a,
    struct seg_err *e)
{
    int n = seg_net_params(net);

    *b = (struct seg_best){.net = net};
    b->w = seg_take(a, (size_t)n, sizeof *b->w, e);
    if (!b->w)
        return -1;
    for (int i = 0; i < n; i++) {
        b->w[i] = seg_take(a, seg_net_param(net, i)->count, sizeof **b->w, e);
        if (!b->w[i])
            return -1;
    }
    return 0;
}

int
seg_best_offer(struct seg_best *b, double score, uint64_t step)
{
    if (b->step && !(score > b->score))
        return 0;
    for (int i = 0; i < seg_net_params(b->net); i++) {
        const struct seg_param *p = seg_net_param(b->net, i);
        memcpy(b->w[i], p->w, p->count * sizeof *p->w);
    }
    b->score = score;
    b->step = step;
    return 1;
}

void
seg_best_restore(struct seg_best *b)
{
    if (!b->step)
        return;
    for (int i = 0; i < seg_net_params(b->net); i++) {
        const struct seg_param *p = seg_net_param(b->net, i);
        memcpy(p->w, b->w[i], p->count * sizeof *p->w);
    }
    seg_net_changed(b->net);
}
