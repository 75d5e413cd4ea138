#include <string.h>

#include "formats/onnx/graph.h"

/* Fields of GraphProto, NodeProto, AttributeProto and TensorProto. */
enum { GRAPH_NODE = 1, GRAPH_INITIALIZER = 5 };
enum { NODE_INPUT = 1, NODE_OUTPUT, NODE_NAME, NODE_OP, NODE_ATTRIBUTE };
enum { ATTR_NAME = 1, ATTR_F, ATTR_I, ATTR_S, ATTR_INTS = 8, ATTR_TYPE = 20 };
enum { TYPE_FLOAT = 1, TYPE_INT, TYPE_STRING, TYPE_INTS = 7 };
enum { TENSOR_DIMS = 1, TENSOR_TYPE, TENSOR_NAME = 8, TENSOR_RAW };
enum { ELEMENT_FLOAT = 1, ELEMENT_INT64 = 7, ELEMENT_DOUBLE = 11 };

/* A text from the arena, or "" after a failure. */
static const char *
checked(struct seg_onnx *g, const char *text)
{
    if (!text)
        g->graph.failed = 1;
    return g->graph.failed ? "" : text;
}

/* ---- values ---- */

static const char *
helper(struct seg_onnx *g)
{
    return checked(g,
        seg_take_text(g->arena, g->e, "/%s/%d", g->step->name, ++g->helpers));
}

const char *
seg_onnx_value(struct seg_onnx *g, const struct seg_value *v)
{
    for (int i = 0; i < seg_net_steps(g->net); i++)
        if (seg_net_step(g->net, i)->out == v)
            return checked(g, g->name[i]);
    return "";
}

static const char *
constant(struct seg_onnx *g, const char *name, int element, int rank,
    const size_t *shape, const void *data, size_t bytes)
{
    size_t mark = seg_proto_open(&g->graph, GRAPH_INITIALIZER);

    for (int i = 0; i < rank; i++)
        seg_proto_int(&g->graph, TENSOR_DIMS, (int64_t)shape[i]);
    seg_proto_int(&g->graph, TENSOR_TYPE, element);
    seg_proto_text(&g->graph, TENSOR_NAME, name);
    seg_proto_bytes(&g->graph, TENSOR_RAW, data, bytes);
    seg_proto_close(&g->graph, mark);
    return name;
}

const char *
seg_onnx_param(struct seg_onnx *g, const char *name, const float *x, int rank,
    const size_t *shape)
{
    size_t n = 1;

    for (int i = 0; i < rank; i++)
        n *= shape[i];
    return constant(g, name, ELEMENT_FLOAT, rank, shape, x, n * sizeof *x);
}

const char *
seg_onnx_floats(
    struct seg_onnx *g, const float *x, int rank, const size_t *shape)
{
    return seg_onnx_param(g, helper(g), x, rank, shape);
}

const char *
seg_onnx_ints(struct seg_onnx *g, const int64_t *x, size_t n)
{
    return constant(g, helper(g), ELEMENT_INT64, 1, &n, x, n * sizeof *x);
}

const char *
seg_onnx_number(struct seg_onnx *g, float x)
{
    return seg_onnx_floats(g, &x, 0, NULL);
}

const char *
seg_onnx_double(struct seg_onnx *g, double x)
{
    return constant(g, helper(g), ELEMENT_DOUBLE, 0, NULL, &x, sizeof x);
}

/* ---- nodes ---- */

void
seg_onnx_begin(struct seg_onnx *g, const char *op)
{
    g->mark = seg_proto_open(&g->graph, GRAPH_NODE);
    g->op = op;
}

void
seg_onnx_in(struct seg_onnx *g, const char *value)
{
    seg_proto_text(&g->graph, NODE_INPUT, value);
}

static size_t
open_attribute(struct seg_onnx *g, const char *key, int type)
{
    size_t mark = seg_proto_open(&g->graph, NODE_ATTRIBUTE);

    seg_proto_text(&g->graph, ATTR_NAME, key);
    seg_proto_int(&g->graph, ATTR_TYPE, type);
    return mark;
}

