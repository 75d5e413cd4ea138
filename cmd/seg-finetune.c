/*
 * seg-finetune: supervised training with cross-entropy and other losses.
 *
 * Reads records with image and label; puts a classifier on the network's
 * backbone, unless it already has one with that many classes, and trains
 * everything that is not frozen.  With --valid, the model written is the one
 * with the best mIoU on those images.  With --unlabeled, it also learns from
 * images without labels.
 */
#include <inttypes.h>
#include <string.h>

#include "cmd/train/class_weights.h"
#include "cmd/train/classes.h"
#include "cmd/train/loss.h"
#include "cmd/train/options.h"
#include "cmd/train/second.h"
#include "cmd/train/validation.h"
#include "lib/zoo/zoo.h"

static const char *const selections[] = {"best", "last", NULL};

static struct opts {
    int classes, new_head, weights, valid_every, patience, select;
    const char *loss, *stat, *valid;
} opts = {.loss = "ce"};

static struct cli_option options[] = {
    CLI_TRAINING_OPTIONS("poly"),
    {0, "loss", CLI_TEXT, &opts.loss, 0, 0, 0, 0, "LOSS",
        "ce, dice, entropy, focal, lovasz, maxsquare, nl, nlrank, ohem, pl, "
        "tversky or a sum, 'ce+0.5*dice' (ce)"},
    {0, "classes", CLI_INT, &opts.classes, 1, 255, 0, 0, "N",
        "number of classes (as the stream names them)"},
    {0, "new-head", CLI_FLAG, &opts.new_head, 0, 0, 0, 0, NULL,
        "replace the classifier even if its number of classes fits"},
    {0, "class-weights", CLI_CHOICE, &opts.weights, 0, 0,
        cli_class_weights_names, 0, NULL,
        "weigh classes by their frequency, see --stat (none)"},
    {0, "stat", CLI_TEXT, &opts.stat, 0, 0, 0, 0, "FILE",
        "table of seg-stat with the frequencies of the classes"},
    {0, "valid", CLI_TEXT, &opts.valid, 0, 0, 0, 0, "FILE",
        "measure mIoU on this stream of images during training"},
    {0, "valid-every", CLI_INT, &opts.valid_every, 1, INT32_MAX, 0, 0, "N",
        "steps between measurements (a tenth of all steps)"},
    {0, "patience", CLI_INT, &opts.patience, 1, INT32_MAX, 0, 0, "N",
        "end after N measurements without a better mIoU (never)"},
    {0, "select", CLI_CHOICE, &opts.select, 0, 0, selections, 0, NULL,
        "with --valid: write the model of the best mIoU or the last (best)"},
    CLI_SECOND_OPTIONS,
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_EXACT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-finetune",
    .summary = "train a network on labeled images",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-finetune -m init.st --steps 200 -b 8 --lr 0.03 patches.st "
               "-o model.st",
    .see_also = "seg-pretrain(1), seg-init(1), seg-predict(1)",
};

struct task {
    struct cli_loss loss;
    struct cli_second second;
    struct cli_validation valid;
    uint64_t every; /* steps between validations, 0: none */
    double miou;    /* of the last step, -1: not measured */
    char columns[280];
};

static void
prepare(void *with, float *x, uint64_t pass)
{
    cli_second_prepare(&((struct task *)with)->second, x, pass);
}

static double
loss_of_pass(
    void *with, struct seg_value *out, const uint8_t *label, uint64_t pass)
{
    struct task *k = with;

    return cli_second_given() ? cli_second_pass(&k->second, out, pass)
                              : cli_loss_pass(&k->loss, out, label, NULL, pass);
}

static void
report(void *with, FILE *log)
{
    const struct task *k = with;

    cli_loss_report(&k->loss, log);
    cli_second_report(&k->second, log);
    if (!opts.valid)
        return;
    if (k->miou < 0)
        fputs("\t-", log);
    else
        fprintf(log, "\t%.4f", k->miou);
}

static void
validate(void *with, struct cli_training *t, int last)
{
    struct task *k = with;

    k->miou = -1;
    if (t->loop.step % k->every && !last)
        return;
    seg_ema_swap(&t->loop.ema);
    k->miou = cli_validation_score(&k->valid, t);
    if (t->keeps_best)
        seg_best_offer(&t->best, k->miou, t->loop.step);
    seg_ema_swap(&t->loop.ema);
}

/* The text of the backbone with the classifier. */
static const char *
classify(struct cli_training *t, int classes)
{
    struct seg_err e;

    if (!opts.new_head && cli_training_keeps_head(t, classes))
        return seg_net_text(t->model.net);
    const char *backbone, *bare = cli_training_backbone(t, &backbone);

    return cli_need(seg_zoo_classifier(&t->arena, bare, cli_training_opts.model,
                        backbone, classes, &e),
        &e);
}

static void
make_task(struct task *k, struct cli_training *t)
{
    cli_loss_plan(&k->loss, t, cli_class_weights(t, opts.weights, opts.stat));
    snprintf(k->columns, sizeof k->columns, "%s%s%s", k->loss.columns,
        cli_second_columns(), opts.valid ? "\tmiou" : "");
    t->loop.task = (struct seg_task){.loss = loss_of_pass, .with = k};
    if (cli_second_given()) {
        cli_second_start(&k->second, t, &k->loss);
        t->loop.task.prepare = prepare;
    }
    t->with = k;
    t->columns = k->columns;
    t->report = report;
    if (!opts.valid)
        return;
    k->every = opts.valid_every ? (uint64_t)opts.valid_every : t->total / 10;
    k->every += !k->every;
    cli_validation_open(&k->valid, t, opts.valid);
    t->after = validate;
    t->patience = k->every * (uint64_t)opts.patience;
}

static void
check_patience(void)
{
    if (opts.patience && !opts.valid)
        cli_usage("--patience requires --valid FILE");
    if (opts.patience && opts.select)
        cli_usage("--patience writes the best model: not with --select last");
}

static void
say_best(const struct cli_training *t)
{
    if (!t->keeps_best || !t->best.step)
        return;
    if (cli_training_ended_early(t))
        cli_note("stopped after step %" PRIu64 ": no better mIoU in %d "
                 "measurements",
            t->loop.step, opts.patience);
    cli_note("writing the model of step %" PRIu64 ", with mIoU %.4f",
        t->best.step, t->best.score);
}

int
main(int argc, char **argv)
{
    struct cli_training t = {0};
    struct task task = {0};
    int ignore;

    cli_training_opts.task = CLI_FINETUNE;
    cli_training_opts.schedule = SEG_SCHEDULE_POLY;
    int first = cli_parse(&program, argc, argv);
    check_patience();
    cli_second_check(&task.second);
    cli_loss_parse(
        &task.loss, "--loss", opts.loss, opts.weights != CLI_WEIGHTS_NONE);
    t.keeps_best = opts.valid && opts.select == 0;
    cli_training_open(&t, first < argc ? argv[first] : NULL);
    cli_second_open(&t);
    int classes = cli_training_classes(&t, opts.classes, &ignore);
    cli_training_head(&t, classify(&t, classes), opts.new_head);
    if (cli_domains_opts.file)
        cli_target_head(&t);
    seg_net_logits(&task.loss.sum.logits, t.model.net);
    cli_training_plan(&t, 1, classes, ignore, task.loss.sum.logits.node);
    make_task(&task, &t);
    cli_training_run(&t);
    if (opts.valid)
        cli_validation_close(&task.valid);
    cli_second_end(&task.second);
    say_best(&t);
    cli_training_write(&t);
    return 0;
}
