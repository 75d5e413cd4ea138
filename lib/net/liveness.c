/* Liveness of values, gradients and data that operators save. */
#include "lib/net/layout.h"

enum { WORTH = 8 }; /* least time steps dead to recompute a value */

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

/* Until gather_blocks, block CONTENTS*i + content belongs to node i. */
static void
add_block(struct layout *l, int step, enum content content, size_t bytes,
    int from, int to)
{
    struct block *b = l->block + CONTENTS * step + content;

    *b = (struct block){.bytes = bytes,
        .from = from,
        .to = to,
        .step = step,
        .content = content};
}

/* The time steps at which a value is read. */
struct reading {
    int ahead;      /* the last of forward, or when it is computed */
    int back, last; /* the first and last of backward; 0: none */
    int written;    /* the first write of its gradient */
    int afar;       /* by a fused transform or ReLU backward */
};

static void
note(struct reading *r, int time)
{
    extend(&r->last, time);
    if (!r->back || time < r->back)
        r->back = time;
}

/* By reader as its input m; one that joins inputs has the next step read
   them. */
static void
note_reader(struct reading *r, const struct layout *l, int reader, int m)
{
    const struct seg_net *net = l->net;
    const struct seg_step *s = net->step + reader;
    int back = backward_time(l, reader);

    if (net->fusion[reader].concat) {
        note_reader(r, l, reader + 1, 0);
        return;
    }

    extend(&r->ahead, forward_time(l, reader));
    r->afar |= m == 0 && (net->fusion[reader].read_x || net->mask[reader]);
    if (!s->training)
        return;
    r->written = back;
    if (m == 0 && (s->saves & SEG_SAVES_IN || net->mask[s->in[0] - net->value]))
        note(r, back);
    if (net->recompute_at[reader])
        note(r, net->recompute_at[reader]);
}

static struct reading
read_value(const struct layout *l, int i, const struct seg_step *maker)
{
    const struct seg_net *net = l->net;
    const struct seg_value *v = net->value + i;
    struct reading r = {
        .ahead = i ? l->time[maker - net->step] : 0, .written = l->loss};

    for (int k = 0; k < net->norder; k++) {
        const struct seg_step *s = net->step + net->order[k];
        for (int m = 0; m < s->nin; m++)
            if (s->in[m] == v)
                note_reader(&r, l, net->order[k], m);
    }
    /* backward of its producer may read it, and so does a transform of dx */
    if ((maker->training && maker->saves & SEG_SAVES_OUT) ||
        net->fusion[i].read_dx)
        note(&r, backward_time(l, i));
    r.afar |= net->fusion[i].read_x || net->fusion[i].read_dx;
    return r;
}

/* True if a value is recomputed instead of kept from r.ahead to r.back: its
   operator supports it, and the inputs, kept for this, are no larger. */
static int
is_recomputed(const struct reading *r, const struct seg_step *maker)
{
    if (!maker->op->recompute || r->afar || r->back - r->ahead <= WORTH)
        return 0;
    for (int m = 0; m < maker->nin; m++)
        if (seg_value_count(maker->in[m]) > seg_value_count(maker->out))
            return 0;
    return 1;
}

/* Adds the blocks of node i's value and gradient; maker computes the value. */
static void
add_value(struct layout *l, int i, const struct seg_step *maker)
{
    struct seg_net *net = l->net;
    size_t bytes = seg_value_count(net->value + i) * sizeof(float);
    struct reading r = read_value(l, i, maker);
    int fixed = net->wanted[i] || i == net->last;
    int from = i ? l->time[maker - net->step] : 0;
    int to = fixed ? l->end : r.ahead > r.last ? r.ahead : r.last;

    add_block(l, i, VALUE, bytes, from, to);
    if (!maker->training)
        return;
    if (!fixed && is_recomputed(&r, maker)) {
        struct block *b = l->block + CONTENTS * i + VALUE;
        b->idle_from = r.ahead;
        b->idle_to = net->recompute_at[i] = r.back;
    }
    if (net->wanted[i])
        add_block(l, i, GRADIENT, bytes, 0, l->end);
    else
        add_block(l, i, GRADIENT, bytes, i == net->last ? l->loss : r.written,
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
share_block(struct layout *l, const struct block *b, int root)
{
    struct block *to = l->block + CONTENTS * root + b->content;

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
        struct block *b = l->block + CONTENTS * i + c;
        share_block(l, b, root[c]);
        if (root[c] != i)
            b->bytes = 0;
    }
}

static void
gather_blocks(struct layout *l)
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
    gather_blocks(l);
}
