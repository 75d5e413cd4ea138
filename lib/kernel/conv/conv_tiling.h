/*
 * Internal to Winograd: division of an image into tiles of 4x4 outputs, and the
 * input transform.
 *
 * Dilation d divides the output into d*d phase images (every d-th row and
 * column), each an ordinary convolution; the pixels of a tile are then d apart.
 * Backward-data is forward with c and k exchanged and the weights rotated;
 * backward-weights is the exact adjoint.
 */
#ifndef SEG_KERNEL_CONV_CONV_TILING_H
#define SEG_KERNEL_CONV_CONV_TILING_H

#include "lib/kernel/conv/conv_kernel.h"

enum { ELEMENTS = 36 };

/* A pass reads x n,h,w,c and writes y n,oh,ow,k; backward-data exchanges. */
struct tiling {
    const struct conv_kernels *kn;
    const struct brgemm_kernels *mm;
    int n, h, w, c, oh, ow, k;
    int pad_y, pad_x, d;
    int tiles_y, tiles_x; /* tiles in a column and a row of a phase image */
    int tiles;            /* tiles of all images */
    int cp;               /* c in whole vectors */
    int kp, panels;       /* k in whole panels */
    /* set by seg_tiling_block */
    int block; /* tiles transformed at a time */
    /* floats from one element to the next; not a multiple of a page, so that
       elements do not compete for cache sets */
    long vpitch, mpitch;
};

/* The feature map that a pass reads or writes: one buffer, or several of a
   virtual concatenation. */
struct segments {
    const struct seg_concat_input *input;
    int ninputs;
};

struct tiling seg_tiling(const struct seg_conv *cv, enum seg_conv_pass pass);

/* Sets the block size: at most block, a multiple of a micro-kernel call. */
void seg_tiling_block(struct tiling *t, int block);

/* Floats of one block's v[e][tile][cp] and m[e][tile][kp]. */
size_t seg_tiling_floats(const struct tiling *t);

/* The image and the first output pixel of a tile. */
int seg_tiling_locate(struct patch *p, const struct tiling *t, int tile);

/* The inputs of the virtual concatenation, or whole if there is none. */
struct segments seg_tiling_x(
    const struct seg_conv *cv, const struct seg_concat_input *whole);

/* Input transform: v[e][tile][cp] for count tiles from first on. */
void seg_tiling_inputs(
    float *v, struct segments x, const struct tiling *t, int first, int count);

#endif
