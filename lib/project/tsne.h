/*
 * t-SNE (van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008),
 * exact: time and memory grow with n^2.
 *
 * p[j|i] is a Gaussian about point i whose perplexity is given, p[i,j] =
 * (p[j|i] + p[i|j]) / 2n, and q[i,j] is proportional to
 * 1 / (1 + |y_i - y_j|^2).  The layout y minimizes KL(P|Q) by gradient
 * descent with momentum 0.5, then 0.8, and a gain for each coordinate.  During
 * the first 250 iterations P is multiplied by 12 (van der Maaten, "Accelerating
 * t-SNE using tree-based algorithms", JMLR 2014).  The learning rate is n / 48,
 * at least 50 (Belkina et al., Nature Communications 2019; their rate n / 12
 * leaves the factor 4 of the gradient out).
 */
#ifndef SEG_PROJECT_TSNE_H
#define SEG_PROJECT_TSNE_H

#include "lib/base/arena.h"

struct seg_tsne_opts {
    double perplexity; /* less than n / 3 makes sense; see seg_tsne */
    int iterations;
};

/*
 * Improves the layout y[n,2] of x[n,d]; only the shape of the first layout
 * counts, as it is scaled to a standard deviation of 1e-4.  A perplexity above
 * (n - 1) / 3 is lowered to that.  *kl is the final KL(P|Q).  The result does
 * not depend on the number of threads.  progress, if not NULL, is called after
 * each iteration by one thread.
 */
int seg_tsne(float *y, double *kl, const float *x, int n, int d,
    const struct seg_tsne_opts *opts, void (*progress)(void *, int done),
    void *argument, struct seg_arena *scratch, struct seg_err *e) SEG_MUST_USE;

#endif
