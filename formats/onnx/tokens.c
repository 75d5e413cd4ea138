/* Parts of transformers.  Tokens are [N,C,1,T], or pixels [N,C,H,W] in order of
   rows; C comes before T, so products transpose one factor. */
#include <math.h>

#include "formats/onnx/operators.h"

enum { TOKENS = 3 }; /* the axis */

/* [N,C,H,W] to [N,C,1,T] */
static const char *
flat(struct seg_onnx *g, const char *x)
{
    return seg_onnx_reshape(g, x, (int64_t[]){0, 0, 1, -1}, 4);
}

/* y with the images of x, c channels, and the rows and columns of like. */
static const char *
shaped(struct seg_onnx *g, const char *y, const char *x, int64_t c,
    const char *like)
{
    const char *n = seg_onnx_shape(g, x, 0, 1),
               *size = seg_onnx_shape(g, like, 2, 4);
    const char *shape = seg_onnx_join(
        g, seg_onnx_join(g, n, seg_onnx_ints(g, &c, 1), 0), size, 0);

    return seg_onnx_apply(g, "Reshape", y, shape);
}

/* Tokens `from` to `to` of the parameter [1,T,C], as [1,C,1,T]; NULL with g->e
   if there is no memory. */
static const char *
param_tokens(
    struct seg_onnx *g, const struct seg_param *p, size_t from, size_t to)
{
    size_t c = p->shape[2], n = to - from, shape[] = {1, c, 1, n};
    float *x = seg_take_dirty(g->arena, c * n, sizeof *x, g->e);

    if (!x)
        return NULL;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c; k++)
            x[k * n + i] = p->w[(from + i) * c + k];
    return seg_onnx_floats(g, x, 4, shape);
}

const char *
seg_onnx_class_token(struct seg_onnx *g, const struct seg_step *s)
{
    const struct seg_param *p = s->param[0];
    const char *x = seg_onnx_input(g, s, 0),
               *token = param_tokens(g, p, 0, p->shape[1]);
    int64_t ones[] = {1, 1, 1};

    if (!token)
        return NULL;
    const char *shape = seg_onnx_join(
        g, seg_onnx_shape(g, x, 0, 1), seg_onnx_ints(g, ones, 3), 0);
    token = seg_onnx_apply(g, "Expand", token, shape);
    x = flat(g, x);
    return seg_step_setting(s, "at") > 0 ? seg_onnx_join(g, x, token, TOKENS)
                                         : seg_onnx_join(g, token, x, TOKENS);
}

const char *
seg_onnx_pos_embed(struct seg_onnx *g, const struct seg_step *s)
{
    const struct seg_param *p = s->param[0];
    size_t extra = (size_t)seg_step_setting(s, "extra");
    int64_t h = (int64_t)seg_step_setting(s, "h"),
            w = (int64_t)seg_step_setting(s, "w");
    const char *x = seg_onnx_input(g, s, 0),
               *size = seg_onnx_shape(g, seg_onnx_value(g, s->like), 2, 4);
    const char *grid = param_tokens(g, p, extra, p->shape[1]),
               *first = extra ? param_tokens(g, p, 0, extra) : "";

    if (!grid || !first)
        return NULL;
    grid = seg_onnx_reshape(g, grid, (int64_t[]){1, s->out->c, h, w}, 4);
    grid = flat(g, seg_onnx_enlarge(g, grid, size));
    if (extra)
        grid = seg_onnx_join(g, first, grid, TOKENS);
    const char *shape = seg_onnx_join(
        g, seg_onnx_ints(g, (int64_t[]){1}, 1), seg_onnx_shape(g, x, 1, 4), 0);
    return seg_onnx_apply(
        g, "Add", x, seg_onnx_apply(g, "Reshape", grid, shape));
}

/* Part i of [N,3,heads,d,T]. */
static const char *
part(struct seg_onnx *g, const char *x, int64_t i)
{
    const char *from = seg_onnx_ints(g, &i, 1),
               *to = seg_onnx_ints(g, (int64_t[]){i + 1}, 1);
    const char *y = seg_onnx_slice(g, x, from, to, 1);

    return seg_onnx_apply(g, "Squeeze", y, seg_onnx_ints(g, (int64_t[]){1}, 1));
}

