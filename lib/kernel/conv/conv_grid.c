#include "lib/kernel/conv/conv_grid.h"

#include <string.h>

/*
 * A band has at most 8 rows, fewer if its window (640 KiB) or, read in place,
 * its input and output (288 KiB) would not fit in the second-level cache, or if
 * there would be fewer than 4 bands for each thread.
 */
enum {
    WINDOW_FLOATS = 160 << 10,
    IN_PLACE_FLOATS = 72 << 10,
    BAND_ROWS = 8,
    MAX_PADDED_GAP = 4 /* columns between taps; with more, read in place */
};

int
seg_grid_first(int t, int step)
{
    return t >= 0 ? 0 : ceil_div(-t, step);
}

int
seg_grid_end(int t, int step, int size)
{
    return t >= size ? 0 : (size - 1 - t) / step + 1;
}

/*
 * Chooses how the input is read.  In place, rows are divided at the columns at
 * which a tap enters or leaves the image, and taps in the padding are skipped:
 * good for 1x1 kernels and for wide dilation, with which many
 * positions lack taps.  Otherwise a band is copied with a zero border, and with
 * few channels a row of taps then becomes one tap.
 */
static void
choose_reading(struct grid *g, const struct seg_conv *cv)
{
    int gap = g->nx > 1 ? g->tx[1] - g->tx[0] : 0;
    int span = g->nx ? g->tx[g->nx - 1] - g->tx[0] : 0;
    int leaves =
        g->nx &&
        (g->tx[0] < 0 || (g->ow - 1) * g->step + g->tx[g->nx - 1] >= g->iw);
    if (g->nx) {
        int row = gap == 1 && g->sx[1] - g->sx[0] == 1;
        g->padded = (leaves && gap < MAX_PADDED_GAP) ||
                    (row && g->ic < MAX_MERGED_CHANNELS);
        g->merged = g->padded && row;
    }
    int in_place = !g->padded;
    if (g->affine && g->nx)
        g->padded = 1;
    long row = ((g->ow - 1L) * g->step + span + 1) * g->ic;
    int high = g->ny ? g->ty[g->ny - 1] - g->ty[0] : 0;
    g->band = BAND_ROWS;
    while (g->band > 1 &&
           (((g->band - 1) * g->step + high + 1) * row > WINDOW_FLOATS ||
               (in_place &&
                   (long)g->band * g->ow * (g->ic + g->c) > IN_PLACE_FLOATS) ||
               (long)cv->n * ceil_div(g->oh, g->band) < 4L * cv->threads))
        g->band--;
}

void
seg_grid_forward(struct grid *g, const struct seg_conv *cv)
{
    int groups = cv->groups;
    *g = (struct grid){.ih = cv->h,
        .iw = cv->w,
        .ic = cv->c / groups,
        .in_pitch = cv->c,
        .h = cv->oh,
        .w = cv->ow,
        .c = cv->k / groups,
        .out_pitch = cv->k,
        .oh = cv->oh,
        .ow = cv->ow,
        .out_step = 1,
        .step = cv->stride,
        .ny = cv->kh,
        .nx = cv->kw,
        .kh = cv->kh,
        .kw = cv->kw,
        .affine = cv->read_x};
    for (int r = 0; r < cv->kh; r++) {
        g->ty[r] = r * cv->dilation - cv->pad_y;
        g->sy[r] = r;
    }
    for (int q = 0; q < cv->kw; q++) {
        g->tx[q] = q * cv->dilation - cv->pad_x;
        g->sx[q] = q;
    }
    g->tap_floats = (long)g->ic * mm_of(cv)->panel;
    choose_reading(g, cv);
}

/* The taps r for which phase + pad - r*dilation is divisible by the stride. */
static int
phase_taps(
    int *t, int *slot, int phase, int side, int pad, const struct seg_conv *cv)
{
    int n = 0;
    for (int r = side - 1; r >= 0; r--) {
        int v = phase + pad - r * cv->dilation;
        if (v % cv->stride == 0) {
            t[n] = v / cv->stride;
            slot[n++] = side - 1 - r;
        }
    }
    return n;
}

/* dx[y0 + i*s, x0 + j*s] = sum of dy[i + ty, j + tx] w[r,q] with
   r*d = y0 + pad - ty*s, and q likewise.  Packed weights are rotated, so the
   taps ascend. */
