/*
 * seg-pretrain --loss within, cross, batch and supcon: features and labels are
 * sampled on the grid of the loss, never averaged: a mean over the border of
 * two classes belongs to neither.
 */
#include "cmd/cli/cli.h"
#include "cmd/train/classes.h"
#include "cmd/train/contrast.h"
#include "lib/loss/contrast.h"

struct task {
    struct seg_contrast_loss loss;
    struct seg_contrast_report report;
    const struct seg_batch *batch;
    int feature_h, feature_w; /* size of the sampled feature map */
};

static double
contrast(void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;

    if (cli_contrast_opts.pool >= 0)
        seg_contrast_loss_pool(
            &k->loss, label, k->batch->h, k->batch->w, cli_contrast_opts.pool);
    else
        seg_contrast_loss_label(&k->loss, label, k->batch->h, k->batch->w,
            k->feature_h, k->feature_w);
    return seg_contrast_loss(&k->loss, out->dx, out->x, pass, &k->report);
}

/* Sets n to rows and columns of features for an image `times` as large. */
static void
count_features(
    struct cli_training *t, const char *backbone, int times, int n[2])
{
    struct seg_err e;
    struct seg_net_plan plan = {.n = 1,
        .h = times * t->h,
        .w = times * t->w,
        .threads = 1,
        .last = backbone};

    cli_check(seg_net_dry_run(t->model.net, &plan, &e), &e);
    n[0] = seg_net_value(t->model.net, backbone)->h;
    n[1] = seg_net_value(t->model.net, backbone)->w;
}

/*
 * Sets the grid to the size of the backbone's features.  Every feature must
 * stand for a whole block of pixels.  A network may pad its last block, for
 * example make 5 features of 16 pixels each from 70; then a larger image has
 * fewer features than the same multiple, which is checked here.
 */
static void
take_features(struct cli_training *t, const char *backbone)
{
    struct cli_contrast_opts *o = &cli_contrast_opts;
    int n[2], more[2], times = 2;

    if (o->grid[0])
        cli_usage("--pool takes all features: no --grid");
    count_features(t, backbone, 1, n);
    times += t->h / n[0] / n[0] + t->w / n[1] / n[1];
    count_features(t, backbone, times, more);
    if (t->h % n[0] || t->w % n[1] || more[0] != times * n[0] ||
        more[1] != times * n[1])
        cli_usage("--pool: %d x %d pixels are not whole blocks of %d x %d "
                  "features",
            t->w, t->h, n[1], n[0]);
    o->grid[0] = n[1];
    o->grid[1] = n[0];
}

/* The grid of the loss, by default a quarter of the patch. */
static struct seg_projection
grid(struct cli_training *t, const char *backbone)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;

    if (o->pool >= 0)
        take_features(t, backbone);
    return (struct seg_projection){
        .grid_w = o->grid[0] ? o->grid[0] : (t->w + 3) / 4,
        .grid_h = o->grid[1] ? o->grid[1] : (t->h + 3) / 4};
}

static void
plan_loss(struct task *k, struct cli_training *t, const char *backbone)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    struct seg_err e;
    const struct seg_value *out = seg_net_output(t->loop.net);
    const struct seg_value *features = seg_net_value(t->loop.net, backbone);

    k->batch = &t->loop.input.batch;
    k->feature_h = features->h;
    k->feature_w = features->w;
    k->loss =
        (struct seg_contrast_loss){.scope = (enum seg_contrast_scope)o->loss,
            .released = o->form,
            .tau = o->tau,
            .classes = k->batch->classes,
            .ignore = k->batch->ignore,
            .seed = cli.seed,
            .threads = cli.threads,
            .n = k->batch->records,
            .h = out->h,
            .w = out->w,
            .d = out->c};
    cli_check(seg_contrast_loss_plan(&k->loss, &t->arena, &e), &e);
}

void
cli_pixels_start(struct cli_training *t)
{
    struct task *k = cli_take(1, sizeof *k);
    int ignore,
        classes = cli_training_classes(t, cli_contrast_opts.classes, &ignore);
    const char *backbone, *bare = cli_training_backbone(t, &backbone);

    cli_training_head(
        t, cli_contrast_project(t, bare, backbone, grid(t, backbone)), 0);
    cli_training_plan(t, 2, classes, ignore, NULL);
    plan_loss(k, t, backbone);
    t->loop.task = (struct seg_task){.loss = contrast, .with = k};
    cli_contrast_columns(t, &k->report);
}
