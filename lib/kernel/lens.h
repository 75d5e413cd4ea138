/*
 * Maps that are read through a lens, and tallies of maps as they are written:
 * what lets batch norm do without passes of its own.
 *
 * A lens shows a stored map x, channel by channel, as
 *
 *   act( scale[c] x[m,c] + shift[c] )                        a normalized map
 *   scale[c] x[m,c] + slope[c] other[m,c] + shift[c]         its gradient
 *
 * A tally is two sums a channel over all that a pass writes.  It is taken in
 * parts that do not depend on the number of threads and joined in their order.
 */
#ifndef SEG_KERNEL_LENS_H
#define SEG_KERNEL_LENS_H

/* Identity, max(0,x). */
enum seg_act { SEG_ACT_NONE, SEG_ACT_RELU };

struct seg_lens {
    const float *scale, *shift; /* c */
    const float *slope, *other; /* c; m,c like x; both NULL without it */
    enum seg_act act;           /* only without it */
};

/* Mean and variance (divided by m) of each channel of the map written. */
struct seg_moments {
    float *mean, *var; /* c */
};

/*
 * The way back through an activation.  What would be written as v becomes
 *
 *   g[m,c] = v[m,c] where y[m,c] > 0, or act is none
 *
 * and its sums over m are left in sum and product.
 */
struct seg_gate {
    const float *x; /* m,c like the map written */
    const float *y; /* likewise; NULL: it is scale[c] x[m,c] + shift[c] */
    const float *scale, *shift, *mean;
    enum seg_act act;
    double *sum;     /* c: of g */
    double *product; /* c: of g (x - mean) */
};

#endif
