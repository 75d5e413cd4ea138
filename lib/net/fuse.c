/*
 * Fusion: which steps do the work of their neighbors (lib/op/fusion.h).
 *
 * Training, conv > bn > relu > conv.  Each line is a pass over a feature map:
 *
 *   before                              after
 *   conv1  writes x                     conv1  writes x, sums its channels
 *   bn     reads x: mean, variance        (bn has no pass: it computes scale
 *   bn     reads x, writes y               and shift, one number a channel)
 *   relu   reads y, writes z
 *   conv2  reads z                      conv2  reads x as z =
 *                                              max(0, scale x + shift)
 *
 *   conv2  writes dz                    conv2  writes dy = dz if z > 0, else 0,
 *   relu   reads dz, z, writes dy              and sums its channels
 *   bn     reads dy, x: two sums          (bn has no pass: it computes a, b, k)
 *   bn     reads dy, x, writes dx
 *   conv1  reads dx                     conv1  reads dy as dx = a dy + b x + k
 *
 * The members of struct seg_fusion that do this are, from the top, stats_x,
 * read_x, mask_dx and read_dx.  z shares the memory of x, and dx that of dy.
 *
 * Prediction, the same steps: conv1 computes max(0, w' x + shift) with weights
 * w' = scale w.  bn and relu are folded into it and do not run.
 *
 * Both: a concatenation is virtual if its reader can use its inputs instead.
 */
#include <string.h>

#include "lib/net/tape.h"

/* A step is hoisted over this many steps or more. */
enum { MIN_HOIST = 16 };

int
seg_net_is_fused_away(const struct seg_net *net, int i)
{
    return net->host[i] != i || net->fusion[i].concat;
}

static int
position_of(const struct seg_net *net, int i)
{
    int at = 0;

    while (net->order[at] != i)
        at++;
    return at;
}

/* Counts the uses of v as an input of steps that run. */
static int
count_readers(const struct seg_net *net, const struct seg_value *v)
{
    int n = 0;

    for (int i = 0; i < net->nsteps; i++)
        for (int k = 0; k < net->step[i].nin; k++)
            n += net->part[i] == SEG_PART_RUN && net->step[i].in[k] == v;
    return n;
}

/* True if the caller does not see the value of node i. */
static int
is_private(const struct seg_net *net, int i)
{
    return i != net->last && !net->wanted[i];
}

/* The only reader of node i; NULL: there is none. */
static struct seg_step *
only_reader(const struct seg_net *net, int i)
{
    if (!is_private(net, i) || count_readers(net, net->value + i) != 1)
        return NULL;
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        for (int m = 0; m < s->nin; m++)
            if (s->in[m] == net->value + i)
                return s;
    }
    return NULL;
}

/* Publishes the fusion of node i, if it has one, to the operators. */
static void
publish(struct seg_net *net, int i)
{
    const struct seg_fusion *f = net->fusion + i;

    if (f->read_x || f->read_dx || f->stats_x || f->mask_dx || f->concat)
        net->value[i].fusion = f;
}

static void
elide_concats(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        const struct seg_step *s = net->step + i, *reader = only_reader(net, i);
        const struct seg_op_fusion *f = s->op->fusion;
        if (!f || !f->elide || !reader || !f->elide(s, reader))
            continue;
        net->fusion[i].concat = s;
        publish(net, i);
    }
}

/*
 * Training only: moves a step whose only input was produced much earlier, and
 * whose output is smaller, to directly after its producer.  In backward its
 * large input gradient is then not kept for long, and its input is needed late.
 */
static void
hoist_steps(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        const struct seg_step *s = net->step + i;
        if (s->nin != 1 || seg_value_count(s->out) >= seg_value_count(s->in[0]))
            continue;
        int after = position_of(net, seg_net_node_of(net, s->in[0])) + 1;
        if (at - after < MIN_HOIST)
            continue;
        memmove(net->order + after + 1, net->order + after,
            (size_t)(at - after) * sizeof *net->order);
        net->order[after] = i;
    }
}

/* The last writer of node i's gradient: the first step that reads node i, if it
   does so as its first input only; else NULL. */
static const struct seg_step *
last_dx_writer(const struct seg_net *net, int i)
{
    const struct seg_value *v = net->value + i;

    for (int at = 0; is_private(net, i) && at < net->norder; at++) {
        const struct seg_step *s = net->step + net->order[at];
        int n = 0;
        for (int k = 0; k < s->nin; k++)
            n += s->in[k] == v;
        if (n)
            return n == 1 && s->in[0] == v ? s : NULL;
    }
    return NULL;
}

