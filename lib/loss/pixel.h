/*
 * Loops that losses share.  Every image is divided into SEG_LOSS_STRIPS strips
 * of rows, whatever the number of threads; partial sums belong to a strip and
 * are added in the order of strips.
 */
#ifndef SEG_LOSS_PIXEL_H
#define SEG_LOSS_PIXEL_H

#include "lib/loss/loss.h"

enum { SEG_LOSS_STRIPS = 32 };

/* Pixels from..to-1 of the batch: strip s of n * SEG_LOSS_STRIPS. */
struct seg_loss_strip {
    size_t from, to;
};
struct seg_loss_strip seg_loss_strip(const struct seg_loss_batch *b, int s);

static inline int
seg_loss_strips(const struct seg_loss_batch *b)
{
    return b->n * SEG_LOSS_STRIPS;
}

static inline size_t
seg_loss_pixels(const struct seg_loss_batch *b)
{
    return (size_t)b->n * b->h * b->w;
}

static inline int
seg_loss_valid(const struct seg_loss_batch *b, int y)
{
    return y < b->classes && y != b->ignore;
}

/* Softmax of all pixels; if nll is not NULL also -log p[y] of the valid pixels,
   at least 0, and -1 for the others. */
void seg_loss_softmax(const struct seg_loss_batch *b, float *p, float *nll,
    const float *x, const uint8_t *label);

/* dx[k] = p[k] (g[k] - sum_j g[j] p[j]): from the gradient of probabilities to
   that of logits, for one pixel.  dx may be g or p. */
static inline void
seg_loss_softmax_backward(float *dx, const float *g, const float *p, int c)
{
    float sum = 0;

    for (int k = 0; k < c; k++)
        sum += g[k] * p[k];
    for (int k = 0; k < c; k++)
        dx[k] = p[k] * (g[k] - sum);
}

/* Turns the probabilities p of all pixels into a (p[k] - [k = y]), in place,
   with a = factor[pixel] / total; 0 if factor or total is not above 0. */
void seg_loss_nll_gradient(const struct seg_loss_batch *b, float *p,
    const float *factor, double total, const uint8_t *label);

/* Sum of n numbers, in their order. */
double seg_loss_add(const double *part, int n);

#endif
