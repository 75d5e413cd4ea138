/* How far two tensors of one type and shape are apart. */
#ifndef SEG_TENSOR_COMPARE_H
#define SEG_TENSOR_COMPARE_H

#include "lib/tensor/tensor.h"

struct seg_difference {
    size_t n, first; /* elements that differ; the first of them */
    double largest;  /* |a - b|; nan where one is nan */
};

/*
 * Elements differ whose bits are not the same and, with a tolerance above 0,
 * whose values are further apart than that.  nan equals nan then.
 */
struct seg_difference seg_tensor_compare(
    const struct seg_tensor *a, const struct seg_tensor *b, double tolerance);

#endif
