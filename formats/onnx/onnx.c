#include <string.h>

#include "formats/onnx/onnx.h"
#include "formats/onnx/operators.h"
#include "formats/stream/stream.h"

enum { IR_VERSION = 8, OPERATOR_SET = 17 };
static const size_t largest = (size_t)2000 << 20;

/* Fields of ModelProto and of the messages in it. */
enum {
    MODEL_IR = 1,
    MODEL_PRODUCER,
    MODEL_PRODUCER_VERSION,
    MODEL_GRAPH = 7,
    MODEL_OPERATOR_SETS,
    MODEL_METADATA = 14
};
enum { SET_DOMAIN = 1, SET_VERSION, PAIR_KEY = 1, PAIR_VALUE };
enum { GRAPH_NAME = 2, GRAPH_INPUT = 11, GRAPH_OUTPUT };
enum { VALUE_NAME = 1, VALUE_TYPE, TYPE_TENSOR = 1, TENSOR_ELEMENT = 1 };
enum { TENSOR_SHAPE = 2, SHAPE_DIM = 1, DIM_SIZE = 1, DIM_NAME };
enum { ELEMENT_FLOAT = 1 };

/* ---- nodes ---- */

/* x[c] op number[c] */
static const char *
by_channel(struct seg_onnx *g, const char *op, const char *x,
    const float *number, int c)
{
    size_t shape[] = {1, (size_t)c, 1, 1};

    return seg_onnx_apply(g, op, x, seg_onnx_floats(g, number, 4, shape));
}

static const char *
normalize(struct seg_onnx *g, const struct seg_model *m)
{
    const struct seg_normalize_opts *q = &m->normalize;
    const char *x = "image";

    if (q->low)
        x = by_channel(g, "Max", x, q->low, m->channels);
    if (q->high)
        x = by_channel(g, "Min", x, q->high, m->channels);
    x = by_channel(g, "Sub", x, q->mean, m->channels);
    return by_channel(g, "Div", x, q->std, m->channels);
}

static int
convert(struct seg_onnx *g, const struct seg_model *m)
{
    for (int i = 0; i < seg_net_steps(g->net); i++) {
        const struct seg_step *s = seg_net_step(g->net, i);
        seg_onnx_convert *fn = seg_onnx_converter(s->op->name);

        g->step = s;
        g->helpers = 0;
        if (i && !fn)
            return seg_step_fail(
                s, g->e, "%s has no form in ONNX", s->op->name);
        g->name[i] = i ? fn(g, s) : normalize(g, m);
        if (!g->name[i] || g->graph.failed)
            return -1;
    }
    return 0;
}

static void
write_output(struct seg_onnx *g, const char *name, int softmax)
{
    seg_onnx_begin(g, softmax ? "Softmax" : "Identity");
    seg_onnx_in(g, g->name[seg_net_steps(g->net) - 1]);
    if (softmax)
        seg_onnx_attr_int(g, "axis", 1);
    seg_onnx_end(g, name);
}

/* ---- inputs and outputs ---- */

static void
write_dim(struct seg_proto *p, const char *name, int size)
{
    size_t mark = seg_proto_open(p, SHAPE_DIM);

    if (name)
        seg_proto_text(p, DIM_NAME, name);
    else
        seg_proto_int(p, DIM_SIZE, size);
    seg_proto_close(p, mark);
}

/* f32 [batch, channels, height, width] */
static void
write_value(struct seg_proto *p, int field, const char *name, int channels,
    const char *height, const char *width)
{
    size_t value = seg_proto_open(p, field);
    seg_proto_text(p, VALUE_NAME, name);
    size_t type = seg_proto_open(p, VALUE_TYPE);
    size_t tensor = seg_proto_open(p, TYPE_TENSOR);
    seg_proto_int(p, TENSOR_ELEMENT, ELEMENT_FLOAT);
    size_t shape = seg_proto_open(p, TENSOR_SHAPE);
    write_dim(p, "batch", 0);
    write_dim(p, NULL, channels);
    write_dim(p, height, 0);
    write_dim(p, width, 0);
    seg_proto_close(p, shape);
    seg_proto_close(p, tensor);
    seg_proto_close(p, type);
    seg_proto_close(p, value);
}

