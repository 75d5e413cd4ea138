/*
 * The receptive field of the output.
 *
 * Each value has its own grid: its position i is at input pixel i down/up.  The
 * interval that an output depends on is followed back through the tape; if a
 * value has several readers, their intervals are united.
 */
#include "lib/net/tape.h"

enum { ALIGN_MOST = 1 << 16 };

/* A value's scale in lowest terms, and the positions that are needed. */
struct extent {
    long down, up;
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

/* Forward over the tape: scales, and the common multiple of all blocks. */
static int
find_scales(const struct seg_net *net, int axis, struct extent *extent,
    long *align, struct seg_err *e)
{
    *align = 1;
    extent[0] = (struct extent){.down = 1, .up = 1};
    for (int at = 0; at < net->norder; at++) {
        const struct seg_step *s = net->step + net->order[at];
        struct seg_receptive_field r;

        if (!s->nin)
            continue;
        if (!s->op->receptive_field)
            return seg_step_fail(s, e,
                "%s looks at the whole image, so windows cannot be exact",
                s->op->name);
        if (s->op->receptive_field(s, axis, &r, e))
            return -1;
        const struct extent *in = extent + (s->in[0] - net->value);
        for (int k = 1; k < s->nin; k++) {
            const struct extent *other = extent + (s->in[k] - net->value);
            if (other->down * in->up != in->down * other->up)
                return seg_step_fail(
                    s, e, "its inputs are of different scales");
        }
        long down = in->down * r.stride, up = in->up * r.scale;
        long common = divisor(down, up);
        struct extent *out = extent + (s->out - net->value);
        *out = (struct extent){.down = down / common, .up = up / common};
        long block =
            out->down * r.block / divisor(out->down * r.block, out->up);
        *align = *align / divisor(*align, block) * block;
        if (*align > ALIGN_MOST)
            return seg_step_fail(s, e,
                "windows would have to begin at multiples of %ld pixels",
                *align);
    }
    return 0;
}

static void
need(struct extent *s, long from, long to)
{
    s->from = from < s->from ? from : s->from;
    s->to = to > s->to ? to : s->to;
}

int
seg_net_receptive_field(const struct seg_net *net, int axis,
    struct seg_net_receptive_field *reach, struct seg_err *e)
{
    struct seg_arena arena = {0};
    struct extent *extent =
        seg_take(&arena, (size_t)net->nsteps, sizeof *extent, e);
    long align;

    if (!extent || find_scales(net, axis, extent, &align, e)) {
        seg_arena_free(&arena);
        return -1;
    }
    for (int i = 0; i < net->nsteps; i++) {
        extent[i].from = 1L << 40;
        extent[i].to = -(1L << 40);
    }
    struct extent *last = extent + net->last;
    need(last, 0, align * last->up / last->down);
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
            need(extent + (s->in[k] - net->value),
                floor_div(from * r.stride, r.scale) - r.before,
                -floor_div(-to * r.stride, r.scale) + r.after);
    }
    *reach = (struct seg_net_receptive_field){(int)align,
        extent[0].from < 0 ? (int)-extent[0].from : 0,
        extent[0].to > align ? (int)(extent[0].to - align) : 0};
    seg_arena_free(&arena);
    return 0;
}
