/*
 * Plans a network for one batch size: the steps that run and their order, all
 * shapes, fusion, and the last step of backward.  memory.c assigns memory.
 */
#include <limits.h>
#include <string.h>

#include "lib/net/tape.h"

enum {
    SIDE = 1 << 20, /* largest h and w */
    LONG_AGO = 16   /* steps */
};

static int
number_of(const struct seg_net *net, const struct seg_value *v)
{
    return (int)(v - net->value);
}

/* Resets the tape to its state after parsing. */
static void
reset_plan(struct seg_net *net)
{
    net->planned = 0;
    net->norder = 0;
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_step *s = net->step + i;
        struct seg_value *v = net->value + i;
        v->n = v->h = v->w = 0;
        v->x = v->dx = NULL;
        v->read_x = v->read_dx = NULL;
        v->stats_x = NULL;
        v->mask_dx = NULL;
        v->concat = NULL;
        s->out = v;
        s->saved = s->kept = NULL;
        s->scratch_bytes = s->saved_bytes = s->kept_bytes = 0;
        s->saves = s->op->saves;
        s->can = 0;
        net->part[i] = SEG_PART_NONE;
        net->wanted[i] = 0;
        net->host[i] = net->x_of[i] = net->dx_of[i] = i;
        net->recompute_at[i] = 0;
        net->last_dx_writer[i] = -1;
        net->mask[i] = NULL;
    }
}

static int
find_node(const struct seg_net *net, const char *node, struct seg_err *e)
{
    int i = seg_net_find(net, net->nsteps, node);

    if (i < 0)
        seg_fail(e, SEG_EDATA, "%s: no node named '%s'", net->name, node);
    return i;
}

/* Marks the nodes that the output and the wanted nodes depend on. */
static int
mark_parts(
    struct seg_net *net, const struct seg_net_plan *plan, struct seg_err *e)
{
    net->last = plan->last ? find_node(net, plan->last, e) : net->nsteps - 1;
    if (net->last < 0)
        return -1;
    for (int k = 0; k < plan->nwanted; k++) {
        int i = find_node(net, plan->wanted[k], e);
        if (i < 0)
            return -1;
        net->part[i] = SEG_PART_RUN;
        net->wanted[i] = 1;
    }
    net->part[0] = net->part[net->last] = SEG_PART_RUN;
    for (int i = net->nsteps - 1; i >= 0; i--) {
        struct seg_step *s = net->step + i;
        unsigned char part = net->part[i];
        if (!part)
            continue;
        for (int k = 0; k < s->nin; k++) {
            unsigned char *of = net->part + number_of(net, s->in[k]);
            *of = part > *of ? part : *of;
        }
        if (s->like && !net->part[number_of(net, s->like)])
            net->part[number_of(net, s->like)] = SEG_PART_SHAPE;
    }
    return 0;
}

/* Marks the trained steps and the steps that depend on one of them. */
static void
mark_trained(struct seg_net *net, const struct seg_net_plan *plan)
{
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_step *s = net->step + i;
        s->frozen = 1;
        for (int k = 0; k < s->nparam; k++)
            if (!s->param[k]->buffer && s->param[k]->lr_scale != 0)
                s->frozen = 0;
        s->training = plan->training && !s->frozen;
        for (int k = 0; k < s->nin; k++) {
            const struct seg_step *maker = net->step + number_of(net, s->in[k]);
            s->wants[k] = maker->training;
            s->training |= maker->training;
        }
        s->threads = plan->threads > 0 ? plan->threads : 1;
        s->exact = plan->exact;
        s->keep_methods = plan->keep_methods;
    }
}

