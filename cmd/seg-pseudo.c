/*
 * seg-pseudo: pseudo labels for training on unlabeled images.
 *
 * The label of a pixel becomes its predicted class if this is trusted, else the
 * ignore value.  Shares of a class and prototypes depend on the whole input,
 * which is then read several times; otherwise each record is written at once.
 * A label that the input has is the truth: it is counted, never used to select
 * pixels, and replaced.
 */
#include <math.h>

#include "cmd/cli/side_output.h"
#include "cmd/pseudo/pseudo.h"

static struct opts {
    double above, share, image_share, temperature; /* -1: not given */
    struct cli_list agree;
    const char *prototypes, *table;
} opts = {.share = -1, .image_share = -1, .temperature = -1};

static struct cli_option options[] = {
    {0, "above", CLI_FLOAT, &opts.above, 0, 1, NULL, 0, "X",
        "trust only pixels of at least this confidence (0)"},
    {0, "share", CLI_FLOAT, &opts.share, 0, 1, NULL, 0, "F",
        "trust the most confident share of each class, over all images (all)"},
    {0, "image-share", CLI_FLOAT, &opts.image_share, 0, 1, NULL, 0, "F",
        "the same in each image; with --share, either is enough (all)"},
    {0, "agree", CLI_LIST, &opts.agree, 0, 0, NULL, 0, "FILE",
        "trust only pixels of the same class in this prediction; may be "
        "repeated"},
    {0, "prototypes", CLI_TEXT, &opts.prototypes, 0, 0, NULL, 0, "TENSOR",
        "correct classes by the means of these features, by class"},
    {0, "temperature", CLI_FLOAT, &opts.temperature, 1e-6, 1e6, NULL, 0, "X",
        "with --prototypes: divides the distances of features (1)"},
    {0, "table", CLI_TEXT, &opts.table, 0, 0, NULL, CLI_ASIDE, "FILE",
        "write pixels, threshold and precision of each class to FILE"},
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-pseudo",
    .summary = "make pseudo labels from predictions",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-pseudo --share 0.2 --above 0.5 pred.st -o pseudo.st",
    .see_also = "seg-predict(1), seg-finetune(1), seg-rank(1)",
};

static void
read_settings(struct cli_pseudo *k)
{
    if (opts.temperature > 0 && !opts.prototypes)
        cli_usage("--temperature requires --prototypes");
    k->above = opts.above;
    k->share = opts.share;
    k->image_share = opts.image_share;
    k->temperature = opts.temperature > 0 ? opts.temperature : 1;
    k->needs.features = opts.prototypes;
    k->needs.confidence =
        opts.above > 0 || opts.share >= 0 || opts.image_share >= 0;
    k->nagree = opts.agree.n;
    k->agree = cli_take((size_t)k->nagree, sizeof *k->agree);
}

/* Confidences at the limits of the classes, NAN if there is none. */
static double *
thresholds(const struct cli_pseudo *k)
{
    double *t = cli_take(SEG_CLASSES, sizeof *t);

    for (int i = 0; i < SEG_CLASSES; i++)
        t[i] =
            k->limit[i] < 0 ? (double)NAN : seg_confidence_lowest(k->limit[i]);
    return t;
}

static void
report(struct cli_pseudo *k, struct cli_side_output *table)
{
    cli_pseudo_names(&k->report, k->known.names);
    k->report.threshold = thresholds(k);
    if (table->f)
        cli_pseudo_table(table->f, &k->report);
    cli_side_output_close(table);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct cli_pseudo *k = cli_take(1, sizeof *k);

    read_settings(k);
    cli_pseudo_start(k);
    struct cli_side_output table = cli_side_output_open(opts.table);
    struct seg_writer *w = cli_writer();
    cli_passes_open(
        &k->in, argc, argv, first, opts.prototypes || opts.share >= 0);
    for (int i = 0; i < k->nagree; i++)
        cli_keyed_join_open(k->agree + i, opts.agree.item[i]);
    if (opts.prototypes)
        cli_pseudo_prototypes(k);
    if (opts.share >= 0)
        cli_pseudo_limits(k);
    cli_pseudo_write(k, w);
    for (int i = 0; i < k->nagree; i++)
        cli_keyed_join_close(k->agree + i);
    cli_passes_close(&k->in);
    report(k, &table);
    cli_close_writer(w);
    cli_pseudo_summary(&k->report);
    cli_pseudo_free(k);
    return 0;
}
