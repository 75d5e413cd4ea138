/*
 * Plans a network for one batch size: the steps that run and their order, all
 * shapes, and the last step of backward.  fuse.c decides fusion, memory.c
 * assigns memory.
 */
#include <limits.h>

#include "lib/net/tape.h"

enum { SIDE = 1 << 20 /* largest h and w */ };

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
        v->fusion = NULL;
        net->fusion[i] = (struct seg_fusion){0};
        s->out = v;
        s->saved = s->kept = NULL;
        s->scratch_bytes = s->saved_bytes = s->kept_bytes = 0;
        s->saves = s->op->saves;
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
            unsigned char *of = net->part + seg_net_node_of(net, s->in[k]);
            *of = part > *of ? part : *of;
        }
        if (s->like && !net->part[seg_net_node_of(net, s->like)])
            net->part[seg_net_node_of(net, s->like)] = SEG_PART_SHAPE;
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
            const struct seg_step *producer =
                net->step + seg_net_node_of(net, s->in[k]);
            s->wants[k] = producer->training;
            s->training |= producer->training;
        }
        s->batch_statistics = plan->statistics == SEG_STATISTICS_NORMAL
                                  ? s->training && !s->frozen
                                  : plan->statistics == SEG_STATISTICS_BATCH;
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

/* Backward stops at the first step that is trained. */
static void
mark_stop(struct seg_net *net)
{
    net->stop = 0;
    while (
        net->stop < net->norder && !net->step[net->order[net->stop]].training)
        net->stop++;
}

/* overwrite: this step is the first of backward to write the gradient. */
static void
mark_overwrites(struct seg_net *net)
{
    for (int i = 0; i < net->nsteps; i++)
        net->written[i] = net->wanted[i] || i == net->last;
    for (int at = net->norder - 1; at >= 0; at--) {
        struct seg_step *s = net->step + net->order[at];
        for (int k = 0; k < s->nin; k++) {
            unsigned char *written =
                net->written + seg_net_node_of(net, s->in[k]);
            s->overwrite[k] = !*written;
            *written = 1;
        }
    }
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
    net->statistics = plan->statistics;
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
    seg_net_fuse(net);
    mark_stop(net);
    mark_overwrites(net);
    if (seg_net_assign_memory(net, plan, e))
        return -1;
    net->changed = net->cleared = 1;
    net->planned = 1;
    return 0;
}
