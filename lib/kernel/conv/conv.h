/*
 * Convolution of float32 feature maps in NHWC order: forward and both
 * gradients.
 *
 * The caller plans a convolution, packs the weights after each change, and runs
 * passes.  Planning chooses the method of each pass: direct, Winograd, or
 * depthwise.  Weights and their gradients are in PyTorch's order
 * [k, c/groups, kh, kw].  A pass allocates nothing: the caller provides
 * scratch, aligned to 64 bytes; it need not be cleared, and layers may share
 * it.  Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_CONV_CONV_H
#define SEG_KERNEL_CONV_CONV_H

#include <stddef.h>

#include "lib/kernel/fused.h"

enum { SEG_CONV_SIDE = 32 }; /* largest kernel side */

enum seg_conv_pass {
    SEG_CONV_FORWARD,
    SEG_CONV_DATA,    /* gradient of x */
    SEG_CONV_WEIGHTS, /* gradient of w */
    SEG_CONV_PASSES
};

/*
 * Virtual concatenation: if seg_conv_fuses_concat, x and its gradient may be
 * several buffers, whose channels count as concatenated.  The channels of all
 * but the last are a multiple of SEG_CONCAT_CHANNELS.
 */
enum { SEG_CONCAT_CHANNELS = 16 };

struct seg_concat_input {
    int c;
    const float *x;                  /* n,h,w,c */
    const struct seg_affine *affine; /* of x, or NULL */
    float *dx;                       /* NULL: not needed */
    int add;                         /* add to dx instead of overwriting it */
};

struct seg_conv {
    /* set by the caller */
    int n, h, w, c; /* x */
    int k, kh, kw;  /* outputs and kernel */
    int stride, dilation, groups;
    int pad_y, pad_x; /* rows above and below, columns left and right */
    int end_y, end_x; /* more of them below and on the right */
    int threads;
    int keep_methods; /* keep the methods chosen for another size */
    int exact;        /* only methods that round like direct sums */
    const struct seg_affine *read_x, *read_dy; /* if seg_conv_fuses_input */
    const struct seg_concat_input *concat; /* instead of x and dx, or NULL */
    int nconcat;
    /* set by seg_conv_plan */
    int oh, ow;
    int method[SEG_CONV_PASSES];
    const void *level; /* struct conv_kernels of this CPU */
};

/*
 * y = act(sum + bias + residual).  bias and residual may be NULL.  If
 * seg_conv_fuses_sums, stats or relu receives channel sums of y; act must then
 * be SEG_ACT_NONE.
 */
struct seg_conv_epilogue {
    const float *bias;     /* k */
    const float *residual; /* n,oh,ow,k; may be y itself */
    enum seg_act act;
    const struct seg_channel_stats *stats;
    const struct seg_fused_relu *relu;
};

/* -1 if the shape is impossible, else 0. */
int seg_conv_plan(struct seg_conv *cv) __attribute__((warn_unused_result));

/*
 * Side of the square blocks in which outputs of a pass are computed: 1, or 4
 * for Winograd, times the dilation.  Each output depends, in its last bits, on
 * all inputs that its block reads.
 */
int seg_conv_block_size(const struct seg_conv *cv, enum seg_conv_pass pass);

/*
 * True if passes can apply a fused input transform to x (SEG_CONV_FORWARD) or
 * dy (SEG_CONV_DATA), and if that pass can accumulate channel sums.  read_x and
 * read_dy may be set after planning, but before asking for the size of scratch.
 */
int seg_conv_fuses_input(const struct seg_conv *cv, enum seg_conv_pass pass);
int seg_conv_fuses_sums(const struct seg_conv *cv, enum seg_conv_pass pass);

/* True if all passes accept x and dx as a virtual concatenation.  concat may be
   set and changed at any time; it excludes channel sums of dx. */
int seg_conv_fuses_concat(const struct seg_conv *cv);

/* Floats of packed weights, in whole cache lines, 0 for SEG_CONV_WEIGHTS; and
   bytes of scratch. */
size_t seg_conv_packed(const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_scratch(const struct seg_conv *cv, enum seg_conv_pass pass);

/* scale, which may be NULL, multiplies the weights of each output channel, to
   fold batch normalization into them. */
void seg_conv_pack(float *packed, const float *w /* k,c/g,kh,kw */,
    const float *scale /* k */, const struct seg_conv *cv,
    enum seg_conv_pass pass);

/* y[n,i,j,k] = sum_c,r,q x[n, i*s + r*d - py, j*s + q*d - px, c] w[k,c,r,q] */
void seg_conv_forward(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch);

/*
 * Transposed convolution: backward-data with an epilogue (bias: c; residual:
 * n,h,w,c).  x is n,oh,ow,k and y is n,h,w,c.  Weights are packed for
 * SEG_CONV_DATA; in the order of torch's ConvTranspose2d they are
 * [inputs, outputs / groups, kh, kw] = [k, c/groups, kh, kw].
 */
void seg_conv_transposed(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch);

/* dx (+)= dy convolved with w rotated by 180 degrees; add nonzero adds. */
void seg_conv_backward_data(float *dx, const float *dy, const float *packed,
    int add, const struct seg_conv *cv, void *scratch);

/* dw[k,c,r,q] (+)= sum_n,i,j dy[n,i,j,k] x[n, i*s + r*d - py, ..., c] */
void seg_conv_backward_weights(float *dw, const float *x, const float *dy,
    int add, const struct seg_conv *cv, void *scratch);

/* Reference implementation: one loop nest, sums in double, outputs
   overwritten. */
void seg_conv_naive_forward(float *y, const float *x, const float *w,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv);
void seg_conv_naive_backward_data(
    float *dx, const float *dy, const float *w, const struct seg_conv *cv);
void seg_conv_naive_backward_weights(
    float *dw, const float *x, const float *dy, const struct seg_conv *cv);

#endif
