/*
 * seg-adapt: adapts a trained network to images of another kind, without the
 * images that it was trained on.
 *
 * Reads records with image, and with label if the loss reads labels, for
 * example pseudo labels of seg-pseudo.  The classifier is kept.
 */
#include "cmd/cli/cli.h"
#include "cmd/train/classes.h"
#include "cmd/train/loss.h"
#include "cmd/train/options.h"
#include "lib/net/head.h"

enum { IGNORE = 255 /* without class names */ };

static const char *const trained[] = {"all", "norms", "statistics", NULL};
static const char *const statistics[] = {"batch", "kept", NULL};

static struct opts {
    const char *loss;
    int statistics;
} opts = {.loss = "maxsquare(weigh=1)"};

static struct cli_option options[] = {
    CLI_TRAINING_OPTIONS("poly"),
    {0, "loss", CLI_TEXT, &opts.loss, 0, 0, 0, 0, "LOSS",
        "maxsquare, entropy, nlrank; with labels nl, pl, ce ... or a sum "
        "(maxsquare(weigh=1))"},
    {0, "train", CLI_CHOICE, &cli_training_opts.trained, 0, 0, trained, 0, NULL,
        "what is adapted (all)"},
    {0, "statistics", CLI_CHOICE, &opts.statistics, 0, 0, statistics, 0, NULL,
        "of batch normalization (batch)"},
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-adapt",
    .summary = "adapt a trained network to unlabeled images",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-adapt -m model.st --steps 200 patches.st -o adapted.st",
    .see_also = "seg-pseudo(1), seg-finetune(1), seg-predict(1)",
};

struct task {
    struct cli_loss loss;
    const struct seg_batch *batch;
    float *unused; /* gradient of the logits if nothing is trained */
};

static double
loss_of_pass(
    void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;
    int at = (int)(pass % (uint64_t)k->batch->passes);
    struct seg_value v = *out;

    if (k->unused)
        v.dx = k->unused;
    return cli_loss_pass(
        &k->loss, &v, label, seg_batch_valid(k->batch, at), pass);
}

static void
report(void *with, FILE *log)
{
    cli_loss_report(&((struct task *)with)->loss, log);
}

/* The number of classes of the model; exits if it has no classifier. */
static int
model_classes(const struct seg_net *net)
{
    int classes = cli_training_head_classes(net);

    if (!classes)
        cli_fail(SEG_EDATA,
            "%s: has no classifier: seg-adapt takes the models "
            "of seg-finetune",
            cli_training_opts.model);
    return classes;
}

/* Labels must have the classes of the model; returns the ignore value. */
static int
check_labels(struct cli_training *t, int classes)
{
    int ignore, found = cli_training_classes(t, 0, &ignore);

    if (found != classes)
        cli_fail(SEG_EDATA, "%s: %d classes, but %s has %d",
            t->loop.input.batch.source, found, cli_training_opts.model,
            classes);
    cli_training_keeps_head(t, classes);
    return ignore;
}

static void
check_options(const struct cli_training *t)
{
    struct cli_training_opts *o = &cli_training_opts;
    int only = o->trained == CLI_TRAINED_STATISTICS;

    if (only && opts.statistics == 1)
        cli_usage("--train statistics changes nothing with --statistics kept");
    if (only && !seg_net_has_statistics(t->model.net))
        cli_usage(
            "--train statistics: %s has no batch normalization", o->model);
    o->statistics = only              ? SEG_STATISTICS_BATCH
                    : opts.statistics ? SEG_STATISTICS_KEPT
                                      : SEG_STATISTICS_NORMAL;
}

static void
make_task(struct task *k, struct cli_training *t)
{
    const struct seg_value *out = seg_net_output(t->loop.net);
    struct seg_err e;

    cli_loss_plan(&k->loss, t, NULL);
    k->batch = &t->loop.input.batch;
    if (t->loop.statistics_only)
        k->unused = cli_need(seg_take_dirty(&t->arena, seg_value_count(out),
                                 sizeof *k->unused, &e),
            &e);
    t->loop.task = (struct seg_task){.loss = loss_of_pass, .with = k};
    t->with = k;
    t->columns = k->loss.columns;
    t->report = report;
}

int
main(int argc, char **argv)
{
    struct cli_training t = {0};
    struct task task = {0};
    int ignore = IGNORE;

    cli_training_opts.task = CLI_ADAPT;
    cli_training_opts.schedule = SEG_SCHEDULE_POLY;
    int first = cli_parse(&program, argc, argv);
    cli_loss_parse(&task.loss, "--loss", opts.loss, 0);
    cli_training_open(&t, first < argc ? argv[first] : NULL);
    check_options(&t);
    int classes = model_classes(t.model.net);
    t.loop.input.batch.wants_valid = 1;
    t.loop.input.batch.unlabeled = !seg_loss_reads_labels(&task.loss.sum);
    if (!t.loop.input.batch.unlabeled)
        ignore = check_labels(&t, classes);
    seg_net_logits(&task.loss.sum.logits, t.model.net);
    cli_training_plan(&t, 1, classes, ignore, task.loss.sum.logits.node);
    make_task(&task, &t);
    cli_training_run(&t);
    cli_training_write(&t);
    return 0;
}
