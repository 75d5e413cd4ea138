#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/train/options.h"
#include "cmd/train/target.h"
#include "lib/net/head.h"
#include "lib/zoo/zoo.h"

const char *const cli_target_labels[] = {"pixels", "cells", NULL};
struct cli_target_opts cli_target_opts = {
    .labels = -1, .weight = -1, .tau = -1};

void
cli_target_check(void)
{
    struct cli_target_opts *o = &cli_target_opts;

    if (!cli_domains_opts.file &&
        (cli_domains_given() || o->labels >= 0 || o->embedding ||
            o->weight >= 0 || o->tau >= 0))
        cli_usage(
            "--target-labels, --patches, --levels, --patch-weight, --near, "
            "--far, --tau and --embedding require --target FILE");
    cli_domains_check();
    o->labels = o->labels < 0 ? CLI_TARGET_PIXELS : o->labels;
    o->embedding = o->embedding ? o->embedding : 128;
    o->weight = o->weight < 0 ? 0.1 : o->weight;
    o->tau = o->tau < 0 ? 0.1 : o->tau;
}

void
cli_target_head(struct cli_training *t)
{
    const char *backbone;
    struct seg_err e;

    cli_training_backbone(t, &backbone);
    t->written = cli_need(
        seg_take_string(&t->arena, seg_net_text(t->model.net), &e), &e);
    cli_training_rewrite(
        t, cli_need(seg_zoo_second_head(&t->arena, t->written, backbone,
                        cli_target_opts.embedding, &e),
               &e));
    t->wanted = SEG_NODE_PROJECTION;
}

void
cli_target_start(
    struct cli_target *k, struct cli_training *t, struct cli_loss *labels)
{
    struct seg_err e;
    size_t pixels;

    k->labels = labels;
    k->t = t;
    k->source = &t->loop.input.batch;
    k->features = seg_net_value(t->loop.net, SEG_NODE_PROJECTION);
    cli_domains_plan(&k->patches, t, k->features, cli_target_opts.tau);
    pixels = 2 * (size_t)k->source->records * k->source->h * k->source->w;
    k->label = cli_need(seg_take_dirty(&t->arena, pixels, 1, &e), &e);
    k->learned = cli_need(seg_take_dirty(&t->arena, pixels, 1, &e), &e);
}

void
cli_target_prepare(struct cli_target *k, float *x, uint64_t pass)
{
    const struct seg_batch *b = k->source;
    size_t pixels = (size_t)b->records * b->h * b->w;

    cli_domains_fill(k->t, x, k->label, pass);
    memcpy(k->learned, k->label, 2 * pixels);
    if (cli_target_opts.labels == CLI_TARGET_CELLS)
        memset(k->learned + pixels, b->ignore, pixels);
}

double
cli_target_pass(struct cli_target *k, struct seg_value *out, uint64_t pass)
{
    float *dx = k->features->dx;
    size_t n = seg_value_count(k->features);
    double weight = cli_target_opts.weight;

    double a = cli_loss_pass(k->labels, out, k->learned, NULL, pass);
    seg_patch_loss_label(&k->patches, k->label);
    double b = seg_patch_loss(&k->patches, dx, k->features->x, &k->report);
#pragma omp parallel for num_threads(cli.threads) schedule(static)
    for (size_t i = 0; i < n; i++)
        dx[i] *= (float)weight;
    cli_mean_pass(k->value, a, pass, k->source->passes);
    cli_mean_pass(k->value + 1, b, pass, k->source->passes);
    return a + weight * b;
}

void
cli_target_report(const struct cli_target *k, FILE *log)
{
    fprintf(log, "\t%.6g\t%.6g\t%.0f\t%.1f", k->value[0], k->value[1],
        k->report.anchors, k->report.positives);
}
