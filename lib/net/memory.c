/*
 * Memory layout of a plan.  Two blocks may share bytes if they are never live
 * at the same time.  The largest block gets its offset first; each gets the
 * lowest offset that is free while it is live.  Parameter gradients become live
 * when most values are dead, so they reuse that memory.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/cache_line.h"
#include "lib/net/layout.h"

static int
by_size(const void *a, const void *b)
{
    const struct buffer *p = a, *q = b;

    if (p->bytes != q->bytes)
        return p->bytes < q->bytes ? 1 : -1;
    if (p->from != q->from)
        return p->from < q->from ? -1 : 1;
    if (p->step != q->step)
        return p->step < q->step ? -1 : 1;
    return (int)p->content - (int)q->content;
}

/* True if two blocks are ever live at once; each has one or two intervals. */
static int
live_together(const struct buffer *a, const struct buffer *b)
{
    int p[] = {a->from, a->idle_to ? a->idle_from : a->to, a->idle_to, a->to};
    int q[] = {b->from, b->idle_to ? b->idle_from : b->to, b->idle_to, b->to};

    for (int i = 0; i < (a->idle_to ? 4 : 2); i += 2)
        for (int k = 0; k < (b->idle_to ? 4 : 2); k += 2)
            if (p[i] <= q[k + 1] && q[k] <= p[i + 1])
                return 1;
    return 0;
}

/*
 * Assigns b the lowest offset that is free while it is live, and inserts it
 * into the n blocks, which are sorted by offset.
 */
static void
place(struct buffer *b, struct buffer **placed, int n)
{
    int i = n;

    for (int k = 0; k < n; k++) {
        const struct buffer *p = placed[k];
        if (!live_together(p, b))
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

/* Returns the total bytes of all blocks. */
size_t
seg_layout_place(struct layout *l, struct buffer **placed)
{
    size_t top = 0;

    qsort(l->block, (size_t)l->n, sizeof *l->block, by_size);
    for (int i = 0; i < l->n; i++) {
        struct buffer *b = l->block + i;
        b->bytes = round_bytes(b->bytes);
        place(b, placed, i);
        if (b->at + b->bytes > top)
            top = b->at + b->bytes;
    }
    return top;
}

static void
count_bytes(struct seg_net *net, size_t values)
{
    struct seg_net_bytes *b = &net->bytes;

    memset(b, 0, sizeof *b);
    b->values = values;
    for (int k = 0; k < net->norder; k++) {
        const struct seg_step *s = net->step + net->order[k];
        size_t scratch = round_bytes(s->scratch_bytes);
        b->scratch = scratch > b->scratch ? scratch : b->scratch;
        b->kept += round_bytes(s->kept_bytes);
    }
    for (int i = 0; i < net->nparams; i++)
        b->params += seg_net_padded(net->param[i]) * sizeof(float);
    b->total = b->values + b->params + b->scratch + b->kept;
}

/* One block for the plan; the old one if it is large enough. */
static char *
allocate(struct seg_net *net, struct seg_err *e)
{
    size_t bytes = net->bytes.values + net->bytes.scratch + net->bytes.kept;

    if (bytes > net->memory_bytes) {
        seg_arena_free(&net->memory);
        net->memory_bytes = bytes;
    } else {
        seg_arena_reset(&net->memory);
    }
    char *memory = seg_take_dirty(&net->memory, net->memory_bytes, 1, e);
    if (!memory)
        net->memory_bytes = 0;
    return memory;
}

static void
assign_gradients(const struct seg_net *net, struct seg_step *s, float *dw)
{
    for (int k = 0; k < s->nparam; k++)
        if (seg_net_is_trained(net, s->param[k])) {
            s->param[k]->dw = dw;
            dw += seg_net_padded(s->param[k]);
        }
}

static void
assign(struct layout *l, char *memory)
{
    struct seg_net *net = l->net;
    char *kept = memory + net->bytes.values + net->bytes.scratch;

    for (int i = 0; i < net->nparams; i++)
        net->param[i]->dw = NULL;
    net->scratch = memory + net->bytes.values;
    for (int i = 0; i < l->n; i++) {
        const struct buffer *b = l->block + i;
        void *p = memory + b->at;
        if (b->content == VALUE)
            net->value[b->step].x = p;
        else if (b->content == GRADIENT)
            net->value[b->step].dx = p;
        else if (b->content == SAVED)
            net->step[b->step].saved = p;
        else
            assign_gradients(net, net->step + b->step, p);
    }
    for (int i = 0; i < net->nsteps; i++) {
        struct seg_value *v = net->value;
        v[i].x = v[seg_layout_root(net->x_of, i)].x;
        v[i].dx = v[seg_layout_root(net->dx_of, i)].dx;
    }
    for (int k = 0; k < net->norder; k++) {
        struct seg_step *s = net->step + net->order[k];
        s->kept = kept;
        kept += round_bytes(s->kept_bytes);
    }
}

static int
check_limit(const struct seg_net *net, const struct seg_net_plan *plan,
    struct seg_err *e)
{
    size_t limit = plan->mem_limit, total = net->bytes.total;

    if (!limit || (total <= limit && plan->others <= limit - total))
        return 0;
    if (plan->others)
        return seg_fail(e, SEG_EMEM,
            "%s: a batch of %d x %d x %d needs %zu bytes, and %zu are in "
            "use elsewhere; the limit is %zu",
            net->name, plan->n, plan->h, plan->w, total, plan->others, limit);
    return seg_fail(e, SEG_EMEM,
        "%s: a batch of %d x %d x %d needs %zu bytes, the limit is %zu",
        net->name, plan->n, plan->h, plan->w, total, limit);
}

int
seg_net_assign_memory(
    struct seg_net *net, const struct seg_net_plan *plan, struct seg_err *e)
{
    struct seg_arena a = {0};
    struct layout l = {.net = net};
    size_t n = (size_t)net->nsteps;
    int status = -1;

    l.block = seg_take(&a, CONTENTS * n, sizeof *l.block, e);
    struct buffer **placed =
        l.block ? seg_take(&a, CONTENTS * n, sizeof *placed, e) : NULL;
    l.time = placed ? seg_take(&a, n, sizeof *l.time, e) : NULL;
    if (!l.time)
        goto out;
    seg_layout_list(&l);
    count_bytes(net, seg_layout_place(&l, placed));
    if (check_limit(net, plan, e))
        goto out;
    char *memory = allocate(net, e);
    if (!memory)
        goto out;
    assign(&l, memory);
    status = 0;
out:
    seg_arena_free(&a);
    return status;
}
