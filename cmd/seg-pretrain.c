/*
 * seg-pretrain: embedding pretraining with a label-based contrastive loss.
 *
 * Reads records with two views (image, image.1) and a label; puts a projection
 * head on the network's backbone and learns embeddings in which pixels of one
 * class are close.  Features and labels are sampled on the grid of the loss,
 * never averaged: a mean over the border of two classes belongs to neither.
 */
#include <string.h>

#include "cmd/train/classes.h"
#include "cmd/train/options.h"
#include "lib/loss/contrast.h"
#include "lib/net/head.h"
#include "lib/zoo/zoo.h"

static const char *const losses[] = {
    "within", "cross", "batch", "supcon", NULL};
static const char *const forms[] = {"paper", "released", NULL};

static struct opts {
    int loss, form, head, layers, embedding, classes;
    double tau, pool;
    int grid[2]; /* width, height */
} opts = {.loss = SEG_SCOPE_CROSS, .embedding = 256, .tau = 0.07, .pool = -1};

static struct cli_option options[] = {
    CLI_TRAINING_OPTIONS("cosine"),
    {0, "loss", CLI_CHOICE, &opts.loss, 0, 0, losses, 0, NULL,
        "contrastive loss: pixels compared with each anchor (cross)"},
    {0, "form", CLI_CHOICE, &opts.form, 0, 0, forms, 0, NULL,
        "the loss as in the paper or in the released code (paper)"},
    {0, "tau", CLI_FLOAT, &opts.tau, 0.025, 1000, 0, 0, "X",
        "temperature (0.07)"},
    {0, "grid", CLI_WXH, opts.grid, 1, 65536, 0, 0, "WxH",
        "pixels that the loss samples in an image (a quarter of its sides)"},
    {0, "pool", CLI_FLOAT, &opts.pool, 0, 1, 0, 0, "SHARE",
        "use all features, each with the label of SHARE of its pixels"},
    {0, "head", CLI_CHOICE, &opts.head, 0, 0, forms, 0, NULL,
        "projection head of the paper or of the released code (paper)"},
    {0, "layers", CLI_INT, &opts.layers, 1, 8, 0, 0, "N",
        "layers of the head (paper 3, released 2)"},
    {0, "embedding", CLI_INT, &opts.embedding, 1, 65536, 0, 0, "N",
        "channels of the head and of the embedding (256)"},
    {0, "classes", CLI_INT, &opts.classes, 1, 255, 0, 0, "N",
        "number of classes (as the stream names them)"},
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-pretrain",
    .summary = "pretrain pixel embeddings with a contrastive loss",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example =
        "seg-pretrain -m init.st --steps 200 --loss cross views.st -o pre.st",
    .see_also = "seg-augment(1), seg-finetune(1)",
};

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

    if (opts.pool >= 0)
        seg_contrast_loss_pool(
            &k->loss, label, k->batch->h, k->batch->w, opts.pool);
    else
        seg_contrast_loss_label(&k->loss, label, k->batch->h, k->batch->w,
            k->feature_h, k->feature_w);
    return seg_contrast_loss(&k->loss, out->dx, out->x, pass, &k->report);
}

static void
report(void *with, FILE *log)
{
    const struct seg_contrast_report *r = &((struct task *)with)->report;

    fprintf(log, "\t%.0f\t%.1f\t%.4f\t%.4f", r->anchors, r->positives,
        r->alignment, r->uniformity);
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
    int n[2], more[2], times = 2;

    if (opts.grid[0])
        cli_usage("--pool takes all features: no --grid");
    count_features(t, backbone, 1, n);
    times += t->h / n[0] / n[0] + t->w / n[1] / n[1];
    count_features(t, backbone, times, more);
    if (t->h % n[0] || t->w % n[1] || more[0] != times * n[0] ||
        more[1] != times * n[1])
        cli_usage("--pool: %d x %d pixels are not whole blocks of %d x %d "
                  "features",
            t->w, t->h, n[1], n[0]);
    opts.grid[0] = n[1];
    opts.grid[1] = n[0];
}

/* The text of the backbone with the projection head. */
static const char *
project(struct cli_training *t)
{
    struct seg_err e;
    const char *backbone, *bare = cli_training_backbone(t, &backbone);

    if (opts.pool >= 0)
        take_features(t, backbone);
    struct seg_projection p = {
        .kind = opts.head ? SEG_PROJECTION_RELEASED : SEG_PROJECTION_PAPER,
        .width = opts.embedding,
        .layers = opts.layers,
        .grid_w = opts.grid[0] ? opts.grid[0] : (t->w + 3) / 4,
        .grid_h = opts.grid[1] ? opts.grid[1] : (t->h + 3) / 4};

    return cli_need(seg_zoo_projection(&t->arena, bare, backbone, &p, &e), &e);
}

static void
make_task(struct task *k, struct cli_training *t)
{
    struct seg_err e;
    const struct seg_value *out = seg_net_output(t->loop.net);
    const struct seg_step *s = NULL;

    for (int i = 0; i < seg_net_steps(t->loop.net); i++)
        if (!strcmp(
                seg_net_step(t->loop.net, i)->name, SEG_NODE_PROJECTION_GRID))
            s = seg_net_step(t->loop.net, i);
    k->batch = &t->loop.batch;
    k->feature_h = s->in[0]->h;
    k->feature_w = s->in[0]->w;
    k->loss = (struct seg_contrast_loss){.scope = opts.loss,
        .released = opts.form,
        .tau = opts.tau,
        .classes = k->batch->classes,
        .ignore = k->batch->ignore,
        .seed = cli.seed,
        .threads = cli.threads,
        .n = k->batch->records,
        .h = out->h,
        .w = out->w,
        .d = out->c};
    cli_check(seg_contrast_loss_plan(&k->loss, &t->arena, &e), &e);
    t->loop.task = (struct seg_task){contrast, k};
    t->columns = "\tanchors\tpositives\talignment\tuniformity";
    t->report = report;
    t->with = k;
}

int
main(int argc, char **argv)
{
    struct cli_training t = {0};
    struct task task = {0};

    cli_training_opts.task = CLI_PRETRAIN;
    cli_training_opts.schedule = SEG_SCHEDULE_COSINE;
    int first = cli_parse(&program, argc, argv), ignore;
    cli_training_open(&t, first < argc ? argv[first] : NULL);
    int classes = cli_training_classes(&t, opts.classes, &ignore);
    cli_training_head(&t, project(&t), 0);
    cli_training_plan(&t, 2, classes, ignore, NULL);
    make_task(&task, &t);
    cli_training_run(&t);
    cli_training_write(&t);
    return 0;
}
