/* Cross-entropy; the work is done by lib/kernel/upsample_ce. */
#include "lib/kernel/resize.h"
#include "lib/kernel/upsample_ce.h"
#include "lib/loss/loss.h"

enum { SMOOTH };

static const struct seg_loss_setting settings[] = {
    [SMOOTH] = {"smooth", 0, 0, 1, 0},
    {NULL, 0, 0, 0, 0},
};

static size_t
scratch_bytes(const struct seg_loss_term *t, const struct seg_loss_batch *b)
{
    const struct seg_resize *q = b->enlarge;

    (void)t;
    return seg_upsample_ce_scratch(b->n, q ? q->h : b->h, q ? q->w : b->w,
        b->classes, b->h, b->w, b->threads);
}

static double
value(const struct seg_loss_term *t, const struct seg_loss_batch *b, float *dx,
    const float *x, const uint8_t *label, void *scratch)
{
    const struct seg_resize *r = b->enlarge;
    struct seg_upsample_ce q = {.align_corners = r ? r->align : 0,
        .ignore = b->ignore,
        .weight = b->weight,
        .all_h = r ? r->all_h : 0,
        .all_w = r ? r->all_w : 0,
        .smooth = (float)t->set[SMOOTH]};

    return seg_upsample_ce(dx, x, label, &q, b->n, r ? r->h : b->h,
        r ? r->w : b->w, b->classes, b->h, b->w, b->threads, scratch);
}

const struct seg_loss seg_loss_ce = {
    .name = "ce",
    .formula = "L = sum_q w[y_q] (-log p[q,y_q]) / sum_q w[y_q]",
    .source = "softmax cross-entropy as in PyTorch, with its label_smoothing "
              "(Szegedy et al., 1512.00567)",
    .settings = settings,
    .weighted = 1,
    .fused = 1,
    .scratch_bytes = scratch_bytes,
    .value = value,
};