static int
write_graph(struct seg_onnx *g, const struct seg_model *m, int softmax)
{
    const struct seg_step *last =
        seg_net_step(g->net, seg_net_steps(g->net) - 1);
    int whole = last->like == seg_net_step(g->net, 0)->out;
    const char *output = softmax ? "probs" : "logits";

    seg_proto_text(&g->graph, GRAPH_NAME, "segpipe");
    if (convert(g, m))
        return -1;
    write_output(g, output, softmax);
    write_value(
        &g->graph, GRAPH_INPUT, "image", m->channels, "height", "width");
    write_value(&g->graph, GRAPH_OUTPUT, output, last->out->c,
        whole ? "height" : "output_height", whole ? "width" : "output_width");
    return g->graph.failed ? -1 : 0;
}

/* ---- the model ---- */

static void
write_metadata(struct seg_proto *p, const struct seg_record *about)
{
    for (int i = 0; i < about->nmeta; i++) {
        const struct seg_meta *m = about->meta + i;

        if (!strcmp(m->key, "seg.version") || !strcmp(m->key, "seg.hash"))
            continue;
        size_t mark = seg_proto_open(p, MODEL_METADATA);
        seg_proto_text(p, PAIR_KEY, m->key);
        seg_proto_text(p, PAIR_VALUE, m->value);
        seg_proto_close(p, mark);
    }
}

/* All of the model before the graph, and the tag and length of the graph. */
static void
write_head(struct seg_proto *p, const struct seg_model *m, size_t *graph_mark)
{
    seg_proto_int(p, MODEL_IR, IR_VERSION);
    seg_proto_text(p, MODEL_PRODUCER, "segpipe");
    seg_proto_text(p, MODEL_PRODUCER_VERSION, SEG_VERSION);
    size_t set = seg_proto_open(p, MODEL_OPERATOR_SETS);
    seg_proto_text(p, SET_DOMAIN, "");
    seg_proto_int(p, SET_VERSION, OPERATOR_SET);
    seg_proto_close(p, set);
    write_metadata(p, &m->about);
    *graph_mark = seg_proto_open(p, MODEL_GRAPH);
}

static int
write_all(int fd, const char *file, struct seg_onnx *g,
    const struct seg_model *m, int softmax)
{
    size_t n = (size_t)seg_net_steps(g->net), mark;

    g->name = seg_take(g->arena, n, sizeof *g->name, g->e);
    g->folded = seg_take(g->arena, n, sizeof *g->folded, g->e);
    if (!g->name || !g->folded)
        return -1;
    write_head(&g->graph, m, &mark);
    if (write_graph(g, m, softmax))
        return -1;
    seg_proto_close(&g->graph, mark);
    if (g->graph.n > largest)
        return seg_fail(g->e, SEG_EDATA,
            "%.200s: %zu bytes, an ONNX file holds at most %zu", file,
            g->graph.n, largest);
    return seg_write_all(fd, file, g->graph.bytes, g->graph.n, g->e);
}

int
seg_onnx_write(int fd, const char *file, const struct seg_model *m,
    const char *name, const struct seg_onnx_opts *opts, struct seg_err *e)
{
    struct seg_arena arena = {.limit = opts->mem_limit};
    struct seg_onnx g = {.arena = &arena,
        .e = e,
        .graph = {.arena = &arena, .e = e},
        .net = m->net};

    if (m->normalize.kind != SEG_NORMALIZE_DATASET)
        return seg_fail(e, SEG_EDATA,
            "%.200s: seg.normalize is %s: the normalization depends on each "
            "image, and an ONNX graph has the same for all",
            name, seg_normalize_names[m->normalize.kind]);
    int status = write_all(fd, file, &g, m, opts->softmax);
    seg_arena_free(&arena);
    return status;
}
