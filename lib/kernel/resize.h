/*
 * Resizing NHWC feature maps, as torch.nn.functional.interpolate does it.
 *
 * Large position i lies at p = (i + 1/2) h/oh - 1/2, held inside the image,
 * or with align at p = i (h - 1)/(oh - 1), corners on corners.  Bilinear takes
 * the two neighbors of p by their distance; there is no smoothing when a map
 * shrinks.  Nearest takes floor(i h/oh), or with align p rounded (halves up).
 * Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_RESIZE_H
#define SEG_KERNEL_RESIZE_H

#include <stddef.h>

enum seg_resize_mode { SEG_RESIZE_BILINEAR, SEG_RESIZE_NEAREST };

struct seg_resize {
    int n, h, w, c;   /* x */
    int oh, ow;       /* y */
    int all_h, all_w; /* what all of x becomes, where y is but the upper left
                         part of it; 0: oh, ow */
    enum seg_resize_mode mode;
    int align;
    int threads;
};

/* Where position i of 0..to-1 is read by nearest: 0..from-1. */
int seg_resize_nearest(int i, int from, int to, int align);

/* Bytes of scratch, aligned to 64; it need not be cleared. */
size_t seg_resize_scratch(const struct seg_resize *q);

void seg_resize_forward(float *y /* n,oh,ow,c */, const float *x /* n,h,w,c */,
    const struct seg_resize *q, void *scratch);

/*
 * The same row by row, for who has no room for y: row i of n*oh is the bits
 * that forward gives.  Threads of one team may do so at once, start being done.
 */
void seg_resize_start(const struct seg_resize *q, void *scratch);
void seg_resize_row(float *y /* ow,c */, const float *x, int i,
    const struct seg_resize *q, void *scratch);

/* dx (+)= the adjoint of forward applied to dy; add nonzero adds. */
void seg_resize_backward(float *dx, const float *dy, int add,
    const struct seg_resize *q, void *scratch);

#endif
