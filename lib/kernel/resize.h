/*
 * Resizing NHWC feature maps, like torch.nn.functional.interpolate.
 *
 * Output position i reads input position p = (i + 1/2) h/oh - 1/2, clamped to
 * the image, or with align p = i (h - 1)/(oh - 1), so that corners coincide.
 * Bilinear weights the two neighbors of p by distance, without smoothing when a
 * map shrinks.  Nearest takes floor(i h/oh), or with align p rounded (halves
 * up). Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_RESIZE_H
#define SEG_KERNEL_RESIZE_H

#include <stddef.h>

enum seg_resize_mode { SEG_RESIZE_BILINEAR, SEG_RESIZE_NEAREST };

struct seg_resize {
    int n, h, w, c;   /* x */
    int oh, ow;       /* y */
    int all_h, all_w; /* size of all of y, if oh x ow is only its upper left
                         part; 0: oh, ow */
    enum seg_resize_mode mode;
    int align;
    int threads;
};

/* Position of 0..from-1 that position i of 0..to-1 reads with nearest. */
int seg_resize_nearest(int i, int from, int to, int align);

/* Bytes of scratch, aligned to 64; it need not be cleared. */
size_t seg_resize_scratch(const struct seg_resize *q);

void seg_resize_forward(float *y /* n,oh,ow,c */, const float *x /* n,h,w,c */,
    const struct seg_resize *q, void *scratch);

/*
 * Row by row, for callers without memory for all of y: row i of n*oh is the
 * same bits as from forward.  After start, threads of one team may call row at
 * the same time.
 */
void seg_resize_start(const struct seg_resize *q, void *scratch);
void seg_resize_row(float *y /* ow,c */, const float *x, int i,
    const struct seg_resize *q, void *scratch);

/* dx (+)= the adjoint of forward applied to dy; add nonzero adds. */
void seg_resize_backward(float *dx, const float *dy, int add,
    const struct seg_resize *q, void *scratch);

#endif
