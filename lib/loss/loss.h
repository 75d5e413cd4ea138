/*
 * The interface of a loss on logits.
 *
 * A loss is one file in lib/loss: a constant struct seg_loss with its settings
 * and its value function, and a row in lib/loss/table.c.  It sees logits and
 * labels of one size; lib/loss/sum.c enlarges logits that are smaller, adds
 * several losses, and passes the gradient back.
 *
 * A pixel is valid if its label is below the number of classes and is not the
 * ignore value.  Other pixels take part in nothing: their gradient is 0.
 */
#ifndef SEG_LOSS_LOSS_H
#define SEG_LOSS_LOSS_H

#include <stddef.h>
#include <stdint.h>

struct seg_resize;
struct seg_loss_term;

enum { SEG_LOSS_SETTINGS = 8 };

struct seg_loss_setting {
    const char *key;
    double normal, min, max; /* normal: the default */
    int whole;               /* whole numbers only */
};

/* The shape of a batch, and the settings that all losses share. */
struct seg_loss_batch {
    int n, h, w, classes; /* labels n,h,w; logits n,h,w,classes */
    int ignore;           /* label of ignored pixels */
    uint64_t seed, pass;  /* of losses that draw: the number of the pass */
    const float *weight;  /* classes, not negative; NULL: all 1 */
    int threads;
    const struct seg_resize *enlarge; /* see struct seg_loss */
};

struct seg_loss {
    const char *name;
    const char *formula; /* one line */
    const char *source;  /* paper, and the implementation it agrees with */
    const struct seg_loss_setting *settings; /* ends with key NULL */
    int weighted;                            /* uses class weights */
    /*
     * Enlarges logits itself, so that they are never stored at full size: x and
     * dx are n,enlarge->h,enlarge->w,classes, unless enlarge is NULL.  Losses
     * without this flag never see enlarge.
     */
    int fused;
    /* Does not read which class a valid pixel has. */
    int unlabeled;

    /* Bytes of workspace for value; NULL: none. */
    size_t (*scratch_bytes)(
        const struct seg_loss_term *t, const struct seg_loss_batch *b);
    /*
     * Returns the loss of the batch and writes its gradient to dx.  If no pixel
     * is valid, the loss and the gradient are 0.  Equal input gives equal bits
     * for any number of threads: work is divided by shape, and partial sums are
     * added in a fixed order.
     */
    double (*value)(const struct seg_loss_term *t,
        const struct seg_loss_batch *b, float *dx /* n,h,w,classes */,
        const float *x /* n,h,w,classes */, const uint8_t *label /* n,h,w */,
        void *scratch /* aligned to 64 bytes */);
};

/* A loss with its settings; the weight is the factor in a sum of losses. */
struct seg_loss_term {
    const struct seg_loss *loss;
    double weight;
    double set[SEG_LOSS_SETTINGS]; /* by position in loss->settings */
};

/* All losses, then NULL (lib/loss/table.c). */
extern const struct seg_loss *const seg_losses[];

#endif
