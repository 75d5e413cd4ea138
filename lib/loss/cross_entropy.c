#include <string.h>

#include "lib/kernel/upsample_ce.h"
#include "lib/loss/cross_entropy.h"

int
seg_cross_entropy_plan(
    struct seg_cross_entropy *l, struct seg_arena *a, struct seg_err *e)
{
    int scale = l->logits.scale;

    if (seg_logits_cover(&l->logits, l->h, l->w, l->label_h, l->label_w, e))
        return -1;
    int h = scale ? scale * l->h : l->label_h;
    int w = scale ? scale * l->w : l->label_w;
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
    size_t h = (size_t)(l->logits.scale * l->h),
           w = (size_t)(l->logits.scale * l->w);
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
    struct seg_upsample_ce q = {l->logits.align, l->ignore, l->weight};
    int h = l->label_h, w = l->label_w;

    if (l->padded) {
        pad(l, label);
        label = l->padded;
        h = l->logits.scale * l->h;
        w = l->logits.scale * l->w;
    }
    return seg_upsample_ce(dx, x, label, &q, l->n, l->h, l->w, l->classes, h, w,
        l->threads, l->scratch);
}