static int
check_shape(const struct seg_step *s, struct seg_err *e)
{
    const struct seg_value *v = s->out;
    size_t bytes = sizeof(float);

    if (v->n < 1 || v->h < 1 || v->w < 1 || v->h > SIDE || v->w > SIDE)
        return seg_step_fail(s, e, "its output would be %d x %d x %d x %d",
            v->n, v->h, v->w, v->c);
    if (seg_mul(&bytes, bytes, (size_t)v->n) ||
        seg_mul(&bytes, bytes, (size_t)v->h * (size_t)v->w) ||
        bytes / sizeof(float) > INT_MAX || seg_mul(&bytes, bytes, (size_t)v->c))
        return seg_step_fail(s, e,
            "its output would be too large: %d x %d x %d "
            "x %d",
            v->n, v->h, v->w, v->c);
    return 0;
}

static int
plan_steps(
    struct seg_net *net, const struct seg_net_plan *plan, struct seg_err *e)
{
    net->value[0].n = plan->n;
    net->value[0].h = plan->h;
    net->value[0].w = plan->w;
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_step *s = net->step + i;
        if (!net->part[i])
            continue;
        if ((s->op->plan && s->op->plan(s, e)) || check_shape(s, e))
            return -1;
        if (net->part[i] == SEG_PART_RUN)
            net->order[net->norder++] = i;
    }
    return 0;
}

static int
position_of(const struct seg_net *net, int i)
{
    int at = 0;

    while (net->order[at] != i)
        at++;
    return at;
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
        int behind = position_of(net, number_of(net, s->in[0])) + 1;
        if (at - behind < LONG_AGO)
            continue;
        memmove(net->order + behind + 1, net->order + behind,
            (size_t)(at - behind) * sizeof *net->order);
        net->order[behind] = i;
    }
}

/* Counts the uses of v as an input of steps that run. */
static int
readers(const struct seg_net *net, const struct seg_value *v)
{
    int n = 0;

    for (int i = 0; i < net->nsteps; i++)
        for (int k = 0; k < net->step[i].nin; k++)
            n += net->part[i] == SEG_PART_RUN && net->step[i].in[k] == v;
    return n;
}

/* True if the value of node i is not visible outside the tape. */
static int private(const struct seg_net *net, int i)
{
    return i != net->last && !net->wanted[i];
}

/* The only reader of node i; NULL: there is none. */
static struct seg_step *
only_reader(const struct seg_net *net, int i)
{
    if (!private(net, i) || readers(net, net->value + i) != 1)
        return NULL;
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        for (int m = 0; m < s->nin; m++)
            if (s->in[m] == net->value + i)
                return s;
    }
    return NULL;
}

static void
elide_concats(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        struct seg_step *s = net->step + net->order[at];
        const struct seg_step *reader = only_reader(net, net->order[at]);
        if (s->op->elide && reader)
            s->op->elide(s, reader);
    }
}

/* The last writer of node i's gradient: the first step that reads node i, if it
   does so as its first input only; else NULL. */
