/*
 * Layer normalization (Ba et al., 1607.06450): each row gets mean 0 and
 * variance 1, then each column a scale and a shift.
 *
 *   y[m,c] = (x[m,c] - mean[m]) / sqrt(var[m] + eps) w[c] + b[c]
 */
#ifndef SEG_KERNEL_NORM_LAYER_NORM_H
#define SEG_KERNEL_NORM_LAYER_NORM_H

#include <stddef.h>

/* moment receives mean and 1 / sqrt(var + eps) of each row, for backward. */
void seg_layer_norm_forward(float *y, float *moment /* m,2 */, const float *x,
    const float *w, const float *b, float eps, size_t m, int c, int threads);

/*
 * dx (+)=, dw +=, db +=; each may be NULL; add nonzero adds to dx.  dw and db
 * are summed in fixed pieces, which are combined in double.
 */
void seg_layer_norm_backward(float *dx, float *dw, float *db, const float *dy,
    const float *x, const float *moment, const float *w, int add, size_t m,
    int c, int threads, void *scratch);

size_t seg_layer_norm_scratch(size_t m, int c);

#endif
