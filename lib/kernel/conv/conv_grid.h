/*
 * Internal to conv: output positions, taps and padded windows.
 *
 * Forward and backward-data use the same loops, over a grid of positions (i,j).
 * A position reads one image at rows i*step + ty[.] and columns j*step + tx[.],
 * the taps, and writes one pixel of another image.  Backward-data with stride s
 * has s*s grids, one for each remainder of the pixel it writes; each uses only
 * the taps that reach that pixel.  For example, with s = 2 and a 3x3 kernel the
 * four grids have 1, 2, 2 and 4 taps.
 */
#ifndef SEG_KERNEL_CONV_CONV_GRID_H
#define SEG_KERNEL_CONV_CONV_GRID_H

#include "lib/kernel/conv/conv_kernel.h"

struct grid {
    int ih, iw, ic; /* image read, and its channels in one group */
    int in_pitch;   /* floats from one pixel of it to the next */
    int h, w, c;    /* image written, likewise */
    int out_pitch;
    int oh, ow;           /* positions */
    int y0, x0, out_step; /* (i,j) writes (y0 + i*out_step, x0 + j*out_step) */
    int step;
    int ny, nx; /* taps: all pairs of ny rows and nx columns, ascending */
    int ty[SEG_CONV_SIDE], tx[SEG_CONV_SIDE];
    int sy[SEG_CONV_SIDE],
        sx[SEG_CONV_SIDE]; /* their rows and columns of the kernel */
    int kh, kw;
    long tap_floats; /* packed weights of one tap and panel */
    int padded,
        merged; /* copied with a zero border; and a row of taps is one tap */
    int band;   /* rows of one task */
    const struct seg_affine
        *affine; /* fused input transform, applied when the window is copied */
};

enum {
    MAX_MERGED_CHANNELS = 16
}; /* with fewer channels a row of taps becomes one tap */

void seg_grid_forward(struct grid *g, const struct seg_conv *cv);
void seg_grid_backward(
    struct grid *g, const struct seg_conv *cv, int y0, int x0);

/* Positions [first, end) have tap t inside the image, [0, size). */
int seg_grid_first(int t, int step);
int seg_grid_end(int t, int step, int size);

/* Ascending columns at which a tap enters or leaves the image, with 0 and ow;
   returns their number. */
enum { MAX_BREAKS = 2 * SEG_CONV_SIDE + 2 };
int seg_grid_breaks(int *breaks, const struct grid *g);

/* Lists the taps that are inside the image at position (i,j), with offsets from
   the start of the image; returns their number. */
int seg_grid_taps(struct brgemm_term *taps, const struct grid *g, int i, int j);

/* Columns, rows and floats of the window of a padded band, and its copy. */
int seg_grid_window_cols(const struct grid *g);
int seg_grid_window_rows(const struct grid *g, int rows);
size_t seg_grid_window_floats(const struct grid *g);
void seg_grid_window(float *window, const float *in, int image,
    const struct grid *g, int top, int rows);

#endif
