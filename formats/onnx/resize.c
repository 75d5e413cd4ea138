#include "formats/onnx/operators.h"

enum { ELEMENT_INT64 = 7, ELEMENT_DOUBLE = 11 };

static const char *
resize(
    struct seg_onnx *g, const char *x, const char *size, int nearest, int align)
{
    const char *whole = seg_onnx_join(g, seg_onnx_shape(g, x, 0, 2), size, 0);

    seg_onnx_begin(g, "Resize");
    seg_onnx_in(g, x);
    seg_onnx_in(g, "");
    seg_onnx_in(g, "");
    seg_onnx_in(g, whole);
    seg_onnx_attr_text(g, "mode", nearest ? "nearest" : "linear");
    seg_onnx_attr_text(g, "coordinate_transformation_mode",
        align     ? "align_corners"
        : nearest ? "asymmetric"
                  : "half_pixel");
    if (nearest)
        seg_onnx_attr_text(
            g, "nearest_mode", align ? "round_prefer_ceil" : "floor");
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_enlarge(struct seg_onnx *g, const char *x, const char *size)
{
    return resize(g, x, size, 0, 0);
}

static const char *
cast(struct seg_onnx *g, const char *x, int type)
{
    seg_onnx_begin(g, "Cast");
    seg_onnx_in(g, x);
    seg_onnx_attr_int(g, "to", type);
    return seg_onnx_end(g, NULL);
}

/* Height and width of x times scale, rounded down. */
static const char *
scaled(struct seg_onnx *g, const char *x, double scale)
{
    const char *size = seg_onnx_shape(g, x, 2, 4);
    int64_t whole = (int64_t)scale;

    if ((double)whole == scale)
        return seg_onnx_apply(g, "Mul", size, seg_onnx_ints(g, &whole, 1));
    size = cast(g, size, ELEMENT_DOUBLE);
    size = seg_onnx_apply(g, "Mul", size, seg_onnx_double(g, scale));
    return cast(g, size, ELEMENT_INT64);
}

/* The upper left part of x with rows and columns `size`. */
static const char *
crop(struct seg_onnx *g, const char *x, const char *size)
{
    const char *from = seg_onnx_ints(g, (int64_t[]){0, 0}, 2),
               *axes = seg_onnx_ints(g, (int64_t[]){2, 3}, 2);

    seg_onnx_begin(g, "Slice");
    seg_onnx_in(g, x);
    seg_onnx_in(g, from);
    seg_onnx_in(g, size);
    seg_onnx_in(g, axes);
    return seg_onnx_end(g, NULL);
}

const char *
seg_onnx_resize(struct seg_onnx *g, const struct seg_step *s)
{
    double scale = seg_step_setting(s, "scale");
    int64_t fixed[] = {
        (int64_t)seg_step_setting(s, "h"), (int64_t)seg_step_setting(s, "w")};
    const char *x = seg_onnx_input(g, s, 0), *like = NULL, *size;

    if (s->like)
        like = seg_onnx_shape(g, seg_onnx_value(g, s->like), 2, 4);
    if (scale > 0)
        size = scaled(g, x, scale);
    else
        size = like ? like : seg_onnx_ints(g, fixed, 2);
    const char *y = resize(g, x, size, seg_step_setting(s, "mode") > 0,
        seg_step_setting(s, "align") > 0);
    return scale > 0 && like ? crop(g, y, like) : y;
}
