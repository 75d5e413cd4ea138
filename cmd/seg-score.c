/*
 * seg-score: scores predictions against labels in one pass.
 *
 * All numbers follow from sums over cases, above all from one confusion matrix
 * of whole numbers: matrices of shards (--matrix) merge to exactly the result
 * of one run.  With --truth every prediction must have its labels and all
 * labels their prediction, because a mean over the items that happened to
 * arrive is no result.
 */
#include "cmd/cli/cli.h"
#include "cmd/cli/keyed_join.h"
#include "cmd/cli/side_output.h"
#include "cmd/score/scores.h"
#include "lib/dataset/key_group.h"
#include "lib/label/labelmap.h"

enum { ABSENT_ERROR = SEG_ABSENT_NAN + 1, AGAINST = 1000 };

static const char *const averages[] = {"pooled", "image", "class", NULL};
static const char *const rules[] = {
    "skip", "zero", "one", "nan", "error", NULL};

static const char *const formats[] = {"tsv", "json", NULL};

static struct {
    const char *truth, *against, *per_image, *surface, *calibration, *matrix;
    const char *group;
    int format, merge, classes, convention, average, absent, background;
    int boundary, bins, resamples;
    double tolerance;
} opts = {
    .average = -1, .absent = -1, .background = -1, .bins = 15, .tolerance = 1};

