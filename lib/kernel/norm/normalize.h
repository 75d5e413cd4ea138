/*
 * Rows of unit length:  f[m,.] = x[m,.] / |x[m,.]|.  A zero row stays zero and
 * gets no gradient.  Results are the same bits for any number of threads.
 */
#ifndef SEG_KERNEL_NORM_NORMALIZE_H
#define SEG_KERNEL_NORM_NORMALIZE_H

/* norm receives |x|, for backward. */
void seg_normalize_forward(float *f /* m,d */, float *norm /* m */,
    const float *x /* m,d */, int m, int d, int threads);

/* dx (+)= (df - f (f . df)) / |x|; add nonzero adds. */
void seg_normalize_backward(float *dx, const float *df, const float *f,
    const float *norm, int add, int m, int d, int threads);

#endif
