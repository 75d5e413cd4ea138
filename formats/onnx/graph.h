/*
 * The graph of an ONNX model while it is built: nodes and constants.
 *
 * Values are names.  All feature maps are [N,C,H,W]; tokens are [N,C,1,T].  The
 * value of the node stem of a network is "/stem", helper values are "/stem/1",
 * "/stem/2" and so on; a parameter keeps its name.  After an error the calls do
 * nothing and return "".
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
#ifndef SEG_FORMATS_ONNX_GRAPH_H
#define SEG_FORMATS_ONNX_GRAPH_H

#include "formats/onnx/proto.h"
#include "lib/net/net.h"

struct seg_onnx {
    struct seg_arena *arena;
    struct seg_err *e;
    struct seg_proto graph; /* GraphProto */
    const struct seg_net *net;
    const struct seg_step *step; /* that is being converted */
    int helpers;                 /* of this step */
    const char **name;           /* by step: of its value */
    int *folded;                 /* by step: 1 if a convolution does its work */

    /* of the node that is being written */
    size_t mark;
    const char *op;
};

/* ---- values ---- */

/* The name of the value of a node of the network. */
const char *seg_onnx_value(struct seg_onnx *g, const struct seg_value *v);

/* Constants.  floats and ints get the name of a helper value. */
const char *seg_onnx_param(struct seg_onnx *g, const char *name, const float *x,
    int rank, const size_t *shape);
const char *seg_onnx_floats(
    struct seg_onnx *g, const float *x, int rank, const size_t *shape);
const char *seg_onnx_ints(struct seg_onnx *g, const int64_t *x, size_t n);
/* A constant of one number, without axes. */
const char *seg_onnx_number(struct seg_onnx *g, float x);
const char *seg_onnx_double(struct seg_onnx *g, double x);

/* ---- nodes: begin, then inputs, then attributes, then end; nothing else in
   between ---- */

void seg_onnx_begin(struct seg_onnx *g, const char *op);
void seg_onnx_in(struct seg_onnx *g, const char *value); /* "": left out */
void seg_onnx_attr_int(struct seg_onnx *g, const char *key, int64_t x);
void seg_onnx_attr_ints(
    struct seg_onnx *g, const char *key, const int64_t *x, size_t n);
void seg_onnx_attr_float(struct seg_onnx *g, const char *key, float x);
void seg_onnx_attr_text(struct seg_onnx *g, const char *key, const char *text);
/* Returns the name of the output: a helper value if name is NULL. */
const char *seg_onnx_end(struct seg_onnx *g, const char *name);

/* A node without attributes; b is NULL if it has one input. */
const char *seg_onnx_apply(
    struct seg_onnx *g, const char *op, const char *a, const char *b);

/* ---- shapes ---- */

/* Axes [from, to) of the shape of x, a list of whole numbers. */
const char *seg_onnx_shape(struct seg_onnx *g, const char *x, int from, int to);
/* a and b one after the other along an axis; of lists, 0. */
const char *seg_onnx_join(
    struct seg_onnx *g, const char *a, const char *b, int axis);
/* x in another shape; 0 keeps a size, -1 stands for the rest. */
const char *seg_onnx_reshape(
    struct seg_onnx *g, const char *x, const int64_t *shape, size_t n);
const char *seg_onnx_transpose(
    struct seg_onnx *g, const char *x, const int64_t *order, size_t n);
/* x with height and width size: rows and columns at its end are cut, or zeros
   are added. */
const char *seg_onnx_pad_to(
    struct seg_onnx *g, const char *x, const char *size);
/* Elements [from, to) along one axis; from and to are lists of one number. */
const char *seg_onnx_slice(struct seg_onnx *g, const char *x, const char *from,
    const char *to, int axis);

#endif
