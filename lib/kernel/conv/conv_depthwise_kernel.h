/*
 * Internal to conv: kernels of depthwise convolution (one channel for each
 * group), for every CPU level.
 *
 * They read padded rows: pixels `pitch` floats apart, a multiple of all vector
 * lengths, with zero channels after the last one and zero pixels to the left
 * and right.  So they need no case for the borders and compute DEPTHWISE_BLOCK
 * outputs at a time, more than are stored at the end of a row.
 */
#ifndef SEG_KERNEL_CONV_CONV_DEPTHWISE_KERNEL_H
#define SEG_KERNEL_CONV_CONV_DEPTHWISE_KERNEL_H

#include "lib/kernel/conv/conv.h"

enum { DEPTHWISE_BLOCK = 8 };

/* A row that is read next: it is prefetched meanwhile, `step` pixels for each
   output.  Any address may be prefetched. */
struct depthwise_next {
    const float *row;
    long pitch;
    int step;
};

enum { DEPTHWISE_NEXT = 3 };

/* The taps of one row of outputs: those of a grid (conv_grid.h) whose rows lie
   in the image. */
struct depthwise_taps {
    int rows, cols;
    long pitch;     /* of padded rows, and of weights */
    int gap, step;  /* pixels between taps of a row, and between outputs */
    int weight_gap; /* weights between taps of a row */
    const float *in[SEG_CONV_SIDE]; /* the first tap of the first output */
    long weight[SEG_CONV_SIDE];     /* offset of its weight */
    struct depthwise_next next[DEPTHWISE_NEXT];
    int nnext;
};

/* One row of outputs, count pixels of c channels, and its epilogue. */
struct depthwise_output {
    float *y;
    long pitch, row_pitch; /* to the next pixel, and row, which is prefetched */
    int count, c;
    const float *bias, *residual; /* residual: like y; both may be NULL */
    enum seg_act act;
    const struct seg_fused_relu *relu; /* like y, or NULL */
    /* channel sums (fused_kernel.h), added to; NULL: none.  begin: for channel
       statistics, this row is the first of its part */
    float *part;
    long part_stride;
    int begin;
};

struct depthwise_kernels {
    /* A padded row: count pixels of x [count,c], transformed; affine may be
       NULL. */
    void (*copy)(float *to, long pitch, const float *x,
        const struct seg_affine *affine, int count, int c);
    /* y[j,c] = sum_t in[j step + t, c] w[t,c], then the epilogue */
    void (*forward)(const struct depthwise_output *o, const float *w,
        const struct depthwise_taps *t);
    /* dw[t,c] += sum_j in[j step + t, c] dy[j,c], j < count; dy is a padded
       row */
    void (*weights)(
        float *dw, const float *dy, int count, const struct depthwise_taps *t);
};

extern const struct depthwise_kernels seg_depthwise_kernels_v4,
    seg_depthwise_kernels_v3, seg_depthwise_kernels_base;

#endif
