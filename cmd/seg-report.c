/*
 * seg-report: one HTML file about an experiment, to be read or mailed.
 *
 * The page needs no other file and no network: images are inside it, and there
 * is no script.  The page is written only when it is complete, so that no
 * part of it appears if an input is bad.
 */
#include <stdlib.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/scratch_file.h"
#include "cmd/report/images.h"
#include "cmd/report/model.h"
#include "formats/html/html.h"

static struct {
    struct cli_list scores, logs;
    const char *predictions, *truth, *model, *settings, *title;
    uint64_t count;
    int cell_px;
} opts = {.title = "Segmentation report", .count = 4, .cell_px = 320};

static struct cli_option options[] = {
    {0, "scores", CLI_LIST, &opts.scores, 0, 0, NULL, 0, "FILE",
        "scores of seg-score, or a table of seg-table; may be repeated"},
    {0, "logs", CLI_LIST, &opts.logs, 0, 0, NULL, 0, "FILE",
        "log of a training; may be repeated"},
    {0, "predictions", CLI_TEXT, &opts.predictions, 0, 0, NULL, 0, "FILE",
        "predictions: confusion matrix, worst and best images"},
    {0, "truth", CLI_TEXT, &opts.truth, 0, 0, NULL, 0, "FILE",
        "labels and images of the predictions, by key"},
    {'m', "model", CLI_TEXT, &opts.model, 0, 0, NULL, 0, "FILE",
        "model: network, classes, history"},
    {0, "settings", CLI_TEXT, &opts.settings, 0, 0, NULL, 0, "FILE",
        "text with settings, shown as it is"},
    {0, "title", CLI_TEXT, &opts.title, 0, 0, NULL, 0, "TEXT",
        "title of the page (Segmentation report)"},
    {'n', "count", CLI_U64, &opts.count, 0, 100, NULL, 0, "N",
        "worst and best images: N of each (4)"},
    {0, "cell", CLI_INT, &opts.cell_px, 32, 512, NULL, 0, "N",
        "shrink panels longer than N pixels (320)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-report",
    .summary = "write an HTML page about an experiment",
    .operands = "",
    .options = options,
    .example = "seg-report --scores score.tsv --logs model.log -m model.st "
               "-o report.html",
    .see_also = "seg-score(1), seg-table(1), seg-view(1)",
};

static void
write_page(struct cli_report *r, struct cli_report_images *images,
    const struct cli_report_model *model)
{
    seg_html_open(r->f, opts.title);
    for (int i = 0; i < opts.scores.n; i++)
        cli_report_scores(r, opts.scores.item[i]);
    if (opts.predictions)
        cli_report_images(r, images, !opts.scores.n);
    if (opts.logs.n)
        cli_report_logs(r, &opts.logs);
    if (opts.settings)
        cli_report_settings(r, opts.settings);
    if (opts.model)
        cli_report_model(r, model);
    seg_html_close(r->f, "seg-report " SEG_VERSION);
}

int
main(int argc, char **argv)
{
    struct cli_report_images images = {0};
    struct cli_report_model model = {0};
    struct cli_report r = {0};
    size_t n;

    cli_parse(&program, argc, argv);
    if (!opts.scores.n && !opts.logs.n && !opts.predictions && !opts.model)
        cli_usage("nothing to report: give --scores, --logs, --predictions or "
                  "--model");
    if (opts.truth && !opts.predictions)
        cli_usage("--truth requires --predictions");
    r.arena.limit = cli.mem_limit;
    images.most = (size_t)opts.count;
    images.cell_px = (size_t)opts.cell_px;
    if (opts.model)
        cli_report_model_read(&r, &model, opts.model);
    if (opts.predictions)
        cli_report_images_read(&r, &images, opts.predictions, opts.truth);
    r.f = cli_scratch_file();
    write_page(&r, &images, &model);
    const char *page = cli_scratch_read(r.f, &n, &r.arena);
    FILE *f = cli_text();
    fwrite(page, 1, n, f);
    cli_close_text(f);
    cli_report_images_free(&images);
    cli_report_model_free(&model);
    seg_arena_free(&r.arena);
    return 0;
}
