/*
 * The operators of seg-net(5) as nodes of ONNX, operator set 17.
 *
 * A converter writes the nodes of one step and returns the name of its value;
 * NULL with g->e filled if the step has no form in ONNX.
 */
#ifndef SEG_FORMATS_ONNX_OPERATORS_H
#define SEG_FORMATS_ONNX_OPERATORS_H

#include "formats/onnx/graph.h"

typedef const char *seg_onnx_convert(
    struct seg_onnx *g, const struct seg_step *s);

/* NULL if the operator has none. */
seg_onnx_convert *seg_onnx_converter(const char *op);

/* y = f(x) for an activation by its name in networks; NULL with g->e. */
const char *seg_onnx_activation(
    struct seg_onnx *g, const char *name, const char *x);

/* formats/onnx/conv.c: weights, with batch normalization folded into them */
seg_onnx_convert seg_onnx_conv, seg_onnx_tconv, seg_onnx_bn;
/* formats/onnx/tokens.c: parts of transformers */
seg_onnx_convert seg_onnx_class_token, seg_onnx_pos_embed, seg_onnx_attention,
    seg_onnx_slice_tokens, seg_onnx_matmul, seg_onnx_layer_norm;
/* formats/onnx/norm.c: normalization of each image */
seg_onnx_convert seg_onnx_instance_norm, seg_onnx_group_norm;
/* formats/onnx/resize.c */
seg_onnx_convert seg_onnx_resize;

/* The activation of the setting act, applied to x. */
const char *seg_onnx_act(
    struct seg_onnx *g, const struct seg_step *s, const char *x);
/* The value of input i of the step. */
const char *seg_onnx_input(struct seg_onnx *g, const struct seg_step *s, int i);
/* x resized to rows and columns `size`, bilinearly with pixel centers on half
   coordinates. */
const char *seg_onnx_enlarge(
    struct seg_onnx *g, const char *x, const char *size);

#endif
