/* Inside upsample_ce: the strip between two small rows, at every CPU level. */
#ifndef SEG_KERNEL_UPSAMPLE_CE_KERNEL_H
#define SEG_KERNEL_UPSAMPLE_CE_KERNEL_H

#include "lib/kernel/cpu.h"
#include "lib/kernel/simd.h"
#include "lib/kernel/upsample_ce.h"

struct tap {
    int at, next;
    float w; /* of next; 1 - w of at */
};

struct strip {
    v16 *x[2], *g[2]; /* w,v: the two small rows and their gradients */
    v16 *row, *grow;  /* w,v: interpolated between them; its gradient */
    v16 *e;           /* v: one pixel */
    v16 *sum, *wt;    /* W: sum of exp, weight of the pixel */
};

struct upsample_ce_kernels;

struct work {
    const struct upsample_ce_kernels *kn;
    const struct seg_upsample_ce *q;
    const float *x;
    const int *y;
    float *dx;
    int h, w, c, v, H, W;
    float scale;       /* 1 / sum of the weights */
    struct tap *ty;    /* H */
    struct tap *tx;    /* W */
    int *start;        /* h+1: first large row of each strip */
    double *value;     /* n,h */
    struct strip *own; /* threads */
};

struct upsample_ce_kernels {
    /* One large row: its loss, and the gradient of s->row in s->grow. */
    double (*large_row)(
        const struct work *k, const struct strip *s, const int *y);
    /* row = (1 - w) x0 + w x1, grow = 0; n vectors */
    void (*blend)(const struct strip *s, float w, int n);
    /* g0 += (1 - w) grow, g1 += w grow */
    void (*share_out)(const struct strip *s, float w, int n);
};

extern const struct upsample_ce_kernels seg_upsample_ce_kernels_v4,
    seg_upsample_ce_kernels_v3, seg_upsample_ce_kernels_base;

/* Weight of a pixel of label y; 0 if it takes no part. */
static inline float
weight_of(const struct seg_upsample_ce *q, int y, int c)
{
    if (y == q->ignore || y < 0 || y >= c)
        return 0;
    return q->weight ? q->weight[y] : 1;
}

#endif