void
seg_onnx_attr_int(struct seg_onnx *g, const char *key, int64_t x)
{
    size_t mark = open_attribute(g, key, TYPE_INT);

    seg_proto_int(&g->graph, ATTR_I, x);
    seg_proto_close(&g->graph, mark);
}

void
seg_onnx_attr_ints(
    struct seg_onnx *g, const char *key, const int64_t *x, size_t n)
{
    size_t mark = open_attribute(g, key, TYPE_INTS);

    for (size_t i = 0; i < n; i++)
        seg_proto_int(&g->graph, ATTR_INTS, x[i]);
    seg_proto_close(&g->graph, mark);
}

void
seg_onnx_attr_float(struct seg_onnx *g, const char *key, float x)
{
    size_t mark = open_attribute(g, key, TYPE_FLOAT);

    seg_proto_float(&g->graph, ATTR_F, x);
    seg_proto_close(&g->graph, mark);
}

void
seg_onnx_attr_text(struct seg_onnx *g, const char *key, const char *text)
{
    size_t mark = open_attribute(g, key, TYPE_STRING);

    seg_proto_text(&g->graph, ATTR_S, text);
    seg_proto_close(&g->graph, mark);
}

const char *
seg_onnx_end(struct seg_onnx *g, const char *name)
{
    if (!name)
        name = helper(g);
    seg_proto_text(&g->graph, NODE_OUTPUT, name);
    seg_proto_text(&g->graph, NODE_NAME, name);
    seg_proto_text(&g->graph, NODE_OP, g->op);
    seg_proto_close(&g->graph, g->mark);
    return name;
}

const char *
seg_onnx_apply(struct seg_onnx *g, const char *op, const char *a, const char *b)
{
    seg_onnx_begin(g, op);
    seg_onnx_in(g, a);
    if (b)
        seg_onnx_in(g, b);
    return seg_onnx_end(g, NULL);
}

/* ---- shapes ---- */

const char *
seg_onnx_shape(struct seg_onnx *g, const char *x, int from, int to)
{
    seg_onnx_begin(g, "Shape");
    seg_onnx_in(g, x);
    seg_onnx_attr_int(g, "start", from);
    seg_onnx_attr_int(g, "end", to);
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_join(struct seg_onnx *g, const char *a, const char *b, int axis)
{
    seg_onnx_begin(g, "Concat");
    seg_onnx_in(g, a);
    seg_onnx_in(g, b);
    seg_onnx_attr_int(g, "axis", axis);
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_reshape(
    struct seg_onnx *g, const char *x, const int64_t *shape, size_t n)
{
    return seg_onnx_apply(g, "Reshape", x, seg_onnx_ints(g, shape, n));
}

const char *
seg_onnx_transpose(
    struct seg_onnx *g, const char *x, const int64_t *order, size_t n)
{
    seg_onnx_begin(g, "Transpose");
    seg_onnx_in(g, x);
    seg_onnx_attr_ints(g, "perm", order, n);
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_pad_to(struct seg_onnx *g, const char *x, const char *size)
{
    static const int64_t before[6];
    const char *more =
        seg_onnx_apply(g, "Sub", size, seg_onnx_shape(g, x, 2, 4));

    return seg_onnx_apply(
        g, "Pad", x, seg_onnx_join(g, seg_onnx_ints(g, before, 6), more, 0));
}

const char *
seg_onnx_slice(struct seg_onnx *g, const char *x, const char *from,
    const char *to, int axis)
{
    const char *axes = seg_onnx_ints(g, (int64_t[]){axis}, 1);

    seg_onnx_begin(g, "Slice");
    seg_onnx_in(g, x);
    seg_onnx_in(g, from);
    seg_onnx_in(g, to);
    seg_onnx_in(g, axes);
    return seg_onnx_end(g, NULL);
}
