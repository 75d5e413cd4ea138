/*
 * Backward-weights of depthwise convolution (one channel for each group); its
 * other two passes run on the grids of conv_direct.c.
 *
 *   dw[c,t] = sum over pixels dy[.,c] x[. + t, c]
 *
 * Each chunk of rows has its own sums, [tap][c], which are added in order.
 */
#include <string.h>

#include "lib/kernel/conv/conv_grid.h"

enum { CHUNKS = 64, ROWS_AT_ONCE = 4 };

/* Chunks divide the rows of all images. */
static int
count_chunks(const struct seg_conv *cv)
{
    return min_int(CHUNKS, ceil_div(cv->n * cv->oh, ROWS_AT_ONCE));
}

/* Adds rows top to top + rows - 1 of one image: for each tap, the rectangle of
   positions at which it is inside the image. */
static void
add_rows(float *sum, const struct grid *g, const struct conv_kernels *kn,
    const float *x, const float *dy, int top, int rows)
{
    long pitch = g->in_pitch;
    for (int t = 0; t < g->kh * g->kw; t++) {
        int ty = g->ty[t / g->kw], tx = g->tx[t % g->kw];
        int i0 = max_int(seg_grid_first(ty, g->step), top);
        int i1 = min_int(seg_grid_end(ty, g->step, g->ih), top + rows);
        int j0 = seg_grid_first(tx, g->step);
        int j1 = min_int(seg_grid_end(tx, g->step, g->iw), g->ow);
        if (i0 >= i1 || j0 >= j1)
            continue;
        struct rank_k o = {.ny = i1 - i0,
            .nx = j1 - j0,
            .a = x + ((long)(i0 * g->step + ty) * g->iw + j0 * g->step + tx) *
                         pitch,
            .ya = (long)g->step * g->iw * pitch,
            .xa = (long)g->step * pitch,
            .b = dy + ((long)i0 * g->ow + j0) * pitch,
            .yb = (long)g->ow * pitch,
            .xb = pitch,
            .c = sum + t * pitch,
            .cols = g->c};
        kn->depthwise_weights(&o);
    }
}

static void
sum_chunk(float *sum, const struct grid *g, const struct seg_conv *cv,
    const float *x, const float *dy, int chunk, int chunks)
{
    int lo = (int)((long)cv->n * g->oh * chunk / chunks);
    int end = (int)((long)cv->n * g->oh * (chunk + 1) / chunks);
    memset(sum, 0, (size_t)g->kh * g->kw * g->c * sizeof *sum);
    while (lo < end) {
        int image = lo / g->oh, top = lo % g->oh;
        int rows = min_int(min_int(ROWS_AT_ONCE, g->oh - top), end - lo);
        add_rows(sum, g, kernels_of(cv),
            x + (long)image * g->ih * g->iw * g->in_pitch,
            dy + (long)image * g->oh * g->ow * g->out_pitch, top, rows);
        lo += rows;
    }
}

void
seg_conv_depthwise_weights(float *dw, const float *x, const float *dy, int add,
    const struct seg_conv *cv, float *scratch)
{
    struct grid g;
    seg_grid_forward(&g, cv);
    int chunks = count_chunks(cv), taps = cv->kh * cv->kw;
    long each = (long)taps * cv->c;
#pragma omp parallel for num_threads(cv->threads) schedule(dynamic)
    for (int i = 0; i < chunks; i++)
        sum_chunk(scratch + i * each, &g, cv, x, dy, i, chunks);
    for (int c = 0; c < cv->c; c++)
        for (int t = 0; t < taps; t++) {
            float sum = 0;
            for (int i = 0; i < chunks; i++)
                sum += scratch[i * each + (long)t * cv->c + c];
            float *to = dw + (long)c * taps + t;
            *to = add ? *to + sum : sum;
        }
}

size_t
seg_conv_depthwise_weights_scratch(const struct seg_conv *cv)
{
    return (size_t)count_chunks(cv) * cv->kh * cv->kw * cv->c * sizeof(float);
}
