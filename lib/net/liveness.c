/* Liveness of values, gradients and data that operators save. */
#include "lib/net/layout.h"

/* A value is recomputed if it would be dead for more time steps than this. */
enum { MIN_IDLE = 8 };

static int
forward_time(const struct layout *l, int i)
{
    return l->time[l->net->host[i]];
}

static int
backward_time(const struct layout *l, int i)
{
    return 2 * l->loss - l->time[i];
}

static void
extend(int *to, int time)
{
    if (time > *to)
        *to = time;
}

/* Until collect_blocks, block CONTENTS*i + content belongs to node i. */
static void
add_block(struct layout *l, int step, enum content content, size_t bytes,
    int from, int to)
{
    struct buffer *b = l->block + CONTENTS * step + content;

    *b = (struct buffer){.bytes = bytes,
        .from = from,
        .to = to,
        .step = step,
        .content = content};
}

/* The time steps at which a value is read. */
struct uses {
    int last_forward; /* or the time step that computes it: no reader */
    int first_backward, last_backward; /* 0: none */
    int first_dx;                      /* the first write of its gradient */
    int fused; /* a neighbor reads or writes it in place of a step */
};

static void
add_backward(struct uses *u, int time)
{
    extend(&u->last_backward, time);
    if (!u->first_backward || time < u->first_backward)
        u->first_backward = time;
}

/* Adds the uses as input m of a reader.  If the reader is a virtual
   concatenation, the step after it does the reading. */
static void
add_reader(struct uses *u, const struct layout *l, int reader, int m)
{
    const struct seg_net *net = l->net;
    const struct seg_step *s = net->step + reader;
    int back = backward_time(l, reader);

    if (net->fusion[reader].concat) {
        add_reader(u, l, reader + 1, 0);
        return;
    }

    extend(&u->last_forward, forward_time(l, reader));
    u->fused |= m == 0 && (net->fusion[reader].read_x || net->mask[reader]);
    if (!s->training)
        return;
    u->first_dx = back;
    if (m == 0 &&
        (s->saves & SEG_SAVES_IN || net->mask[seg_net_node_of(net, s->in[0])]))
        add_backward(u, back);
    if (net->recompute_at[reader])
        add_backward(u, net->recompute_at[reader]);
}

static struct uses
find_uses(const struct layout *l, int i, const struct seg_step *producer)
{
    const struct seg_net *net = l->net;
    const struct seg_value *v = net->value + i;
    struct uses u = {.last_forward = i ? l->time[producer - net->step] : 0,
        .first_dx = l->loss};

    for (int k = 0; k < net->norder; k++) {
        const struct seg_step *s = net->step + net->order[k];
        for (int m = 0; m < s->nin; m++)
            if (s->in[m] == v)
                add_reader(&u, l, net->order[k], m);
    }
    /* the backward of its producer may read it, and so does read_dx */
    if ((producer->training && producer->saves & SEG_SAVES_OUT) ||
        net->fusion[i].read_dx)
        add_backward(&u, backward_time(l, i));
    u.fused |= net->fusion[i].read_x || net->fusion[i].read_dx;
    return u;
}

/* True if a value is recomputed instead of kept between forward and backward:
   its operator supports it, and the inputs, kept for this, are no larger. */
static int
is_recomputed(const struct uses *u, const struct seg_step *producer)
{
    if (!producer->op->recompute || u->fused ||
        u->first_backward - u->last_forward <= MIN_IDLE)
        return 0;
    for (int m = 0; m < producer->nin; m++)
        if (seg_value_count(producer->in[m]) > seg_value_count(producer->out))
            return 0;
    return 1;
}

/* Adds the blocks of the value and gradient of node i. */
static void
add_value(struct layout *l, int i, const struct seg_step *producer)
{
    struct seg_net *net = l->net;
    size_t bytes = seg_value_count(net->value + i) * sizeof(float);
    struct uses u = find_uses(l, i, producer);
    int fixed = net->wanted[i] || i == net->last;
    int from = i ? l->time[producer - net->step] : 0;
    int last = u.last_backward ? u.last_backward : u.last_forward;
    int to = fixed ? l->end : last;

    add_block(l, i, VALUE, bytes, from, to);
    if (!producer->training)
        return;
    if (!fixed && is_recomputed(&u, producer)) {
        struct buffer *b = l->block + CONTENTS * i + VALUE;
        b->idle_from = u.last_forward;
        b->idle_to = net->recompute_at[i] = u.first_backward;
    }
    if (net->wanted[i])
        add_block(l, i, GRADIENT, bytes, 0, l->end);
    else
        add_block(l, i, GRADIENT, bytes, i == net->last ? l->loss : u.first_dx,
            backward_time(l, i));
}

int
seg_net_is_trained(const struct seg_net *net, const struct seg_param *p)
{
    return net->training && !p->buffer && p->lr_scale != 0;
}

/* Adds a step's saved data and the gradients of its parameters. */
static void
add_step_data(struct layout *l, int i)
{
    const struct seg_step *s = l->net->step + i;
    int from = l->time[i];
    size_t floats = 0;

    if (s->saved_bytes)
        add_block(l, i, SAVED, s->saved_bytes, from,
            s->training ? backward_time(l, i) : from);
    for (int k = 0; k < s->nparam; k++)
        if (seg_net_is_trained(l->net, s->param[k]))
            floats += seg_net_padded(s->param[k]);
    if (floats)
        add_block(l, i, PARAM_GRADIENTS, floats * sizeof(float),
            l->net->sums ? 0 : backward_time(l, i), l->end);
}

int
seg_layout_root(const int *of, int i)
{
    while (of[i] != i)
        i = of[i];
    return i;
}

/* Extends the block of node root, whose memory b shares, to cover b. */
static void
share_block(struct layout *l, const struct buffer *b, int root)
{
    struct buffer *to = l->block + CONTENTS * root + b->content;

    if (b == to || !b->bytes || !to->bytes)
        return;
    to->from = b->from < to->from ? b->from : to->from;
    extend(&to->to, b->to);
}

/* Merges blocks of node i that share the memory of another node. */
static void
share_blocks(struct layout *l, int i)
{
    const struct seg_net *net = l->net;
    const int root[] = {
        seg_layout_root(net->x_of, i), seg_layout_root(net->dx_of, i)};

    for (enum content c = VALUE; c <= GRADIENT; c++) {
        struct buffer *b = l->block + CONTENTS * i + c;
        share_block(l, b, root[c]);
        if (root[c] != i)
            b->bytes = 0;
    }
}

static void
collect_blocks(struct layout *l)
{
    const struct seg_net *net = l->net;

    for (int i = net->nsteps - 1; i >= 0; i--)
        share_blocks(l, i);
    for (int i = 0; i < CONTENTS * net->nsteps; i++)
        if (l->block[i].bytes)
            l->block[l->n++] = l->block[i];
}

/* Last steps first: a recomputed value extends the liveness of its inputs. */
void
seg_layout_list(struct layout *l)
{
    struct seg_net *net = l->net;

    for (int k = 0; k < net->norder; k++)
        l->time[net->order[k]] = k + 1;
    l->loss = net->norder + 1;
    l->end = net->training ? 2 * l->loss : l->loss;
    for (int k = net->norder - 1; k >= 0; k--) {
        int i = net->order[k];
        const struct seg_step *s = net->step + i;
        if (net->host[i] != i)
            continue;
        if (!net->fusion[i].concat)
            add_value(l, (int)(s->out - net->value), s);
        add_step_data(l, i);
    }
    collect_blocks(l);
}
