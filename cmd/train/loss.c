#include "cmd/train/loss.h"
#include "cmd/cli/cli.h"

void
cli_loss_parse(
    struct cli_loss *l, const char *option, const char *text, int weighted)
{
    struct seg_err e;
    char where[200];
    size_t at = 0, size = sizeof l->columns;
    int uses = 0;

    snprintf(where, sizeof where, "%s %.160s", option, text);
    cli_check(seg_loss_parse(&l->sum, text, where, &e), &e);
    for (int t = 0; t < l->sum.terms; t++) {
        uses |= l->sum.term[t].loss->weighted;
        if (l->sum.terms > 1)
            at += (size_t)snprintf(
                l->columns + at, size - at, "\t%s", l->sum.term[t].loss->name);
    }
    if (weighted && !uses)
        cli_usage("--class-weights: none of --loss %.180s uses them; ce, focal "
                  "and ohem do",
            text);
}

void
cli_loss_plan(struct cli_loss *l, struct cli_training *t, const float *weight)
{
    struct seg_err e;
    const struct seg_value *out = seg_net_output(t->loop.net);
    const struct seg_batch *b = &t->loop.input.batch;
    struct seg_loss_sum *s = &l->sum;

    s->weight = weight;
    s->seed = cli.seed;
    s->ignore = b->ignore;
    s->threads = cli.threads;
    s->n = out->n;
    s->h = out->h;
    s->w = out->w;
    s->classes = out->c;
    s->label_h = b->h;
    s->label_w = b->w;
    l->passes = b->passes;
    cli_check(seg_loss_plan(s, &t->arena, &e), &e);
}

void
cli_mean_pass(double *mean, double value, uint64_t pass, int passes)
{
    if (pass % (uint64_t)passes == 0)
        *mean = 0;
    *mean += value / passes;
}

double
cli_loss_pass(struct cli_loss *l, struct seg_value *out, const uint8_t *label,
    const uint8_t *valid, uint64_t pass)
{
    double value = seg_loss_value(&l->sum, out->dx, out->x, label, valid, pass);

    for (int t = 0; t < l->sum.terms; t++) {
        cli_mean_pass(l->mean + t, l->sum.value[t], pass, l->passes);
    }
    return value;
}

void
cli_loss_report(const struct cli_loss *l, FILE *log)
{
    for (int t = 0; *l->columns && t < l->sum.terms; t++)
        fprintf(log, "\t%.6g", l->mean[t]);
}
