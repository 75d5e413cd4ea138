#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "lib/train/loop.h"

/* The probable cause, for a message: an extreme input value, else the learning
   rate. */
static const char *
probable_cause(char *text, size_t size, const struct seg_loop *l)
{
    const char *cause =
        seg_normalize_explain(text, size, &l->input.batch.normalize);

    return *cause ? cause : "the learning rate may be too high";
}

static double
run_pass(struct seg_loop *l, int pass)
{
    struct seg_value *in = seg_net_input(l->net), *out = seg_net_output(l->net);
    uint64_t number =
        l->step * (uint64_t)l->input.batch.passes + (uint64_t)pass;

    if (l->task.prepare)
        l->task.prepare(l->task.with, in->x, number);
    else
        memcpy(in->x, seg_batch_x(&l->input.batch, pass),
            seg_batch_floats(&l->input.batch) * sizeof *in->x);
    if (l->statistics_only)
        seg_net_momentum(l->net, 1 / ((double)number + 1));
    seg_net_forward(l->net, l->seed, number);
    double loss = l->task.loss(
        l->task.with, out, seg_batch_label(&l->input.batch, pass), number);
    if (!l->statistics_only)
        seg_net_backward(l->net, l->seed, number);
    return loss;
}

int
seg_loop_step(struct seg_loop *l, struct seg_err *e)
{
    char text[600];
    int got = seg_feed_fill(&l->input, e);
    double scale = 1.0 / l->input.batch.passes;

    if (got == 1 && l->second.source.next)
        got = seg_feed_fill(&l->second, e);
    if (got != 1)
        return got;
    l->rate = seg_schedule_rate(&l->schedule, l->step);
    l->loss = 0;
    seg_net_clear_grads(l->net);
    for (int pass = 0; pass < l->input.batch.passes; pass++)
        l->loss += scale * run_pass(l, pass);
    if (!isfinite(l->loss))
        return seg_fail(e, SEG_EDATA,
            "step %" PRIu64 ": the loss is not a finite number at rate %g: %s",
            l->step + 1, l->rate, probable_cause(text, sizeof text, l));
    l->norm = scale * seg_optim_norm(&l->optim);
    if (l->clip > 0 && l->norm > l->clip)
        scale *= l->clip / l->norm;
    seg_optim_step(&l->optim, l->rate, scale);
    l->step++;
    seg_ema_step(&l->ema, l->step);
    seg_feed_used(&l->input);
    if (l->second.source.next)
        seg_feed_used(&l->second);
    return 1;
}

int
seg_loop_check(const struct seg_loop *l, struct seg_err *e)
{
    char text[600];

    for (int i = 0; i < seg_net_params(l->net); i++) {
        const struct seg_param *p = seg_net_param(l->net, i);

        for (size_t j = 0; j < p->count; j++)
            if (!isfinite(p->w[j]))
                return seg_fail(e, SEG_EDATA,
                    "step %" PRIu64 ": %s is no longer a finite number: %s",
                    l->step, p->name, probable_cause(text, sizeof text, l));
    }
    return 0;
}
