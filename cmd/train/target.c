#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/train/options.h"
#include "cmd/train/target.h"
#include "lib/net/head.h"
#include "lib/zoo/zoo.h"

const char *const cli_target_labels[] = {"pixels", "cells", NULL};
struct cli_target_opts cli_target_opts = {
    .labels = -1, .weight = -1, .near = -1, .far = -1, .tau = -1};

enum { LARGE = 24 /* pixels: a patch is about as large */ };
#define LABELED 0.5 /* share of labeled pixels that a patch needs */

void
cli_target_check(void)
{
    struct cli_target_opts *o = &cli_target_opts;

    if (!o->file &&
        (o->labels >= 0 || o->patches[0] || o->levels || o->embedding ||
            o->weight >= 0 || o->near >= 0 || o->far >= 0 || o->tau >= 0))
        cli_usage(
            "--target-labels, --patches, --levels, --patch-weight, --near, "
            "--far, --tau and --embedding require --target FILE");
    o->labels = o->labels < 0 ? CLI_TARGET_PIXELS : o->labels;
    o->levels = o->levels ? o->levels : 2;
    o->embedding = o->embedding ? o->embedding : 128;
    o->weight = o->weight < 0 ? 0.1 : o->weight;
    o->near = o->near < 0 ? 0.2 : o->near;
    o->far = o->far < 0 ? 0.5 : o->far;
    o->tau = o->tau < 0 ? 0.1 : o->tau;
}

void
cli_target_open(struct cli_training *t)
{
    cli_training_open_second(t, cli_target_opts.file, "target");
    t->loop.second.batch.views = 1;
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

static void
plan_patches(struct cli_target *k)
{
    const struct cli_target_opts *o = &cli_target_opts;
    const struct seg_batch *b = k->source;
    int gx = o->patches[0] ? o->patches[0] : (b->w + LARGE / 2) / LARGE;
    int gy = o->patches[1] ? o->patches[1] : (b->h + LARGE / 2) / LARGE;

    k->patches = (struct seg_patch_loss){.labels = {.h = b->h,
                                             .w = b->w,
                                             .gy = gy ? gy : 1,
                                             .gx = gx ? gx : 1,
                                             .levels = o->levels,
                                             .classes = b->classes,
                                             .ignore = b->ignore,
                                             .labeled = LABELED},
        .near = o->near,
        .far = o->far,
        .tau = o->tau,
        .source = b->records,
        .threads = cli.threads,
        .n = k->features->n,
        .h = k->features->h,
        .w = k->features->w,
        .d = k->features->c};
}

void
cli_target_start(
    struct cli_target *k, struct cli_training *t, struct cli_loss *labels)
{
    struct seg_err e;
    size_t pixels;

    k->labels = labels;
    k->source = &t->loop.input.batch;
    k->target = &t->loop.second.batch;
    k->features = seg_net_value(t->loop.net, SEG_NODE_PROJECTION);
    plan_patches(k);
    cli_check(seg_patch_loss_plan(&k->patches, &t->arena, &e), &e);
    pixels = 2 * (size_t)k->source->records * k->source->h * k->source->w;
    k->label = cli_need(seg_take_dirty(&t->arena, pixels, 1, &e), &e);
    k->learned = cli_need(seg_take_dirty(&t->arena, pixels, 1, &e), &e);
}

void
cli_target_prepare(struct cli_target *k, float *x, uint64_t pass)
{
    const struct seg_batch *b = k->source;
    int at = (int)(pass % (uint64_t)b->passes);
    size_t floats = seg_batch_floats(b);
    size_t pixels = (size_t)b->records * b->h * b->w;

    memcpy(x, seg_batch_x(b, at), floats * sizeof *x);
    memcpy(x + floats, seg_batch_x(k->target, at), floats * sizeof *x);
    memcpy(k->label, seg_batch_label(b, at), pixels);
    memcpy(k->label + pixels, seg_batch_label(k->target, at), pixels);
    memcpy(k->learned, k->label, 2 * pixels);
    if (cli_target_opts.labels == CLI_TARGET_CELLS)
        memset(k->learned + pixels, b->ignore, pixels);
}

double
cli_target_pass(struct cli_target *k, struct seg_value *out, uint64_t pass)
{
    float *dx = k->features->dx;
    size_t n = seg_value_count(k->features);
    int first = pass % (uint64_t)k->source->passes == 0;
    double share = 1.0 / k->source->passes, weight = cli_target_opts.weight;

    double a = cli_loss_pass(k->labels, out, k->learned, NULL, pass);
    seg_patch_loss_label(&k->patches, k->label);
    double b = seg_patch_loss(&k->patches, dx, k->features->x, &k->report);
#pragma omp parallel for num_threads(cli.threads) schedule(static)
    for (size_t i = 0; i < n; i++)
        dx[i] *= (float)weight;
    k->value[0] = share * a + (first ? 0 : k->value[0]);
    k->value[1] = share * b + (first ? 0 : k->value[1]);
    return a + weight * b;
}

void
cli_target_report(const struct cli_target *k, FILE *log)
{
    fprintf(log, "\t%.6g\t%.6g\t%.0f\t%.1f", k->value[0], k->value[1],
        k->report.anchors, k->report.positives);
}
