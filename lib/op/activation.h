/* The operators of activations other than relu, by number. */
#ifndef SEG_OP_ACTIVATION_H
#define SEG_OP_ACTIVATION_H

#include "lib/op/op.h"

enum {
    SEG_GELU,
    SEG_SILU,
    SEG_SIGMOID,
    SEG_RELU6,
    SEG_HARDSWISH,
    SEG_HARDSIGMOID,
    SEG_ACTIVATIONS
};

extern const struct seg_op seg_op_activations[SEG_ACTIVATIONS];

#endif
