/* Inside upsample_ce: the strip between two small rows, at every CPU level. */
#ifndef SEG_KERNEL_UPSAMPLE_CE_KERNEL_H
#define SEG_KERNEL_UPSAMPLE_CE_KERNEL_H

#include "lib/kernel/upsample_ce.h"
#include "lib/simd/cpu.h"

struct upsample_tap {
    int at, next;
    float w; /* of next; 1 - w of at */
};

/*
 * What a thread works on.  A small row has its classes in the lanes of v
 * vectors a pixel; a block of as many large pixels as there are lanes has these
 * in the lanes of one vector a class.
 */
struct upsample_strip {
    float *x[2], *g[2];       /* w,wide: the small rows and their gradients */
    float *spread[2], *dy[2]; /* wide,lanes: a block of them, spread to large
                                 pixels; what comes back of it */
    float *e;                 /* wide,lanes: a block of one large row */
};

struct upsample_ce_kernels;

struct upsample_work {
    const struct upsample_ce_kernels *kn;
    const float *x;
    const uint8_t *y;
    float *dx;
    int h, w, c, H, W;
    int wide;                   /* c, rounded up to lanes */
    float scale;                /* 1 / sum of the weights */
    float weight[256];          /* by label; 0: takes no part */
    int smooth;                 /* if set, weight is (1 - s) w, and: */
    float share[256];           /* by class: s/c w */
    float shares[256];          /* by label: their sum, 0 if ignored */
    struct upsample_tap *ty;    /* H */
    struct upsample_tap *tx;    /* W, rounded up to lanes */
    int *start;                 /* h+1: first large row of each strip */
    double *value;              /* n,h */
    struct upsample_strip *own; /* threads */
};

struct upsample_ce_kernels {
    int lanes;
    /* Large rows from..to-1, the first of which has the labels y: their loss,
       and their gradient added to s->g. */
    double (*strip)(const struct upsample_work *k,
        const struct upsample_strip *s, const uint8_t *y, int from, int to);
    /* n pixels of logits that are not enlarged: their loss; writes dx, which
       may be NULL. */
    double (*plain)(const struct upsample_work *k,
        const struct upsample_strip *s, float *dx, const float *x,
        const uint8_t *y, int n);
};

extern const struct upsample_ce_kernels seg_upsample_ce_kernels_v4,
    seg_upsample_ce_kernels_v3, seg_upsample_ce_kernels_base;

#endif
