/*
 * A weighted sum of losses on the logits of a network:
 * L = sum_t weight_t L_t, for example ce + 0.5 dice.
 *
 * Logits that are smaller than the labels are enlarged bilinearly (struct
 * seg_logits), by the loss itself if it is fused, otherwise once for all
 * losses that need full-size logits; their gradient comes back through the
 * adjoint.  A single fused loss, for example ce, stores nothing at full size.
 */
#ifndef SEG_LOSS_SUM_H
#define SEG_LOSS_SUM_H

#include "lib/base/arena.h"
#include "lib/kernel/resize.h"
#include "lib/loss/loss.h"
#include "lib/net/head.h"

enum { SEG_LOSS_TERMS = 8 };

struct seg_loss_sum {
    /* by seg_loss_parse */
    struct seg_loss_term term[SEG_LOSS_TERMS];
    int terms;

    /* set by the caller */
    struct seg_logits logits;
    const float *weight; /* classes; NULL: all 1 */
    uint64_t seed;       /* of losses that draw */
    int ignore, threads;
    int n, h, w, classes; /* logits */
    int label_h, label_w;

    /* by seg_loss_plan */
    struct seg_resize enlarge; /* h 0: logits have the size of the labels */
    void *enlarge_scratch;
    float *full, *dfull; /* enlarged logits and their gradient; NULL: unused */
    float *part;         /* gradient of a further loss */
    void *scratch;

    /* by seg_loss_value: the value of each loss, without its weight */
    double value[SEG_LOSS_TERMS];
};

/*
 * Parses "ce", "ce+0.5*dice", "focal(gamma=3)+lovasz(image=1,present=0)":
 * terms joined by +, each [WEIGHT*]NAME[(KEY=VALUE,...)].  Fails with
 * SEG_EUSAGE, a message that begins with prefix, for unknown names and
 * settings, a loss given twice, and weights that are not positive and finite.
 */
int seg_loss_parse(struct seg_loss_sum *l, const char *text, const char *prefix,
    struct seg_err *e) SEG_MUST_USE;

/* Allocates all memory from a; fails if the logits do not cover the labels. */
int seg_loss_plan(struct seg_loss_sum *l, struct seg_arena *a,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Returns the loss of a batch and writes its gradient to dx.  Losses that do
 * not read classes take the valid pixels of `valid` in place of label; NULL:
 * those of label.  The number of the pass is for losses that draw.
 */
double seg_loss_value(struct seg_loss_sum *l, float *dx /* n,h,w,classes */,
    const float *x /* n,h,w,classes */,
    const uint8_t *label /* n,label_h,label_w */, const uint8_t *valid,
    uint64_t pass);

/* True if a loss of the sum reads the classes of labels. */
int seg_loss_reads_labels(const struct seg_loss_sum *l);

#endif
