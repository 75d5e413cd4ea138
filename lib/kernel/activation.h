/*
 * Activations, element by element.  With s(x) = 1 / (1 + exp(-x)) and
 * r(x) = min(max(x, 0), 6):
 *
 *   silu         y = x s(x)          Elfwing et al., 1702.03118; also swish
 *   sigmoid      y = s(x)
 *   relu6        y = r(x)            Sandler et al., 1801.04381
 *   hardswish    y = x r(x + 3) / 6  Howard et al., 1905.02244
 *   hardsigmoid  y = r(x + 3) / 6    the same
 *
 * Where a formula has a corner the slope is that of PyTorch.  Results are the
 * same bits for any number of threads.
 */
#ifndef SEG_KERNEL_ACTIVATION_H
#define SEG_KERNEL_ACTIVATION_H

#include <stddef.h>

/* y = f(x); y may be x. */
typedef void seg_activate(float *y, const float *x, size_t n, int threads);

/* dx (+)= dy f'(x); add nonzero adds; dx may be dy. */
typedef void seg_activate_back(
    float *dx, const float *dy, const float *x, int add, size_t n, int threads);

seg_activate seg_silu_forward, seg_sigmoid_forward, seg_relu6_forward,
    seg_hardswish_forward, seg_hardsigmoid_forward;
seg_activate_back seg_silu_backward, seg_sigmoid_backward, seg_relu6_backward,
    seg_hardswish_backward, seg_hardsigmoid_backward;

#endif
