/*
 * Collects the scores of an experiment's cells and averages them over seeds.
 *
 * A cell is a directory BUDGET/METHOD/SEED; its files hold lines "metric TAB
 * value", as the second half of seg-score's table does, and everything else in
 * them is passed over.  The path says which cell a file belongs to, so there is
 * no list beside the files that could disagree with them.
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
        "tsv: mean and sd; long: every value; markdown: a table to read "
        "(tsv)"},
    {0, "metric", CLI_LIST, &opts.metrics, 0, 0, 0, 0, "NAME",
        "only this metric; may be given again (all; markdown: miou)"},
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
};

static int
wanted(const char *metric)
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

        if (wanted(r->metric))
            fprintf(f, "%s\t%s\t%s\t%s\t%.6f\n", r->budget, r->method, r->seed,
                r->metric, r->value);
    }
}

/* "-" for a number that does not exist */
static void
put(FILE *f, const char *before, int digits, double x)
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

        if (!wanted(s->metric))
            continue;
        fprintf(f, "%s\t%s\t%s\t%d", s->budget, s->method, s->metric, s->n);
        put(f, "\t", 6, s->mean);
        put(f, "\t", 6, s->sd);
        fputc('\n', f);
    }
}

/* Budgets down, methods across. */
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

            put(f, " ", 3, s.mean);
            if (s.n > 1)
                put(f, " ± ", 3, s.sd);
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
        if (wanted(t->metrics.name[i])) {
            fputs(gap, f);
            print_markdown(f, t, i);
            gap = "\n";
        }
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_table t = {0};
    struct seg_err e;

    if (first == argc)
        cli_check(seg_results_rows(
                      &t, cli_read_text_table(&t.arena, NULL), "stdin", &e),
            &e);
    for (int i = first; i < argc; i++)
        cli_check(seg_results_cell(&t, cli_read_text_table(&t.arena, argv[i]),
                      cli_text_name(argv[i]), &e),
            &e);
    cli_check(seg_table_sort(&t, &e), &e);
    FILE *f = cli_text();
    print_table(f, &t);
    cli_close_text(f);
    seg_table_free(&t);
    return 0;
}
