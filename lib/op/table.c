/* All operators of network texts. */
#include "lib/op/activation.h"

extern const struct seg_op seg_op_add, seg_op_bn, seg_op_concat, seg_op_conv,
    seg_op_dropout, seg_op_global_avgpool, seg_op_input, seg_op_l2norm,
    seg_op_leaky_relu, seg_op_maxpool, seg_op_relu, seg_op_resize,
    seg_op_shortcut, seg_op_tconv;
extern const struct seg_op seg_op_attention, seg_op_class_token,
    seg_op_layer_norm, seg_op_matmul, seg_op_mul, seg_op_pad, seg_op_pos_embed,
    seg_op_slice, seg_op_instance_norm, seg_op_group_norm;

const struct seg_op *const seg_ops[] = {
    &seg_op_input,
    &seg_op_conv,
    &seg_op_tconv,
    &seg_op_bn,
    &seg_op_instance_norm,
    &seg_op_group_norm,
    &seg_op_relu,
    &seg_op_leaky_relu,
    &seg_op_dropout,
    &seg_op_maxpool,
    &seg_op_global_avgpool,
    &seg_op_resize,
    &seg_op_concat,
    &seg_op_add,
    &seg_op_mul,
    &seg_op_shortcut,
    &seg_op_l2norm,
    &seg_op_layer_norm,
    &seg_op_activations[SEG_GELU],
    &seg_op_activations[SEG_SILU],
    &seg_op_activations[SEG_SIGMOID],
    &seg_op_activations[SEG_RELU6],
    &seg_op_activations[SEG_HARDSWISH],
    &seg_op_activations[SEG_HARDSIGMOID],
    &seg_op_pad,
    &seg_op_class_token,
    &seg_op_pos_embed,
    &seg_op_attention,
    &seg_op_slice,
    &seg_op_matmul,
    NULL,
};