/*
 * True if the second input's gradient can share the output's gradient buffer:
 * step i is its first writer, and every other writer runs after the producer of
 * the first input, which may still read the buffer.
 */
static int
aliases_second_dx(const struct seg_net *net, int i)
{
    const struct seg_step *s = net->step + i;
    const struct seg_op_fusion *f = s->op->fusion;

    if (!f || !f->aliases_second_dx || s->nin != 2 || !s->wants[1])
        return 0;
    int residual = seg_net_node_of(net, s->in[1]);
    int first = position_of(net, seg_net_node_of(net, s->in[0]));
    if (!is_private(net, residual) || position_of(net, residual) >= first)
        return 0;
    for (int k = first; k < net->norder; k++) {
        const struct seg_step *other = net->step + net->order[k];
        for (int m = 0; m < other->nin; m++)
            if (other != s && other->in[m] == s->in[1])
                return 0;
    }
    return 1;
}

/* Lets step i request fusions with its neighbors. */
static void
fuse_neighbors(struct seg_net *net, int i, const struct seg_neighbors *by)
{
    struct seg_step *s = net->step + i;

    if (!s->op->fusion->fuse)
        return;
    s->op->fusion->fuse(s, by);
    publish(net, i);
    publish(net, (int)(by->in - net->fusion));
    if (by->out->mask_dx) { /* run.c sets it for the last writer */
        net->mask[i] = by->out->mask_dx;
        net->last_dx_writer[i] = (int)(by->last_dx_writer - net->step);
        by->out->mask_dx = NULL;
    }
}

/* Training only: fuses steps with their neighbors and lets gradients share
   buffers. */
static void
fuse_steps(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        const struct seg_step *s = net->step + i;
        if (!s->nin || !s->op->fusion)
            continue;
        int producer = seg_net_node_of(net, s->in[0]);
        int second = aliases_second_dx(net, i);
        struct seg_neighbors by = {
            .producer = net->step + producer,
            .alone = only_reader(net, producer) == s,
            .reader = only_reader(net, i),
            .last_dx_writer = last_dx_writer(net, i),
            .in = net->fusion + producer,
            .out = net->fusion + i,
        };
        fuse_neighbors(net, i, &by);
        if (by.out->read_x)
            net->x_of[i] = producer;
        if (second)
            net->dx_of[seg_net_node_of(net, s->in[1])] = i;
        if (by.alone && s->wants[0] && s->op->fusion->aliases_dx &&
            (!second || by.in->read_dx))
            net->dx_of[producer] = i;
    }
}

/* Moves the step at position from of the order to position to. */
static void
move_step(struct seg_net *net, int from, int to)
{
    int moved = net->order[from];

    memmove(net->order + from, net->order + from + 1,
        (size_t)(to - from) * sizeof *net->order);
    net->order[to] = moved;
}

/* True if step i becomes a part of step host. */
static int
fold_step(struct seg_net *net, int i, int host)
{
    const struct seg_op_fusion *f = net->step[i].op->fusion;
    const struct seg_op_fusion *to = net->step[host].op->fusion;
    struct seg_folded folded;

    return to && to->absorb && !f->fold(net->step + i, &folded) &&
           !to->absorb(net->step + host, &folded);
}

/*
 * Prediction only: folds steps into the producers of their first inputs.  The
 * producer moves to the folded step's position: there all other inputs exist,
 * and no step in between reads its output.
 */
static void
fold_steps(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        const struct seg_step *s = net->step + i;
        if (!s->op->fusion || !s->op->fusion->fold)
            continue;
        int producer = seg_net_node_of(net, s->in[0]);
        int host = net->host[producer];
        if (only_reader(net, producer) != s || !fold_step(net, i, host))
            continue;
        net->step[host].out = s->out;
        net->host[i] = host;
        move_step(net, position_of(net, host), at);
    }
}

void
seg_net_fuse(struct seg_net *net)
{
    elide_concats(net);
    if (net->training) {
        hoist_steps(net);
        fuse_steps(net);
    } else if (net->statistics != SEG_STATISTICS_BATCH) {
        fold_steps(net);
    }
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        if (s->op->fusion && s->op->fusion->workspace)
            s->op->fusion->workspace(s);
    }
}
