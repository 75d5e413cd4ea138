/* Differences between two tensors of one type and shape. */
#ifndef SEG_TENSOR_COMPARE_H
#define SEG_TENSOR_COMPARE_H

#include "lib/tensor/tensor.h"

struct seg_difference {
    size_t n, first; /* elements that differ; index of the first of them */
    double
        largest; /* largest |a - b|; NaN if an element of one tensor is NaN */
};

/*
 * With tolerance 0 elements differ if their bits differ.  With a tolerance
 * above 0 they differ if their values are further apart than that; then NaN
 * equals NaN.
 */
struct seg_difference seg_tensor_compare(
    const struct seg_tensor *a, const struct seg_tensor *b, double tolerance);

#endif