/* softmax(q^T k / sqrt(d)) v^T for each head, [N,heads,T,d] */
static const char *
attend(struct seg_onnx *g, const char *qkv, int64_t d)
{
    static const int64_t swap[] = {0, 1, 3, 2};
    const char *q = seg_onnx_transpose(g, part(g, qkv, 0), swap, 4),
               *k = part(g, qkv, 1),
               *v = seg_onnx_transpose(g, part(g, qkv, 2), swap, 4);
    const char *score =
        seg_onnx_apply(g, "Mul", seg_onnx_apply(g, "MatMul", q, k),
            seg_onnx_number(g, 1 / sqrtf((float)d)));

    seg_onnx_begin(g, "Softmax");
    seg_onnx_in(g, score);
    seg_onnx_attr_int(g, "axis", -1);
    return seg_onnx_apply(g, "MatMul", seg_onnx_end(g, NULL), v);
}

const char *
seg_onnx_attention(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t heads = (int64_t)seg_step_setting(s, "heads"),
            d = s->out->c / heads;
    const char *x = seg_onnx_input(g, s, 0);
    const char *y = attend(
        g, seg_onnx_reshape(g, x, (int64_t[]){0, 3, heads, d, -1}, 5), d);

    y = seg_onnx_transpose(g, y, (int64_t[]){0, 1, 3, 2}, 4);
    return shaped(g, y, x, s->out->c, x);
}

/* The product of height and width of x, a list of one number. */
static const char *
count(struct seg_onnx *g, const char *x)
{
    const char *size = seg_onnx_shape(g, x, 2, 4);

    seg_onnx_begin(g, "ReduceProd");
    seg_onnx_in(g, size);
    return seg_onnx_end(g, NULL); /* keepdims is 1 */
}

const char *
seg_onnx_slice_tokens(struct seg_onnx *g, const struct seg_step *s)
{
    int64_t from = (int64_t)seg_step_setting(s, "from"),
            n = (int64_t)seg_step_setting(s, "count");
    const char *x = seg_onnx_input(g, s, 0), *like = NULL,
               *begin = seg_onnx_ints(g, &from, 1), *length;

    if (s->like)
        like = seg_onnx_value(g, s->like);
    length = like ? count(g, like) : seg_onnx_ints(g, &n, 1);
    if (seg_step_setting(s, "at") > 0) { /* counted from the end */
        const char *end = seg_onnx_apply(g, "Sub", count(g, x), begin);
        begin = seg_onnx_apply(g, "Sub", end, length);
    }
    const char *y = seg_onnx_slice(
        g, flat(g, x), begin, seg_onnx_apply(g, "Add", begin, length), 3);
    return like ? shaped(g, y, x, s->out->c, like) : y;
}

const char *
seg_onnx_matmul(struct seg_onnx *g, const struct seg_step *s)
{
    static const int64_t list[] = {0, 0, -1}, swap[] = {0, 2, 1};
    const char *x = seg_onnx_input(g, s, 0), *z = seg_onnx_input(g, s, 1);
    const char *tokens =
        seg_onnx_transpose(g, seg_onnx_reshape(g, z, list, 3), swap, 3);
    const char *y =
        seg_onnx_apply(g, "MatMul", tokens, seg_onnx_reshape(g, x, list, 3));

    return shaped(g, y, x, s->out->c, x);
}

const char *
seg_onnx_layer_norm(struct seg_onnx *g, const struct seg_step *s)
{
    const char *x = seg_onnx_transpose(
        g, seg_onnx_input(g, s, 0), (int64_t[]){0, 2, 3, 1}, 4);
    const char *param[2];

    for (int i = 0; i < 2; i++)
        param[i] = seg_onnx_param(
            g, s->param[i]->name, s->param[i]->w, 1, s->param[i]->shape);
    seg_onnx_begin(g, "LayerNormalization");
    seg_onnx_in(g, x);
    seg_onnx_in(g, param[0]);
    seg_onnx_in(g, param[1]);
    seg_onnx_attr_int(g, "axis", -1);
    seg_onnx_attr_float(g, "epsilon", (float)seg_step_setting(s, "eps"));
    return seg_onnx_transpose(
        g, seg_onnx_end(g, NULL), (int64_t[]){0, 3, 1, 2}, 4);
}
