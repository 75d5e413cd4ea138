/* seg-pretrain --loss patch: patches of two domains. */
#include "cmd/cli/cli.h"
#include "cmd/train/classes.h"
#include "cmd/train/contrast.h"
#include "cmd/train/domains.h"

struct task {
    struct seg_patch_loss loss;
    struct seg_contrast_report report;
    const struct cli_training *t;
    uint8_t *label; /* 2n,h,w: of both domains */
};

static void
prepare(void *with, float *x, uint64_t pass)
{
    struct task *k = with;

    cli_domains_fill(k->t, x, k->label, pass);
}

static double
contrast(void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;

    (void)label;
    (void)pass;
    seg_patch_loss_label(&k->loss, k->label);
    return seg_patch_loss(&k->loss, out->dx, out->x, &k->report);
}

void
cli_domains_start(struct cli_training *t)
{
    const struct cli_contrast_opts *o = &cli_contrast_opts;
    const struct seg_batch *b = &t->loop.input.batch;
    struct task *k = cli_take(1, sizeof *k);
    struct seg_err e;
    int ignore, classes = cli_training_classes(t, o->classes, &ignore);
    const char *backbone, *bare = cli_training_backbone(t, &backbone);

    cli_domains_open(t);
    cli_training_head(t,
        cli_need(
            seg_zoo_second_head(&t->arena, bare, backbone, o->embedding, &e),
            &e),
        0);
    cli_training_plan(t, 1, classes, ignore, NULL);
    cli_domains_plan(&k->loss, t, seg_net_output(t->loop.net), o->tau);
    k->t = t;
    k->label = cli_need(
        seg_take_dirty(&t->arena, 2 * (size_t)b->records * b->h * b->w, 1, &e),
        &e);
    t->loop.task = (struct seg_task){contrast, k, prepare};
    cli_contrast_columns(t, &k->report);
}
