/*
 * Convolution of float32 images in NHWC order, forward and both gradients.
 *
 * How a convolution is computed (direct, Winograd, one matrix product) is
 * chosen when it is planned and is nobody else's business: the caller asks for
 * a plan, packs weights when they have changed, and runs passes.  Weights and
 * their gradients are in PyTorch's order [k, c/groups, kh, kw].  Nothing is
 * allocated by a pass: scratch is the caller's, aligned to 64 bytes, need not
 * be cleared, and may be shared by all layers.  Results are the same bits for
 * any number of threads.
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
 * Where seg_conv_fuses_concat, x and its gradient may lie in several pieces: the
 * channels of one side by side with those of the next, all but the last a
 * multiple of SEG_CONCAT_CHANNELS.
 */
enum { SEG_CONCAT_CHANNELS = 16 };

struct seg_concat_input {
    int c;
    const float *x;                  /* n,h,w,c */
    const struct seg_affine *affine; /* of x, or NULL */
    float *dx;                       /* NULL: nobody wants it */
    int add;                         /* to dx */
};

struct seg_conv {
    /* set by the caller */
    int n, h, w, c; /* x */
    int k, kh, kw;  /* outputs and kernel */
    int stride, dilation, groups;
    int pad_y, pad_x; /* rows above and below, columns left and right */
    int threads;
    int keep_methods; /* method is set already, for another size */
    int exact;        /* no method that rounds otherwise than direct sums */
    const struct seg_affine *read_x, *read_dy; /* where seg_conv_fuses_input */
    const struct seg_concat_input *concat; /* instead of x and dx; NULL: none */
    int nconcat;
    /* set by seg_conv_plan */
    int oh, ow;
    int method[SEG_CONV_PASSES];
    const void *level; /* the vector kernels of this CPU */
};

/*
 * y = act(sum + bias + residual); each may be absent.  Where seg_conv_fuses_sums,
 * channel sums of y can be had, without act.
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
 * Outputs of a pass are computed in blocks of so many rows and columns, the
 * bits of one resting on all that the block reads.
 */
int seg_conv_block_size(const struct seg_conv *cv, enum seg_conv_pass pass);

/*
 * Whether passes can read x (SEG_CONV_FORWARD) or dy (SEG_CONV_DATA) through a
 * affine; whether that pass can take channel sums.  Lenses may be set after planning,
 * but before scratch is asked for.
 */
int seg_conv_fuses_input(const struct seg_conv *cv, enum seg_conv_pass pass);
int seg_conv_fuses_sums(const struct seg_conv *cv, enum seg_conv_pass pass);

/* Whether all passes can do with x and dx in pieces.  Pieces may be set, and
   change, any time; there is no channel sums of a dx in pieces. */
int seg_conv_fuses_concat(const struct seg_conv *cv);

/* Floats of packed weights, in whole cache lines; 0 for SEG_CONV_WEIGHTS.
   Bytes of scratch. */
size_t seg_conv_packed(const struct seg_conv *cv, enum seg_conv_pass pass);
size_t seg_conv_scratch(const struct seg_conv *cv, enum seg_conv_pass pass);

/* scale, if not NULL, multiplies output channel k's weights (folded bn). */
void seg_conv_pack(float *packed, const float *w /* k,c/g,kh,kw */,
    const float *scale /* k */, const struct seg_conv *cv,
    enum seg_conv_pass pass);

/* y[n,i,j,k] = sum_c,r,q x[n, i*s + r*d - py, j*s + q*d - px, c] w[k,c,r,q] */
void seg_conv_forward(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch);

/*
 * Transposed convolution: the map that backward-data makes, with an epilogue
 * (bias: c; residual: n,h,w,c).  x is n,oh,ow,k and y n,h,w,c; weights are
 * packed for SEG_CONV_DATA, and as those of torch's ConvTranspose2d they are
 * [its in, its out / groups, kh, kw] = [k, c/groups, kh, kw].
 */
void seg_conv_transposed(float *y, const float *x, const float *packed,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv,
    void *scratch);

/* dx (+)= dy convolved with w turned round; add nonzero adds. */
void seg_conv_backward_data(float *dx, const float *dy, const float *packed,
    int add, const struct seg_conv *cv, void *scratch);

/* dw[k,c,r,q] (+)= sum_n,i,j dy[n,i,j,k] x[n, i*s + r*d - py, ..., c] */
void seg_conv_backward_weights(float *dw, const float *x, const float *dy,
    int add, const struct seg_conv *cv, void *scratch);

/* The reference implementation: one loop nest, sums in double, outputs
   overwritten. */
void seg_conv_naive_forward(float *y, const float *x, const float *w,
    const struct seg_conv_epilogue *epilogue, const struct seg_conv *cv);
void seg_conv_naive_backward_data(
    float *dx, const float *dy, const float *w, const struct seg_conv *cv);
void seg_conv_naive_backward_weights(
    float *dw, const float *x, const float *dy, const struct seg_conv *cv);

#endif
