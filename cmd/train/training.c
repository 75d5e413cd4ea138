/* The network and the plan of a training, and the finished model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/train/claim.h"
#include "cmd/train/defaults.h"
#include "cmd/train/options.h"
#include "cmd/train/training.h"
#include "lib/net/head.h"
#include "lib/train/layer_decay.h"

const char *
cli_training_backbone(struct cli_training *t, const char **backbone)
{
    struct seg_err e;

    return cli_need(seg_net_remove_head(&t->arena, seg_net_text(t->model.net),
                        cli_training_opts.model, backbone, &e),
        &e);
}

void
cli_training_head(struct cli_training *t, const char *text, int anew)
{
    struct seg_err e;
    struct seg_net *net;
    struct seg_model_load got;
    struct seg_record *rec = &t->initial;

    if (!anew && !strcmp(text, seg_net_text(t->model.net)))
        return;
    cli_check(seg_net_parse(&net, text, cli_training_opts.model, &e), &e);
    seg_net_init(net, SEG_INIT_XAVIER, cli.seed);
    for (int i = 0; i < rec->ntensors; i++)
        if (seg_net_is_head(net, rec->tensors[i].name))
            rec->tensors[i].name = NULL;
    seg_record_sweep(rec);
    cli_check(
        seg_model_load(net, rec, "", cli_training_opts.model, 0, &got, &e), &e);
    seg_net_free(t->model.net);
    t->model.net = net;
    seg_net_changed(net);
}

void
cli_training_rewrite(struct cli_training *t, const char *text)
{
    struct seg_err e;
    struct seg_net *net, *old = t->model.net;

    cli_check(seg_net_parse(&net, text, cli_training_opts.model, &e), &e);
    seg_net_init(net, SEG_INIT_XAVIER, cli.seed);
    for (int i = 0; i < seg_net_params(net); i++) {
        struct seg_param *p = seg_net_param(net, i);
        const struct seg_param *q = seg_net_param_named(old, p->name);

        if (q)
            memcpy(p->w, q->w, p->count * sizeof *p->w);
    }
    seg_net_free(old);
    t->model.net = net;
    seg_net_changed(net);
}

static void
decay_rates(struct cli_training *t)
{
    struct seg_err e;
    double decay = cli_training_opts.layer_decay;

    if (decay == 1)
        return;
    int levels =
        cli_check(seg_layer_decay(t->loop.net, decay, &t->arena, &e), &e);
    if (!levels)
        cli_usage("--layer-decay: %s has no encoder with weights",
            cli_training_opts.model);
    cli_note("--layer-decay %g: %d levels, rates times %.3g to %g", decay,
        levels, pow(decay, levels), decay);
}

static void
scale_rates(struct seg_net *net)
{
    const struct cli_list *list = &cli_training_opts.freeze;

    for (int i = 0; i < list->n; i++)
        if (!seg_net_scale_lr(net, list->item[i], 0))
            cli_usage("--freeze %s: no parameter of that name", list->item[i]);
    list = &cli_training_opts.lr_scale;
    for (int i = 0; i < list->n; i++) {
        const char *eq = strrchr(list->item[i], '=');
        char pattern[200], *end = NULL;
        double scale = eq ? strtod(eq + 1, &end) : -1;

        if (!eq || end == eq + 1 || *end || !(scale >= 0 && scale <= 1e6))
            cli_usage("--lr-scale %s: wanted PATTERN=X", list->item[i]);
        snprintf(pattern, sizeof pattern, "%.*s", (int)(eq - list->item[i]),
            list->item[i]);
        if (!seg_net_scale_lr(net, pattern, scale))
            cli_usage("--lr-scale %s: no parameter of that name", pattern);
    }
}

static struct seg_schedule
schedule(uint64_t total)
{
    const struct cli_training_opts *o = &cli_training_opts;

    return (struct seg_schedule){.kind = o->schedule,
        .base = o->lr,
        .end = o->lr_end,
        .power = 0.9,
        .gamma = 0.1,
        .warmup = (uint64_t)o->warmup,
        .total = total};
}

static struct seg_optim
optimizer(void)
{
    const struct cli_training_opts *o = &cli_training_opts;

    return (struct seg_optim){.kind = o->optimizer,
        .momentum = o->momentum,
        .nesterov = o->nesterov,
        .beta1 = 0.9,
        .beta2 = 0.999,
        .eps = 1e-8,
        .decay = o->decay,
        .threads = cli.threads};
}

/* Bytes of one copy of the parameters. */
static size_t
param_bytes(const struct seg_net *net)
{
    size_t bytes = 0;

    for (int i = 0; i < seg_net_params(net); i++)
        bytes += seg_net_param(net, i)->count * sizeof(float);
    return bytes;
}