void
seg_grid_backward(struct grid *g, const struct seg_conv *cv, int y0, int x0)
{
    int s = cv->stride;
    int groups = cv->groups;
    *g = (struct grid){.ih = cv->oh,
        .iw = cv->ow,
        .ic = cv->k / groups,
        .in_pitch = cv->k,
        .h = cv->h,
        .w = cv->w,
        .c = cv->c / groups,
        .out_pitch = cv->c,
        .oh = ceil_div(max_int(cv->h - y0, 0), s),
        .ow = ceil_div(max_int(cv->w - x0, 0), s),
        .y0 = y0,
        .x0 = x0,
        .out_step = s,
        .step = 1,
        .kh = cv->kh,
        .kw = cv->kw,
        .affine = cv->read_dy};
    g->ny = phase_taps(g->ty, g->sy, y0, cv->kh, cv->pad_y, cv);
    g->nx = phase_taps(g->tx, g->sx, x0, cv->kw, cv->pad_x, cv);
    if (!g->ny || !g->nx)
        g->ny = g->nx = 0;
    g->tap_floats = (long)g->ic * mm_of(cv)->panel;
    choose_reading(g, cv);
}

int
seg_grid_breaks(int *breaks, const struct grid *g)
{
    int n = 0;
    breaks[n++] = 0;
    for (int x = 0; x < g->nx; x++) {
        int at[2] = {seg_grid_first(g->tx[x], g->step),
            seg_grid_end(g->tx[x], g->step, g->iw)};
        for (int e = 0; e < 2; e++)
            if (at[e] > 0 && at[e] < g->ow)
                breaks[n++] = at[e];
    }
    breaks[n++] = g->ow;
    for (int i = 1; i < n; i++)
        for (int j = i; j > 0 && breaks[j] < breaks[j - 1]; j--) {
            int t = breaks[j];
            breaks[j] = breaks[j - 1];
            breaks[j - 1] = t;
        }
    return n;
}

int
seg_grid_taps(struct brgemm_term *taps, const struct grid *g, int i, int j)
{
    int n = 0;
    for (int y = 0; y < g->ny; y++)
        for (int x = 0; x < g->nx; x++) {
            int iy = i * g->step + g->ty[y], ix = j * g->step + g->tx[x];
            if (iy >= 0 && iy < g->ih && ix >= 0 && ix < g->iw)
                taps[n++] = (struct brgemm_term){
                    ((long)iy * g->iw + ix) * g->in_pitch,
                    ((long)g->sy[y] * g->kw + g->sx[x]) * g->tap_floats,
                };
        }
    return n;
}

int
seg_grid_window_cols(const struct grid *g)
{
    return (g->ow - 1) * g->step + g->tx[g->nx - 1] - g->tx[0] + 1;
}

int
seg_grid_window_rows(const struct grid *g, int rows)
{
    return (rows - 1) * g->step + g->ty[g->ny - 1] - g->ty[0] + 1;
}

size_t
seg_grid_window_floats(const struct grid *g)
{
    if (!g->padded || g->oh < 1 || g->ow < 1)
        return 0;
    return round_floats((size_t)seg_grid_window_rows(g, g->band) *
                        seg_grid_window_cols(g) * g->ic);
}

/* Copies count pixels, from offset at of the image, and transforms them. */
static void
copy_pixels(
    float *to, const float *in, long at, int count, const struct grid *g)
{
    int c = g->ic, pitch = g->in_pitch;
    if (g->affine) {
        struct seg_affine l = seg_affine_at(*g->affine, at, 0);
        fused_kernels()->transform(to, c, in + at, pitch, &l, count, c);
        return;
    }
    if (c == pitch) {
        memcpy(to, in + at, (size_t)count * c * sizeof *to);
        return;
    }
    for (int i = 0; i < count; i++)
        memcpy(to + (long)i * c, in + at + (long)i * pitch, c * sizeof *to);
}

void
seg_grid_window(float *window, const float *in, int image, const struct grid *g,
    int top, int rows)
{
    int y0 = top * g->step + g->ty[0], x0 = g->tx[0], c = g->ic;
    int cols = seg_grid_window_cols(g), high = seg_grid_window_rows(g, rows);
    int left = min_int(max_int(-x0, 0), cols);
    int right = max_int(min_int(g->iw - x0, cols), left);
    for (int i = 0; i < high; i++, window += (long)cols * c) {
        int y = y0 + i;
        if (y < 0 || y >= g->ih) {
            memset(window, 0, (size_t)cols * c * sizeof *window);
            continue;
        }
        memset(window, 0, (size_t)left * c * sizeof *window);
        copy_pixels(window + (long)left * c, in,
            (((long)image * g->ih + y) * g->iw + x0 + left) * g->in_pitch,
            right - left, g);
        memset(window + (long)right * c, 0,
            (size_t)(cols - right) * c * sizeof *window);
    }
}
