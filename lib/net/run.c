/* Runs a planned network; accessors of networks. */
#include <assert.h>
#include <fnmatch.h>
#include <string.h>

#include "lib/net/tape.h"

static struct seg_run
make_run(const struct seg_net *net, uint64_t seed, uint64_t step)
{
    return (struct seg_run){
        net->training, net->threads, net->scratch, seed, step, net->momentum};
}

static void
clear_wanted(struct seg_net *net)
{
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_value *v = net->value + i;
        if (net->wanted[i] && v->dx)
            memset(v->dx, 0, seg_value_count(v) * sizeof *v->dx);
    }
}

/* Runs a step.  One that is fused away only fills the arrays that it lent. */
static void
forward_step(struct seg_net *net, struct seg_step *s, const struct seg_run *r)
{
    const struct seg_op_fusion *f = s->op->fusion;

    if (seg_net_is_fused_away(net, (int)(s - net->step))) {
        if (f->update)
            f->update(s);
        return;
    }
    if (s->op->forward)
        s->op->forward(s, r);
    if (net->watch)
        net->watch(net->watch_with, s, 0);
}

void
seg_net_forward(struct seg_net *net, uint64_t seed, uint64_t step)
{
    struct seg_run r = make_run(net, seed, step);

    assert(net->planned);
    clear_wanted(net);
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        s->weights_changed = net->changed;
        forward_step(net, s, &r);
    }
    net->changed = 0;
}

static void
clear_step(struct seg_step *s)
{
    for (int i = 0; i < s->nparam; i++) {
        struct seg_param *p = s->param[i];
        if (p->dw)
            memset(p->dw, 0, p->count * sizeof *p->dw);
    }
}

/* Recomputes the values that were not kept and that the backward of position k
   is the first to read. */
static void
recompute(struct seg_net *net, const struct seg_run *r, int k)
{
    int time = 2 * (net->norder + 1) - (k + 1);

    for (int i = 0; i < k; i++) {
        struct seg_step *s = net->step + net->order[i];
        if (net->recompute_at[net->order[i]] == time)
            s->op->recompute(s, r);
    }
}

/* Sets mask_dx of the first input if s is the last writer of its gradient. */
static void
set_mask(struct seg_net *net, const struct seg_step *s)
{
    int i = s->nin ? seg_net_node_of(net, s->in[0]) : -1;

    if (i >= 0 && net->last_dx_writer[i] == s - net->step)
        net->fusion[i].mask_dx = net->mask[i];
}

static void
backward_step(struct seg_net *net, struct seg_step *s, const struct seg_run *r)
{
    if (s->training && (net->cleared || !net->sums))
        clear_step(s);
    set_mask(net, s);
    if (s->training)
        s->op->backward(s, r);
    if (net->watch)
        net->watch(net->watch_with, s, 1);
}

void
seg_net_backward(struct seg_net *net, uint64_t seed, uint64_t step)
{
    struct seg_run r = make_run(net, seed, step);

    assert(net->planned && net->training);
    for (int i = 0; i < net->nsteps; i++)
        net->fusion[i].mask_dx = NULL;
    for (int k = net->norder - 1; k >= net->stop; k--) {
        struct seg_step *s = net->step + net->order[k];
        recompute(net, &r, k);
        if (!seg_net_is_fused_away(net, net->order[k]))
            backward_step(net, s, &r);
    }
    net->cleared = 0;
}

void
seg_net_clear_grads(struct seg_net *net)
{
    net->cleared = 1;
    clear_wanted(net);
}

void
seg_net_watch(struct seg_net *net, seg_net_watch_fn *fn, void *with)
{
    net->watch = fn;
    net->watch_with = with;
}

void
seg_net_momentum(struct seg_net *net, double share)
{
    net->momentum = share;
}

void
seg_net_changed(struct seg_net *net)
{
    net->changed = 1;
}

int
seg_net_params(const struct seg_net *net)
{
    return net->nparams;
}

struct seg_param *
seg_net_param(const struct seg_net *net, int i)
{
    return net->param[i];
}

struct seg_param *
seg_net_param_named(const struct seg_net *net, const char *name)
{
    for (int i = 0; i < net->nparams; i++)
        if (!strcmp(net->param[i]->name, name))
            return net->param[i];
    return NULL;
}

size_t
seg_net_weights(const struct seg_net *net)
{
    size_t count = 0;

    for (int i = 0; i < net->nparams; i++)
        if (!net->param[i]->buffer)
            count += net->param[i]->count;
    return count;
}

int
seg_net_scale_lr(struct seg_net *net, const char *pattern, double scale)
{
    int matched = 0;

    for (int i = 0; i < net->nparams; i++) {
        struct seg_param *p = net->param[i];
        if (p->buffer || fnmatch(pattern, p->name, 0))
            continue;
        p->lr_scale = scale;
        matched++;
    }
    return matched;
}

int
seg_net_train_norms(struct seg_net *net)
{
    int left = 0;

    for (int i = 0; i < net->nsteps; i++) {
        const struct seg_step *s = net->step + i;
        for (int k = 0; k < s->nparam; k++) {
            if (s->op->norm)
                left += !s->param[k]->buffer;
            else
                s->param[k]->lr_scale = 0;
        }
    }
    return left;
}

int
seg_net_has_statistics(const struct seg_net *net)
{
    for (int i = 0; i < net->nparams; i++)
        if (net->param[i]->buffer)
            return 1;
    return 0;
}

struct seg_net_bytes
seg_net_bytes(const struct seg_net *net)
{
    return net->bytes;
}

int
seg_net_find(const struct seg_net *net, int n, const char *node)
{
    for (int i = 0; i < n; i++)
        if (!strcmp(net->step[i].name, node))
            return i;
    return -1;
}

struct seg_value *
seg_net_value(const struct seg_net *net, const char *node)
{
    int i = seg_net_find(net, net->nsteps, node);

    return i < 0 ? NULL : net->value + i;
}

struct seg_value *
seg_net_input(const struct seg_net *net)
{
    return net->value;
}

struct seg_value *
seg_net_output(const struct seg_net *net)
{
    return net->value + (net->planned ? net->last : net->nsteps - 1);
}

int
seg_net_steps(const struct seg_net *net)
{
    return net->nsteps;
}

const struct seg_step *
seg_net_step(const struct seg_net *net, int i)
{
    return net->step + i;
}
