/*
 * Inside Winograd: how an image falls into tiles of 4x4 outputs, and the
 * transform of what is read.
 *
 * Dilation d splits the output into d*d phase images (every d-th row and
 * column), each an ordinary convolution; a tile then steps by d pixels.
 * Backward-data is forward with the roles of c and k exchanged and the
 * weights turned round; backward-weights is the exact adjoint.
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
    int high, wide; /* tiles of a phase image */
    int tiles;      /* of all images */
    int cp;         /* c in whole vectors */
    int kp, panels; /* k in whole panels */
    /* set by seg_tiling_block */
    int block;           /* tiles that are transformed at a time */
    long vpitch, mpitch; /* floats between elements, never whole pages */
};

/* What a pass reads or writes. */
struct map {
    const struct seg_concat_input *input;
    int ninputs;
};

struct tiling seg_tiling(const struct seg_conv *cv, enum seg_conv_pass pass);

/* Blocks of about that many tiles: a multiple of what a kernel call does. */
void seg_tiling_block(struct tiling *t, int block);

/* Floats of one block's v[e][tile][cp] and m[e][tile][kp]. */
size_t seg_tiling_floats(const struct tiling *t);

/* The image and the first output pixel of a tile. */
int seg_tiling_locate(struct patch *p, const struct tiling *t, int tile);

/* The convolution's x, in its pieces or whole. */
struct map seg_tiling_x(
    const struct seg_conv *cv, const struct seg_concat_input *whole);

/* v[e][tile][cp] for count tiles from first on. */
void seg_tiling_inputs(
    float *v, struct map x, const struct tiling *t, int first, int count);

#endif
