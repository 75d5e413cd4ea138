/*
 * seg-info: prints the contents of a stream: keys, tensors, metadata, history.
 *
 * It reads and checks the whole stream, so exit status 0 means that it is
 * valid. The table has one row for all tensors of a name; sizes that vary are
 * ranges.
 */
#include <stdlib.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/info/model.h"
#include "formats/table/json_tables.h"
#include "lib/tensor/overview.h"

enum { MAX_ROWS = 24, MAX_COLUMNS = 60 }; /* without --all */

static const char *const formats[] = {"text", "json", NULL};

static struct {
    int list, tensors, all, size[2], batch, format;
    const char *meta;
} opts = {.batch = 1};

static struct cli_option options[] = {
    {'l', "list", CLI_FLAG, &opts.list, 0, 0, NULL, 0, NULL,
        "one line for each record: number, key, tensors"},
    {0, "tensors", CLI_FLAG, &opts.tensors, 0, 0, NULL, 0, NULL,
        "one line for each tensor: record, key, name, shape, min, mean, max"},
    {0, "meta", CLI_TEXT, &opts.meta, 0, 0, NULL, 0, "NAME",
        "print only this metadata, of every record that has it"},
    {'a', "all", CLI_FLAG, &opts.all, 0, 0, NULL, 0, NULL,
        "do not shorten the table"},
    {0, "size", CLI_WXH, opts.size, 1, 1 << 20, NULL, 0, "WxH",
        "memory that a model needs for images of this size"},
    {'b', "batch", CLI_INT, &opts.batch, 1, 65536, NULL, 0, "N",
        "images in a batch, for --size (1)"},
    {'f', "format", CLI_CHOICE, &opts.format, 0, 0, formats, CLI_SILENT,
        "FORMAT", "text, or json: the summary for other programs (text)"},
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-info",
    .summary = "show the contents of a stream",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-info --size 512x512 model.st",
    .see_also = "seg-stat(1), seg-diff(1), seg-view(1)",
};

static void
print_list(FILE *f, size_t number, const struct seg_record *rec)
{
    char text[200];

    fprintf(f, "%zu\t%s\t", number, seg_record_key(rec));
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;
        fprintf(f, "%s%s %s", i ? ", " : "", t->name,
            seg_tensor_describe(text, sizeof text, t));
    }
    fprintf(f, "\n");
}

static void
print_tensors(FILE *f, size_t number, const struct seg_record *rec)
{
    for (int i = 0; i < rec->ntensors; i++) {
        const struct seg_tensor *t = rec->tensors + i;
        size_t n = seg_tensor_count(t);
        double least = 0, most = 0, sum = 0;
        char text[200];

        for (size_t k = 0; k < n; k++) {
            double x = seg_tensor_get(t, k);
            least = k && least < x ? least : x;
            most = k && most > x ? most : x;
            sum += x;
        }
        fprintf(f, "%zu\t%s\t%s\t%s", number, seg_record_key(rec), t->name,
            seg_tensor_describe(text, sizeof text, t));
        if (n)
            fprintf(f, "\t%.6g\t%.6g\t%.6g", least, sum / (double)n, most);
        fprintf(f, "\n");
    }
}

/* A value in the table: one line, shortened unless --all is given. */
static void
print_value(FILE *f, const char *value)
{
    size_t n = strcspn(value, "\n");
    int cut = !opts.all && n > MAX_COLUMNS;

    if (value[n] && value[n + 1]) {
        size_t lines = 0;
        for (const char *p = value; *p; p++)
            lines += *p == '\n';
        fprintf(f, "(%zu lines; --meta prints them)\n", lines);
        return;
    }
    for (size_t i = 0; i < (cut ? MAX_COLUMNS : n); i++)
        fputc(value[i] == '\t' ? ' ' : value[i], f);
    fprintf(f, "%s\n", cut ? " ..." : "");
}

static void
print_history(FILE *f, const char *history)
{
    while (*history) {
        size_t n = strcspn(history, "\n");
        fprintf(f, "history   %.*s\n", (int)n, history);
        history += n + (history[n] == '\n');
    }
}

static void
print_table(FILE *f, const struct seg_overview *s, const char *history)
{
    char text[400];

    fprintf(f, "records   %zu, %.6g MB\n", s->records, (double)s->bytes * 1e-6);
    if (s->records && *s->first)
        fprintf(f, "keys      %s to %s\n", s->first, s->last);
    for (int i = 0; i < s->rows && (opts.all || i < MAX_ROWS); i++)
        fprintf(f, "tensor    %s %s, in %zu\n", s->row[i].least.name,
            seg_overview_describe(text, sizeof text, s->row + i), s->row[i].n);
    if (!opts.all && s->rows > MAX_ROWS)
        fprintf(f, "tensor    ... and %d more (--all)\n", s->rows - MAX_ROWS);
    for (int i = 0; i < s->meta.nmeta; i++) {
        const struct seg_meta *m = s->meta.meta + i;
        if (!strcmp(m->key, "seg.version") || !strcmp(m->key, "seg.key"))
            continue;
        fprintf(f, "meta      %s: ", m->key);
        print_value(f, m->value);
    }
    print_history(f, history);
}

static void
print_stream(FILE *f, struct seg_reader *in)
{
    struct seg_overview overview = {0};
    struct seg_record rec = {0};
    int tabular = !opts.list && !opts.tensors && !opts.meta && !opts.format,
        models = 0;
    struct seg_err e;

    while (cli_check(seg_reader_next(in, &rec, &e), &e)) {
        seg_record_sanitize(&rec);
        const char *value = opts.meta ? seg_record_meta(&rec, opts.meta) : NULL;
        cli_check(seg_overview_add(&overview, &rec, &e), &e);
        if (opts.list)
            print_list(f, overview.records, &rec);
        if (opts.tensors)
            print_tensors(f, overview.records, &rec);
        if (value)
            fprintf(f, "%s\n", value);
        if (tabular && seg_record_meta(&rec, "seg.net")) {
            cli_info_model(f, &rec, seg_reader_name(in), opts.size, opts.batch);
            models++;
        }
    }
    if (opts.size[0] && !models)
        cli_fail(SEG_EDATA, "%s: no model in it, and --size is for models",
            seg_reader_name(in));
    if (tabular)
        print_table(f, &overview, cli_shown(seg_reader_history(in), "\n"));
    if (opts.format)
        fputs(cli_need(seg_json_overview(&overview.arena, &overview,
                           seg_reader_history(in), &e),
                  &e),
            f);
    seg_record_free(&rec);
    seg_overview_free(&overview);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    if (opts.format && (opts.list || opts.tensors || opts.meta || opts.size[0]))
        cli_usage("--format json is the summary, without --list, --tensors, "
                  "--meta and --size");
    struct seg_reader *in = cli_reader(argv[first]);
    FILE *f = cli_text();

    print_stream(f, in);
    cli_close_text(f);
    cli_close_reader(in);
    return 0;
}
