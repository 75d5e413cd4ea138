/*
 * seg-stat: class frequencies and weights; mean, standard deviation and
 * percentiles of the bands.
 *
 * One pass; memory holds one record and a histogram.  The table consists of
 * counts and exact sums, so --merge adds up tables of shards to the table of
 * the whole dataset, byte for byte.
 */
#include "cmd/cli/cli.h"
#include "cmd/cli/numbers.h"
#include "cmd/cli/read_text.h"
#include "formats/table/stats.h"

enum { PERCENTILES = 100 };

static const char *const formats[] = {"tsv", "json", NULL};

static struct opts {
    int merge, format;
    const char *percentiles;
    double at[PERCENTILES];
    int n;
} opts;

static struct cli_option options[] = {
    {0, "merge", CLI_FLAG, &opts.merge, 0, 0, NULL, 0, NULL,
        "operands are tables of this program: add them up"},
    {'p', "percentiles", CLI_TEXT, &opts.percentiles, 0, 0, NULL, 0, "LIST",
        "percentiles of each band, with their histogram: 0.5,99.5"},
    {'f', "format", CLI_CHOICE, &opts.format, 0, 0, formats, CLI_SILENT,
        "FORMAT", "tsv, or json for other programs (tsv)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-stat",
    .summary = "compute class and channel statistics of a dataset",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-stat -p 0.5,99.5 train.st -o stat.tsv",
    .see_also = "seg-init(1), seg-finetune(1), seg-check(1)",
};

static void
add_streams(struct seg_stat *s, int argc, char **argv, int first)
{
    struct seg_record rec = {0};
    struct cli_inputs in;
    struct seg_err e;
    uint64_t records = 0;

    cli_inputs(&in, argc, argv, first);
    for (; cli_next(&in, &rec); records++)
        cli_check(seg_stat_add(s, &rec, &e), &e);
    cli_warn_nodata(&s->gaps, "they are not counted");
    if (!records)
        cli_fail(SEG_EDATA, "no records: there is nothing to count");
    seg_record_free(&rec);
}

static void
add_tables(struct seg_stat *s, int argc, char **argv, int first)
{
    struct seg_err e;

    for (int i = first; i < argc || i == first; i++) {
        const char *name = cli_text_name(argv[i]); /* NULL: stdin */
        struct seg_arena a = {0};
        struct seg_stat more;

        cli_check(seg_stats_parse(
                      &more, &a, cli_read_text_table(&a, argv[i]), name, &e),
            &e);
        cli_check(seg_stat_merge(s, &more, name, &e), &e);
        seg_arena_free(&a);
    }
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_arena arena = {0};
    struct seg_stat s;
    struct seg_err e;

    if (opts.percentiles)
        opts.n = cli_numbers(
            opts.at, PERCENTILES, opts.percentiles, "percentiles", 0, 100);
    seg_stat_init(&s, &arena);
    s.histograms = opts.n > 0;
    if (opts.merge)
        add_tables(&s, argc, argv, first);
    else
        add_streams(&s, argc, argv, first);
    char *text = cli_need(seg_stats_text(&s, opts.at, opts.n, &arena, &e), &e);
    if (opts.format)
        text = cli_need(seg_stats_json(&arena, text, &e), &e);
    FILE *out = cli_text();
    fputs(text, out);
    cli_close_text(out);
    seg_arena_free(&arena);
    return 0;
}
