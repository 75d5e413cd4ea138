/*
 * Inside conv: positions, taps and windows.
 *
 * Forward and backward-data are one thing, a grid: positions (i,j) that each
 * read one image at i*step + ty[.], j*step + tx[.] and write one pixel of
 * another.  Backward-data with stride s is s*s grids, one for every remainder
 * of the pixel it writes; each uses only the taps that hit it.
 */
#ifndef SEG_KERNEL_CONV_CONV_GRID_H
#define SEG_KERNEL_CONV_CONV_GRID_H

#include "lib/kernel/conv/conv_kernel.h"

struct grid {
    int ih, iw, ic; /* image read: its channels of one group, */
    int in_pitch;   /* and floats between its pixels */
    int h, w, c;    /* image written, likewise */
    int out_pitch;
    int oh, ow;        /* positions */
    int y0, x0, place; /* (i,j) goes to (y0 + i*place, x0 + j*place) */
    int step;
    int ny, nx; /* taps are the ny x nx product, ascending */
    int ty[SEG_CONV_SIDE], tx[SEG_CONV_SIDE];
    int sy[SEG_CONV_SIDE], sx[SEG_CONV_SIDE]; /* rows, columns of weights */
    int kh, kw;
    long tap_floats;    /* packed weights of a tap and panel */
    int padded, merged; /* copy with a zero border; a kernel row is one tap */
    int band;           /* rows of a task */
    const struct seg_affine *affine; /* through which the window is filled */
};

enum { FEW = 16 }; /* channels, below which a kernel row is one tap */

void seg_grid_forward(struct grid *g, const struct seg_conv *cv);
void seg_grid_backward(
    struct grid *g, const struct seg_conv *cv, int y0, int x0);

/* Positions [first, end) are those whose tap t lies inside [0, size). */
int seg_grid_first(int t, int step);
int seg_grid_end(int t, int step, int size);

/* Ascending columns at which a row is cut, 0 and ow included; their number. */
enum { MAX_CUTS = 2 * SEG_CONV_SIDE + 2 };
int seg_grid_cuts(int *cuts, const struct grid *g);

/* The taps inside the image at position (i,j), offsets from that image. */
int seg_grid_live(struct brgemm_term *taps, const struct grid *g, int i, int j);

/* The window of a padded band: its columns, rows, floats, and its filling. */
int seg_grid_window_cols(const struct grid *g);
int seg_grid_window_rows(const struct grid *g, int rows);
size_t seg_grid_window_floats(const struct grid *g);
void seg_grid_window(float *window, const float *in, int image,
    const struct grid *g, int top, int rows);

#endif
