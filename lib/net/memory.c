/*
 * Where everything of a plan lies.
 *
 * Time runs from 0 (the caller fills the input) through one tick for each step
 * forward, one for the loss, one for each step backward.  A block lives from
 * the tick that writes it first to the one that reads it last; two blocks may
 * share bytes if their lives do not meet.  Blocks are placed largest first,
 * each at the lowest address where it fits.  Gradients of parameters begin to
 * live as most values have died: they hardly take up room of their own.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/net/tape.h"

enum { ALIGN = 64 };

enum content { VALUE, GRADIENT, SAVED, PARAM_GRADIENTS, CONTENTS };

struct block {
    size_t bytes, at;
    int from, to;
    int step;
    enum content content;
};

struct layout {
    struct seg_net *net;
    struct block *block, **placed;
    int n;
    int *tick; /* of the forward, by step; 0 for those that do not run */
    int loss, end;
};

static size_t
round_up(size_t n)
{
    return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static int
forward_tick(const struct layout *l, int i)
{
    return l->tick[l->net->host[i]];
}

static int
backward_tick(const struct layout *l, int i)
{
    return 2 * l->loss - l->tick[i];
}

/* Before they are gathered, block CONTENTS*i + content is node i's. */
static void
add_block(struct layout *l, int step, enum content content, size_t bytes,
    int from, int to)
{
    struct block *b = l->block + CONTENTS * step + content;

    *b = (struct block){round_up(bytes), 0, from, to, step, content};
}

static void
extend(int *to, int tick)
{
    if (tick > *to)
        *to = tick;
}

/* The life of node i's value, given who makes it. */
static void
add_value(struct layout *l, int i, const struct seg_step *maker)
{
    struct seg_net *net = l->net;
    const struct seg_value *v = net->value + i;
    size_t bytes = seg_value_count(v) * sizeof(float);
    int from = i ? l->tick[maker - net->step] : 0;
    int to = from, writes = l->loss;

    for (int k = 0; k < net->norder; k++) {
        int reader = net->order[k];
        const struct seg_step *s = net->step + reader;
        for (int m = 0; m < s->nin; m++) {
            if (s->in[m] != v)
                continue;
            extend(&to, forward_tick(l, reader));
            if (!s->training)
                continue;
            if (m == 0 && s->keeps & SEG_KEEPS_IN)
                extend(&to, backward_tick(l, reader));
            writes = backward_tick(l, reader);
        }
    }
    if (maker->training && maker->keeps & SEG_KEEPS_OUT)
        extend(&to, backward_tick(l, i));
    if (v->dx_lens)
        extend(&to, backward_tick(l, i)); /* the lens shows x as well */
    if (net->wanted[i] || i == net->last)
        to = l->end;
    add_block(l, i, VALUE, bytes, from, to);
    if (!maker->training)
        return;
    if (net->wanted[i])
        add_block(l, i, GRADIENT, bytes, 0, l->end);
    else
        add_block(l, i, GRADIENT, bytes, i == net->last ? l->loss : writes,
            backward_tick(l, i));
}

static int
is_trained(const struct seg_net *net, const struct seg_param *p)
{
    return net->training && !p->buffer && p->lr_scale != 0;
}

/* What a step saves, and the gradients of its parameters. */
static void
add_own(struct layout *l, int i)
{
    const struct seg_step *s = l->net->step + i;
    int from = l->tick[i];
    size_t floats = 0;

    if (s->saved_bytes)
        add_block(l, i, SAVED, s->saved_bytes, from,
            s->training ? backward_tick(l, i) : from);
    for (int k = 0; k < s->nparam; k++)
        if (is_trained(l->net, s->param[k]))
            floats += seg_net_padded(s->param[k]);
    if (floats)
        add_block(l, i, PARAM_GRADIENTS, floats * sizeof(float),
            l->net->sums ? 0 : backward_tick(l, i), l->end);
}

static int
root_of(const int *of, int i)
{
    while (of[i] != i)
        i = of[i];
    return i;
}

/* The block of node root, which b's room is, lives as long as b. */
static void
join_block(struct layout *l, const struct block *b, int root)
{
    struct block *to = l->block + CONTENTS * root + b->content;

    if (b == to || !b->bytes || !to->bytes)
        return;
    to->from = b->from < to->from ? b->from : to->from;
    extend(&to->to, b->to);
}

/* Blocks of node i that are those of its inputs, or of another node. */
static void
join_blocks(struct layout *l, int i)
{
    const struct seg_net *net = l->net;
    const struct seg_step *of = net->value[i].joins;
    const int root[] = {root_of(net->x_of, i), root_of(net->dx_of, i)};

    for (enum content c = VALUE; c <= GRADIENT; c++) {
        struct block *b = l->block + CONTENTS * i + c;
        for (int k = 0; of && k < of->nin; k++)
            join_block(l, b, (int)(of->in[k] - net->value));
        join_block(l, b, root[c]);
        if (of || root[c] != i)
            b->bytes = 0;
    }
}

static void
gather_blocks(struct layout *l)
{
    const struct seg_net *net = l->net;

    for (int i = net->nsteps - 1; i >= 0; i--)
        join_blocks(l, i);
    for (int i = 0; i < CONTENTS * net->nsteps; i++)
        if (l->block[i].bytes)
            l->block[l->n++] = l->block[i];
}

static int
by_size(const void *a, const void *b)
{
    const struct block *p = a, *q = b;

    if (p->bytes != q->bytes)
        return p->bytes < q->bytes ? 1 : -1;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->step != q->step)
        return p->step < q->step ? -1 : 1;
    return (int)p->content - (int)q->content;
}

