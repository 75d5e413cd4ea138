/*
 * The receptive field of the output.
 *
 * Position i of a value is at input pixel i stride/scale; each value has its
 * own stride and scale.  The interval that an output depends on is computed
 * from the end of the tape to its beginning; if a value has several readers,
 * the union of their intervals is needed.
 */
#include "lib/net/tape.h"

enum { MAX_ALIGN = 1 << 16 };

/* Stride and scale of a value, without a common divisor, and the positions that
   are needed. */
struct extent {
    long stride, scale;
    long from, to; /* from > to: none */
};

static long
divisor(long a, long b)
{
    while (b) {
        long rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

static long
floor_div(long a, long b)
{
    return a / b - (a % b < 0);
}

/* Forward over the tape: strides and scales, and in *align the common multiple
   of all blocks. */
static int
find_strides(const struct seg_net *net, int axis, struct extent *extent,
    long *align, struct seg_err *e)
{
    *align = 1;
    extent[0] = (struct extent){.stride = 1, .scale = 1};
    for (int at = 0; at < net->norder; at++) {
        const struct seg_step *s = net->step + net->order[at];
        struct seg_receptive_field r;

        if (!s->nin)
            continue;
        if (!s->op->receptive_field)
            return seg_step_fail(s, e,
                "%s reads the whole image, so windows cannot be exact",
                s->op->name);
        if (s->op->receptive_field(s, axis, &r, e))
            return -1;
        const struct extent *in = extent + (s->in[0] - net->value);
        for (int k = 1; k < s->nin; k++) {
            const struct extent *other = extent + (s->in[k] - net->value);
            if (other->stride * in->scale != in->stride * other->scale)
                return seg_step_fail(s, e, "its inputs have different scales");
        }
        long stride = in->stride * r.stride, scale = in->scale * r.scale;
        long common = divisor(stride, scale);
        struct extent *out = extent + (s->out - net->value);
        *out =
            (struct extent){.stride = stride / common, .scale = scale / common};
        long block =
            out->stride * r.block / divisor(out->stride * r.block, out->scale);
        *align = *align / divisor(*align, block) * block;
        if (*align > MAX_ALIGN)
            return seg_step_fail(s, e,
                "windows would have to begin at multiples of %ld pixels",
                *align);
    }
    return 0;
}

static void
include(struct extent *s, long from, long to)
{
    s->from = from < s->from ? from : s->from;
    s->to = to > s->to ? to : s->to;
}

int
seg_net_receptive_field(const struct seg_net *net, int axis,
    struct seg_net_receptive_field *field, struct seg_err *e)
{
    struct seg_arena arena = {0};
    struct extent *extent =
        seg_take(&arena, (size_t)net->nsteps, sizeof *extent, e);
    long align;

    if (!extent || find_strides(net, axis, extent, &align, e)) {
        seg_arena_free(&arena);
        return -1;
    }
    for (int i = 0; i < net->nsteps; i++) {
        extent[i].from = 1L << 40;
        extent[i].to = -(1L << 40);
    }
    struct extent *last = extent + net->last;
    include(last, 0, align * last->scale / last->stride);
    for (int at = net->norder - 1; at > 0; at--) {
        const struct seg_step *s = net->step + net->order[at];
        const struct extent *out = extent + (s->out - net->value);
        struct seg_receptive_field r;

        if (!s->nin || out->from >= out->to)
            continue;
        if (s->op->receptive_field(s, axis, &r, e))
            break; /* it did not fail above */
        long from = floor_div(out->from, r.block) * r.block;
        long to = -floor_div(-out->to, r.block) * r.block;
        for (int k = 0; k < s->nin; k++)
            include(extent + (s->in[k] - net->value),
                floor_div(from * r.stride, r.scale) - r.before,
                -floor_div(-to * r.stride, r.scale) + r.after);
    }
    *field = (struct seg_net_receptive_field){(int)align,
        extent[0].from < 0 ? (int)-extent[0].from : 0,
        extent[0].to > align ? (int)(extent[0].to - align) : 0};
    seg_arena_free(&arena);
    return 0;
}