static struct cli_option options[] = {
    {0, "truth", CLI_TEXT, &opts.truth, 0, 0, 0, 0, "FILE",
        "take the labels from the stream FILE, by key"},
    {'c', "convention", CLI_CHOICE, &opts.convention, 0, 0,
        seg_convention_names, 0, "NAME", "average as this suite does (mmseg)"},
    {0, "average", CLI_CHOICE, &opts.average, 0, 0, averages, 0, "WAY",
        "pool pixels, or average scores of cases, by image or by class"},
    {0, "absent", CLI_CHOICE, &opts.absent, 0, 0, rules, 0, "RULE",
        "treatment of a class with score 0/0 in a mean"},
    {0, "background", CLI_INT, &opts.background, 0, SEG_CLASSES - 1, 0, 0, "ID",
        "exclude this class from the means (none)"},
    {0, "group", CLI_TEXT, &opts.group, 0, 0, 0, 0, "PATTERN",
        "consecutive records with this part of the key alike are one case"},
    {0, "boundary", CLI_FLAG, &opts.boundary, 0, 0, 0, 0, NULL,
        "also score outlines: boundary IoU and F"},
    {0, "surface", CLI_TEXT, &opts.surface, 0, 0, 0, CLI_ASIDE, "FILE",
        "measure surface distances and write a table of them to FILE"},
    {0, "nsd-tolerance", CLI_FLOAT, &opts.tolerance, 0, 1e6, 0, 0, "X",
        "distance that nsd accepts, in mm or pixels (1)"},
    {0, "calibration", CLI_TEXT, &opts.calibration, 0, 0, 0, CLI_ASIDE, "FILE",
        "measure calibration and write a reliability table to FILE"},
    {0, "bins", CLI_INT, &opts.bins, 1, SEG_BINS, 0, 0, "N",
        "bins of confidence (15)"},
    {'r', "resamples", CLI_INT, &opts.resamples, 1, 1000000, 0, 0, "N",
        "resample the cases N times for intervals (none; --against: 1000)"},
    {0, "against", CLI_TEXT, &opts.against, 0, 0, 0, 0, "FILE",
        "test the difference to the predictions in FILE, by key"},
    CLI_SEED,
    {0, "per-image", CLI_TEXT, &opts.per_image, 0, 0, 0, CLI_ASIDE, "FILE",
        "write a table with one row for each image or volume to FILE"},
    {0, "matrix", CLI_TEXT, &opts.matrix, 0, 0, 0, CLI_ASIDE, "FILE",
        "write the confusion matrix to FILE"},
    {0, "merge", CLI_FLAG, &opts.merge, 0, 0, 0, 0, NULL,
        "operands are matrices written by --matrix: score their sum"},
    {0, "classes", CLI_INT, &opts.classes, 1, SEG_CLASSES, 0, 0, "N",
        "number of classes, if the stream does not name them"},
    {'f', "format", CLI_CHOICE, &opts.format, 0, 0, formats, CLI_SILENT,
        "FORMAT", "tsv, or json for other programs (tsv)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-score",
    .summary = "score predictions: overlap, outlines, surfaces, probabilities",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-score --boundary --per-image images.tsv pred.st",
    .see_also = "seg-predict(1), seg-table(1)",
};

static struct seg_convention
convention(void)
{
    struct seg_convention c = seg_conventions[opts.convention];

    if (opts.average >= 0)
        c.average = opts.average;
    if (opts.absent >= 0)
        c.absent = opts.absent == ABSENT_ERROR ? SEG_ABSENT_NAN : opts.absent;
    if (opts.background >= 0)
        c.background = opts.background;
    return c;
}

static void
score_streams(struct cli_scoring *j, struct cli_inputs *in)
{
    struct seg_record rec = {0};
    struct cli_keyed_join truth = {0}, against = {0};
    struct cli_progress bar = {0};
    uint64_t n = 0;

    cli_keyed_join_open(&truth, opts.truth);
    cli_keyed_join_open(&against, opts.against);
    while (cli_next(in, &rec)) {
        const struct seg_record *label = cli_keyed_join(&truth, &rec);

        cli_scoring_add(
            j, &rec, label ? label : &rec, cli_keyed_join(&against, &rec));
        cli_progress(&bar, "images", ++n, 0, NULL);
    }
    cli_progress_end(&bar);
    cli_scoring_end(j);
    cli_keyed_join_close(&truth);
    cli_keyed_join_close(&against);
    seg_record_free(&rec);
    if (!j->scorer.names)
        cli_fail(SEG_EDATA, "no records: there is nothing to score");
}

/* Prints the absent classes and their part in the means. */
static void
name_absent(const struct seg_scorer *s)
{
    static const char *const then[] = {
        "left out of the means", "counts 0", "counts 1", "no mean over it"};

    for (int i = 0; i < s->all.classes; i++) {
        struct seg_class_score c = seg_score_class(&s->all, i);

        if (c.truth || i == s->convention.background)
            continue;
        if (!c.pred && opts.absent == ABSENT_ERROR)
            cli_fail(SEG_EDATA, "class %s is neither in truth nor predicted",
                s->names[i]);
        if (s->convention.of_truth)
            cli_note("class %s is not in truth: %s", s->names[i], then[0]);
        else if (!c.pred)
            cli_note("class %s is neither in truth nor predicted: %s",
                s->names[i], then[s->convention.absent]);
    }
}

static struct cli_scoring
settings(int has_operands)
{
    struct cli_scoring j = {.convention = convention(),
        .classes = opts.classes,
        .group = opts.group,
        .boundary = opts.boundary,
        .paired = opts.against != NULL,
        .tolerance = opts.tolerance,
        .resamples = opts.resamples || !opts.against ? opts.resamples : AGAINST,
        .seed = cli.seed};

    struct seg_err e;
    if (opts.group && opts.surface)
        cli_usage("--group excludes --surface");
    if (opts.group)
        cli_check(seg_key_group_check(opts.group, &e), &e);
    if (opts.merge && (opts.truth || opts.group || opts.per_image ||
                          opts.surface || opts.calibration || opts.boundary ||
                          j.resamples || j.convention.average || !has_operands))
        cli_usage("--merge requires matrix files only");
    j.scorer.convention = j.convention;
    return j;
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct cli_scoring j = settings(first < argc);
    struct cli_inputs in;
    FILE *table = cli_text();
    struct cli_side_output matrix = cli_side_output_open(opts.matrix),
                           images = cli_side_output_open(opts.per_image),
                           surfaces = cli_side_output_open(opts.surface),
                           bins = cli_side_output_open(opts.calibration);
    j.per_image = images.f;
    j.surfaces = surfaces.f;
    j.calibration.bins = bins.f ? opts.bins : 0;
    if (opts.merge)
        cli_scores_merge(&j.scorer, argv + first, argc - first);
    else {
        cli_inputs(&in, argc, argv, first);
        score_streams(&j, &in);
    }
    cli_warn_all_ignored(&j.scorer);
    name_absent(&j.scorer);
    cli_scores(table, &j, opts.format);
    if (matrix.f)
        cli_matrix(matrix.f, &j.scorer);
    if (bins.f)
        cli_reliability(bins.f, &j.calibration);
    cli_side_output_close(&matrix);
    cli_side_output_close(&images);
    cli_side_output_close(&surfaces);
    cli_side_output_close(&bins);
    cli_close_text(table);
    cli_scoring_free(&j);
    return 0;
}