static const struct seg_step *
closer(const struct seg_net *net, int i)
{
    const struct seg_value *v = net->value + i;

    for (int at = 0; private(net, i) && at < net->norder; at++) {
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
    int made = number_of(net, s->in[0]);

    if (!s->op->aliases_second_dx || s->nin != 2 || !s->wants[1])
        return 0;
    int residual = number_of(net, s->in[1]), turn = position_of(net, made);
    if (!private(net, residual) || position_of(net, residual) >= turn)
        return 0;
    for (int k = 0; k < net->norder; k++) {
        const struct seg_step *other = net->step + net->order[k];
        for (int m = 0; m < other->nin; m++)
            if (other != s && other->in[m] == s->in[1] && k >= turn)
                return 0;
    }
    return 1;
}

/* Takes the mask of node i's gradient away until its last writer runs. */
static void
keep_mask(struct seg_net *net, int i, const struct seg_step *last_writer)
{
    struct seg_value *v = net->value + i;

    if (!v->mask_dx)
        return;
    net->mask[i] = v->mask_dx;
    net->last_dx_writer[i] = (int)(last_writer - net->step);
    v->mask_dx = NULL;
}

/* Training only: fuses steps with their neighbors and lets gradients share
   buffers. */
static void
fuse_steps(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        struct seg_step *s = net->step + i;
        if (!s->nin)
            continue;
        int made = number_of(net, s->in[0]),
            through = aliases_second_dx(net, i);
        struct seg_neighbors by = {
            .maker = net->step + made,
            .alone = only_reader(net, made) == s,
            .reader = only_reader(net, i),
            .last_dx_writer = closer(net, i),
        };
        if (s->op->fuse)
            s->op->fuse(s, &by);
        keep_mask(net, i, by.last_dx_writer);
        if (s->out->read_x)
            net->x_of[i] = made;
        if (through)
            net->dx_of[number_of(net, s->in[1])] = i;
        if (by.alone && s->wants[0] && s->op->aliases_dx &&
            (!through || s->in[0]->read_dx))
            net->dx_of[made] = i;
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

/*
 * Folds steps into the producers of their first inputs, if both support it.
 * The producer moves to the later step's position: there all other inputs
 * exist, and no step in between reads its output.
 */
static void
fold_steps(struct seg_net *net)
{
    for (int at = 0; at < net->norder; at++) {
        int i = net->order[at];
        struct seg_step *s = net->step + i;
        if (!s->op->fold)
            continue;
        int made = number_of(net, s->in[0]), maker = net->host[made];
        struct seg_step *m = net->step + maker;
        if (!m->op->absorb || only_reader(net, made) != s || s->op->fold(s, m))
            continue;
        m->out = s->out;
        net->host[i] = maker;
        int from = at;
        while (net->order[from] != maker)
            from--;
        move_step(net, from, at);
    }
}

/* Backward stops at the first step that is trained. */
static void
mark_stop(struct seg_net *net)
{
    net->stop = 0;
    while (
        net->stop < net->norder && !net->step[net->order[net->stop]].training)
        net->stop++;
}

/* fresh: this step is the first one of backward to write the gradient. */
static void
mark_overwrites(struct seg_net *net)
{
    for (int i = 0; i < net->nsteps; i++)
        net->written[i] = net->wanted[i] || i == net->last;
    for (int at = net->norder - 1; at >= 0; at--) {
        struct seg_step *s = net->step + net->order[at];
        for (int k = 0; k < s->nin; k++) {
            unsigned char *written = net->written + number_of(net, s->in[k]);
            s->overwrite[k] = !*written;
            *written = 1;
        }
    }
}

int
seg_net_is_fused_away(const struct seg_net *net, int i)
{
    return net->host[i] != i || net->value[i].concat;
}

int
seg_net_dry_run(
    struct seg_net *net, const struct seg_net_plan *plan, struct seg_err *e)
{
    reset_plan(net);
    if (plan->n < 1 || plan->h < 1 || plan->w < 1)
        return seg_fail(e, SEG_EDATA, "%s: a batch of %d x %d x %d is empty",
            net->name, plan->n, plan->h, plan->w);
    net->training = plan->training;
    net->sums = plan->passes > 1;
    net->threads = plan->threads > 0 ? plan->threads : 1;
    if (mark_parts(net, plan, e))
        return -1;
    mark_trained(net, plan);
    return plan_steps(net, plan, e);
}

int
seg_net_plan(
    struct seg_net *net, const struct seg_net_plan *plan, struct seg_err *e)
{
    if (seg_net_dry_run(net, plan, e))
        return -1;
    elide_concats(net);
    if (plan->training) {
        hoist_steps(net);
        fuse_steps(net);
    } else {
        fold_steps(net);
    }
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        if (s->op->workspace)
            s->op->workspace(s);
    }
    mark_stop(net);
    mark_overwrites(net);
    if (seg_net_assign_memory(net, plan, e))
        return -1;
    net->changed = net->cleared = 1;
    net->planned = 1;
    return 0;
}
