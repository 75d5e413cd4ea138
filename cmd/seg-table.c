/*
 * seg-table: collects the scores of an experiment and averages them over seeds.
 *
 * The path of a file, BUDGET/METHOD/SEED/NAME, tells its run, so no list of
 * runs is needed.  Files hold lines "metric TAB value", as from seg-score, or
 * are logs of trainings, of which minutes and steps are computed.
 */
#include <math.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "formats/table/results.h"

enum format { TSV, LONG, MARKDOWN };

static const char *const formats[] = {"tsv", "long", "markdown", NULL};

static struct {
    int format;
    struct cli_list metrics;
} opts;

static struct cli_option options[] = {
    {'f', "format", CLI_CHOICE, &opts.format, 0, 0, formats, 0, "FORMAT",
        "tsv: mean and sd; long: all values; markdown: for readers (tsv)"},
    {0, "metric", CLI_LIST, &opts.metrics, 0, 0, 0, 0, "NAME",
        "only this metric, or dice:CLASS; may be repeated (all; markdown: "
        "miou)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-table",
    .summary = "tabulate scores by budget and method, over seeds",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-table --metric miou 20/*/*/score.tsv -o table.tsv",
    .see_also = "seg-score(1), seg-plot(1)",
};

static int
is_selected(const char *metric)
{
    if (!opts.metrics.n)
        return opts.format != MARKDOWN || !strcmp(metric, "miou");
    for (int i = 0; i < opts.metrics.n; i++)
        if (!strcmp(opts.metrics.item[i], metric))
            return 1;
    return 0;
}

static void
print_long(FILE *f, const struct seg_table *t)
{
    fputs("budget\tmethod\tseed\tmetric\tvalue\n", f);
    for (int i = 0; i < t->n; i++) {
        const struct seg_result *r = t->result + i;

        if (is_selected(r->metric))
            fprintf(f, "%s\t%s\t%s\t%s\t%.6f\n", r->budget, r->method, r->seed,
                r->metric, r->value);
    }
}

/* NAN is printed as "-". */
static void
print_number(FILE *f, const char *before, int digits, double x)
{
    if (isnan(x))
        fprintf(f, "%s-", before);
    else
        fprintf(f, "%s%.*f", before, digits, x);
}

static void
print_tsv(FILE *f, const struct seg_table *t)
{
    fputs("budget\tmethod\tmetric\tn\tmean\tsd\n", f);
    for (int i = 0; i < t->summaries; i++) {
        const struct seg_summary *s = t->summary + i;

        if (!is_selected(s->metric))
            continue;
        fprintf(f, "%s\t%s\t%s\t%d", s->budget, s->method, s->metric, s->n);
        print_number(f, "\t", 6, s->mean);
        print_number(f, "\t", 6, s->sd);
        fputc('\n', f);
    }
}

/* One row for each budget, one column for each method. */
static void
print_markdown(FILE *f, const struct seg_table *t, int metric)
{
    fprintf(f, "| %s |", t->metrics.name[metric]);
    for (int j = 0; j < t->methods.n; j++)
        fprintf(f, " %s |", t->methods.name[j]);
    fputs("\n| ---: |", f);
    for (int j = 0; j < t->methods.n; j++)
        fputs(" ---: |", f);
    for (int i = 0; i < t->budgets.n; i++) {
        fprintf(f, "\n| %s |", t->budgets.name[i]);
        for (int j = 0; j < t->methods.n; j++) {
            struct seg_summary s =
                seg_table_summary(t, t->budgets.name[i], j, metric);

            print_number(f, " ", 3, s.mean);
            if (s.n > 1)
                print_number(f, " ± ", 3, s.sd);
            fputs(" |", f);
        }
    }
    fputc('\n', f);
}

static void
print_table(FILE *f, const struct seg_table *t)
{
    const char *gap = "";

    if (opts.format == LONG)
        print_long(f, t);
    if (opts.format == TSV)
        print_tsv(f, t);
    for (int i = 0; opts.format == MARKDOWN && i < t->metrics.n; i++)
        if (is_selected(t->metrics.name[i])) {
            fputs(gap, f);
            print_markdown(f, t, i);
            gap = "\n";
        }
}

/* 1 if a metric of a single class is asked for. */
static int
wants_classes(void)
{
    for (int i = 0; i < opts.metrics.n; i++)
        if (!strncmp(opts.metrics.item[i], "dice:", 5) ||
            !strncmp(opts.metrics.item[i], "iou:", 4))
            return 1;
    return 0;
}

/* Reads the long rows of stdin, or the files of runs. */
static void
read_results(struct seg_table *t, char **file, int n)
{
    struct seg_arena file_arena = {0};
    struct seg_costs costs = {0};
    struct seg_err e;

    if (!n) {
        char *text = cli_read_text_table(&t->arena, NULL);

        cli_check(seg_results_rows(t, text, "stdin", &e), &e);
    }
    for (int i = 0; i < n; i++) {
        char *text = cli_read_text_table(&file_arena, file[i]);
        const char *name = cli_text_name(file[i]);

        cli_check(seg_results_run(
                      t, &costs, &file_arena, text, name, wants_classes(), &e),
            &e);
        seg_arena_reset(&file_arena);
    }
    seg_arena_free(&file_arena);
    cli_check(seg_results_costs(t, &costs, &e), &e);
    cli_check(seg_table_sort(t, &e), &e);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_table t = {0};

    read_results(&t, argv + first, argc - first);
    FILE *f = cli_text();
    print_table(f, &t);
    cli_close_text(f);
    seg_table_free(&t);
    return 0;
}
