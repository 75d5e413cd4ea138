/* seg-pretrain --loss local: every s-th pixel of the backbone's features, or
   all of them in blocks. */
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/train/classes.h"
#include "cmd/train/contrast.h"
#include "lib/loss/local.h"

struct task {
    struct seg_local_loss loss;
    struct seg_contrast_report report;
    const struct seg_batch *batch;
    int feature_h, feature_w; /* of the backbone */
    int stride;
};

static double
contrast(void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;

    (void)pass;
    seg_local_loss_label(&k->loss, label, k->batch->h, k->batch->w,
        k->feature_h, k->feature_w, k->stride);
    return seg_local_loss(&k->loss, out->dx, out->x, &k->report);
}

void
cli_local_start(struct cli_training *t)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    struct task *k = cli_take(1, sizeof *k);
    struct seg_projection p = {.stride = o->stride[0] ? o->stride[0] : 1};
    struct seg_err e;
    int ignore, classes = cli_training_classes(t, o->classes, &ignore);

    if (o->background >= classes)
        cli_usage("--background %d: there are classes 0 to %d", o->background,
            classes - 1);
    const char *backbone, *bare = cli_training_backbone(t, &backbone);
    k->stride = p.stride;
    cli_training_head(t, cli_contrast_project(t, bare, backbone, p), 0);
    cli_training_plan(t, 2, classes, ignore, NULL);
    const struct seg_value *out = seg_net_output(t->loop.net);
    k->batch = &t->loop.input.batch;
    k->feature_h = seg_net_value(t->loop.net, backbone)->h;
    k->feature_w = seg_net_value(t->loop.net, backbone)->w;
    k->loss = (struct seg_local_loss){.printed = o->form == 0,
        .tau = o->tau,
        .classes = classes,
        .ignore = ignore,
        .background = o->background,
        .block = (int)o->block,
        .threads = cli.threads,
        .n = k->batch->records,
        .h = out->h,
        .w = out->w,
        .d = out->c};
    cli_check(seg_local_loss_plan(&k->loss, &t->arena, &e), &e);
    t->loop.task = (struct seg_task){.loss = contrast, .with = k};
    cli_contrast_columns(t, &k->report);
}