/*
 * Gives b the lowest address where it meets nobody of its time, and its place
 * among the n blocks that are sorted by address.
 */
static void
place(struct block *b, struct block **placed, int n)
{
    int i = n;

    for (int k = 0; k < n; k++) {
        const struct block *p = placed[k];
        if (p->from > b->to || b->from > p->to)
            continue;
        if (p->at >= b->at + b->bytes)
            break;
        if (p->at + p->bytes > b->at)
            b->at = p->at + p->bytes;
    }
    for (; i > 0 && placed[i - 1]->at > b->at; i--)
        placed[i] = placed[i - 1];
    placed[i] = b;
}

/* Returns the bytes all blocks take up together. */
static size_t
place_all(struct layout *l)
{
    size_t top = 0;

    qsort(l->block, (size_t)l->n, sizeof *l->block, by_size);
    for (int i = 0; i < l->n; i++) {
        struct block *b = l->block + i;
        place(b, l->placed, i);
        if (b->at + b->bytes > top)
            top = b->at + b->bytes;
    }
    return top;
}

static void
list_blocks(struct layout *l)
{
    struct seg_net *net = l->net;

    for (int k = 0; k < net->norder; k++)
        l->tick[net->order[k]] = k + 1;
    l->loss = net->norder + 1;
    l->end = net->training ? 2 * l->loss : l->loss;
    for (int k = 0; k < net->norder; k++) {
        int i = net->order[k];
        const struct seg_step *s = net->step + i;
        if (s->absent)
            continue;
        add_value(l, (int)(s->out - net->value), s);
        add_own(l, i);
    }
    gather_blocks(l);
}

static void
count_bytes(struct seg_net *net, size_t values)
{
    struct seg_net_bytes *b = &net->bytes;

    memset(b, 0, sizeof *b);
    b->values = values;
    for (int k = 0; k < net->norder; k++) {
        const struct seg_step *s = net->step + net->order[k];
        size_t scratch = round_up(s->scratch_bytes);
        b->scratch = scratch > b->scratch ? scratch : b->scratch;
        b->kept += round_up(s->kept_bytes);
    }
    for (int i = 0; i < net->nparams; i++)
        b->params += seg_net_padded(net->param[i]) * sizeof(float);
    b->total = b->values + b->params + b->scratch + b->kept;
}

/* One block for the plan; the old one if it is large enough. */
static char *
make_room(struct seg_net *net, struct seg_err *e)
{
    size_t bytes = net->bytes.values + net->bytes.scratch + net->bytes.kept;

    if (bytes > net->room_bytes) {
        seg_arena_free(&net->room);
        net->room_bytes = bytes;
    } else {
        seg_arena_reset(&net->room);
    }
    char *room = seg_take_dirty(&net->room, net->room_bytes, 1, e);
    if (!room)
        net->room_bytes = 0;
    return room;
}

static void
hand_out_gradients(const struct seg_net *net, struct seg_step *s, float *dw)
{
    for (int k = 0; k < s->nparam; k++)
        if (is_trained(net, s->param[k])) {
            s->param[k]->dw = dw;
            dw += seg_net_padded(s->param[k]);
        }
}

static void
hand_out(struct layout *l, char *room)
{
    struct seg_net *net = l->net;
    char *kept = room + net->bytes.values + net->bytes.scratch;

    for (int i = 0; i < net->nparams; i++)
        net->param[i]->dw = NULL;
    net->scratch = room + net->bytes.values;
    for (int i = 0; i < l->n; i++) {
        const struct block *b = l->block + i;
        void *p = room + b->at;
        if (b->content == VALUE)
            net->value[b->step].x = p;
        else if (b->content == GRADIENT)
            net->value[b->step].dx = p;
        else if (b->content == SAVED)
            net->step[b->step].saved = p;
        else
            hand_out_gradients(net, net->step + b->step, p);
    }
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_value *v = net->value;
        v[i].x = v[root_of(net->x_of, i)].x;
        v[i].dx = v[root_of(net->dx_of, i)].dx;
    }
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        s->kept = kept;
        kept += round_up(s->kept_bytes);
    }
}

int
seg_net_lay_out(struct seg_net *net, size_t mem_limit, struct seg_err *e)
{
    struct seg_arena a = {0};
    struct layout l = {.net = net};
    size_t n = (size_t)net->nsteps;
    int status = -1;

    l.block = seg_take(&a, CONTENTS * n, sizeof *l.block, e);
    l.placed = l.block ? seg_take(&a, CONTENTS * n, sizeof *l.placed, e) : NULL;
    l.tick = l.placed ? seg_take(&a, n, sizeof *l.tick, e) : NULL;
    if (!l.tick)
        goto out;
    list_blocks(&l);
    count_bytes(net, place_all(&l));
    if (mem_limit && net->bytes.total > mem_limit) {
        seg_fail(e, SEG_EMEM,
            "%s: a batch of %d x %d x %d needs %zu bytes, the limit is %zu",
            net->name, net->value[0].n, net->value[0].h, net->value[0].w,
            net->bytes.total, mem_limit);
        goto out;
    }
    char *room = make_room(net, e);
    if (!room)
        goto out;
    hand_out(&l, room);
    status = 0;
out:
    seg_arena_free(&a);
    return status;
}
