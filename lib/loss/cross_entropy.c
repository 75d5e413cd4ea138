#include "lib/loss/cross_entropy.h"
#include "lib/kernel/upsample_ce.h"

int
seg_cross_entropy_plan(
    struct seg_cross_entropy *l, struct seg_arena *a, struct seg_err *e)
{
    if (seg_logits_cover(&l->logits, l->h, l->w, l->label_h, l->label_w, e))
        return -1;
    l->scratch = seg_take_dirty(a,
        seg_upsample_ce_scratch(
            l->n, l->h, l->w, l->classes, l->label_h, l->label_w, l->threads),
        1, e);
    return l->scratch ? 0 : -1;
}

double
seg_cross_entropy(struct seg_cross_entropy *l, float *dx, const float *x,
    const uint8_t *label)
{
    struct seg_upsample_ce q = {.align_corners = l->logits.align,
        .ignore = l->ignore,
        .weight = l->weight,
        .all_h = l->logits.scale * l->h,
        .all_w = l->logits.scale * l->w};

    return seg_upsample_ce(dx, x, label, &q, l->n, l->h, l->w, l->classes,
        l->label_h, l->label_w, l->threads, l->scratch);
}
