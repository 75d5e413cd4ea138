/*
 * seg-stat: class frequencies and weights, band means and deviations.
 *
 * One pass, memory for one record.  The table is made of counts and sums, so
 * tables of shards can be added up (--merge) to the table of the whole.
 */
#include "cmd/cli.h"
#include "cmd/slurp.h"
#include "formats/stats.h"

static struct opts {
    int merge;
} opts;

static struct cli_option table[] = {
    {0, "merge", CLI_FLAG, &opts.merge, 0, 0, NULL, 0, NULL,
        "the inputs are tables of this program: add them up"},
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {"seg-stat",
    "count classes and measure bands of a dataset", "[FILE ...]", 0, -1, table};

static void
add_streams(struct seg_stat *s, int argc, char **argv, int first)
{
    struct seg_record rec = {0};
    struct cli_inputs in;
    struct seg_err e;

    cli_inputs(&in, argc, argv, first);
    while (cli_next(&in, &rec))
        cli_check(seg_stat_add(s, &rec, &e), &e);
    seg_record_free(&rec);
}

static void
add_tables(struct seg_stat *s, int argc, char **argv, int first)
{
    struct seg_err e;

    for (int i = first; i < argc || i == first; i++) {
        const char *path = i < argc ? argv[i] : "stdin";
        struct seg_arena a = {0};
        struct seg_stat more;

        cli_check(seg_stats_parse(&more, &a,
                      cli_slurp(&a, i < argc ? argv[i] : NULL), path, &e),
            &e);
        cli_check(seg_stat_merge(s, &more, path, &e), &e);
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

    seg_stat_init(&s, &arena);
    if (opts.merge)
        add_tables(&s, argc, argv, first);
    else
        add_streams(&s, argc, argv, first);
    char *text = seg_stats_text(&s, &arena, &e);
    if (!text)
        cli_die(&e);
    FILE *out = cli_text();
    fputs(text, out);
    cli_close_text(out);
    seg_arena_free(&arena);
    return 0;
}