/* Bytes besides the network: the batch, the current record and copies of all
   parameters (optimizer state, average, best model, model being written). */
static size_t
held_besides(const struct cli_training *t, size_t copies)
{
    return t->arena.held + t->initial.arena.held +
           t->loop.input.rec.arena.held + t->loop.second.rec.arena.held +
           t->model.about.arena.held + copies * param_bytes(t->model.net);
}

size_t
cli_training_bytes(const struct cli_training *t)
{
    return held_besides(t, 1) + seg_net_bytes(t->model.net).total + t->others;
}

struct seg_net *
cli_training_copy(const struct cli_training *t)
{
    struct seg_net *net;
    struct seg_err e;

    cli_check(seg_net_parse(
                  &net, seg_net_text(t->loop.net), cli_training_opts.model, &e),
        &e);
    return net;
}

size_t
cli_training_left(const struct cli_training *t)
{
    size_t used = cli_training_bytes(t);

    if (!cli.mem_limit)
        return 0;
    return cli.mem_limit > used ? cli.mem_limit - used : 1;
}

/* A loss writes the gradient of its nodes, which exists only if they depend on
   a weight that is trained. */
static void
check_trained(const struct cli_training *t)
{
    const struct seg_net *net = t->loop.net;

    if (t->loop.statistics_only)
        return;
    if (!seg_net_output(net)->dx ||
        (t->wanted && !seg_net_value(net, t->wanted)->dx))
        cli_usage("nothing is trained: --freeze, --lr-scale or --train leave "
                  "no weight that the loss depends on");
}

void
cli_training_plan(struct cli_training *t, int views, int classes, int ignore,
    const char *last)
{
    const struct cli_training_opts *o = &cli_training_opts;
    struct seg_err e;
    struct seg_loop *l = &t->loop;
    struct seg_batch *b = &l->input.batch;
    struct seg_net *net = l->net = t->model.net;

    t->arena.limit = cli.mem_limit;

    b->views = views;
    cli_training_plan_feeds(t, classes, ignore);
    l->statistics_only = o->trained == CLI_TRAINED_STATISTICS;
    if (o->trained == CLI_TRAINED_NORMS && !seg_net_train_norms(net))
        cli_usage("--train norms: %s has no normalization", o->model);
    scale_rates(net);
    decay_rates(t);
    struct seg_net_plan plan = {.n = (views + (t->second != NULL)) * o->batch,
        .h = b->h,
        .w = b->w,
        .training = !l->statistics_only,
        .statistics = (enum seg_statistics)o->statistics,
        .passes = b->passes,
        .threads = cli.threads,
        .exact = cli.exact,
        .mem_limit = cli.mem_limit,
        .others = held_besides(t, 2 + (o->optimizer == SEG_ADAMW) +
                                      (o->ema > 0) + (t->keeps_best != 0)),
        .last = last,
        .wanted = &t->wanted,
        .nwanted = t->wanted != NULL};
    cli_check(seg_net_plan(net, &plan, &e), &e);
    check_trained(t);
    l->schedule = schedule(t->total);
    l->optim = optimizer();
    cli_check(seg_optim_start(&l->optim, net, &t->arena, &e), &e);
    l->ema = (struct seg_ema){.decay = o->ema, .threads = cli.threads};
    cli_check(seg_ema_start(&l->ema, net, &t->arena, &e), &e);
    if (t->keeps_best)
        cli_check(seg_best_start(&t->best, net, &t->arena, &e), &e);
    l->clip = o->clip;
    l->seed = cli.seed;
}

void
cli_training_write(struct cli_training *t)
{
    struct seg_err e;
    struct seg_record rec = {0};

    if (t->keeps_best && t->best.step)
        seg_best_restore(&t->best);
    else
        seg_ema_swap(&t->loop.ema);
    if (t->written)
        cli_training_rewrite(t, t->written);
    struct seg_writer *w = cli_writer();
    cli_check(seg_model_write(&rec, &t->model, &e), &e);
    cli_close_writer_with(w, &rec);
    if (cli_training_opts.checkpoint)
        unlink(cli_training_opts.checkpoint);
    cli_claim_release();
    seg_record_free(&rec);
    seg_record_free(&t->initial);
    seg_record_free(&t->loop.input.rec);
    seg_record_free(&t->loop.second.rec);
    seg_model_free(&t->model);
    seg_normalize_free(&t->loop.input.batch.normalize);
    if (t->second)
        seg_normalize_free(&t->loop.second.batch.normalize);
    seg_arena_free(&t->arena);
}
