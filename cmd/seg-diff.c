/*
 * seg-diff: compares two streams record by record; exit 0 equal, 1 different.
 *
 * Without --tolerance, equal means the same bits.  Hash and version are not
 * compared because they follow from the rest.  The history is compared only
 * with --history: two commands may give the same result.
 */
#include <fnmatch.h>
#include <stdarg.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "lib/base/sanitize.h"
#include "lib/label/same_classes.h"
#include "lib/tensor/compare.h"

static struct {
    double tolerance;
    int history;
    struct cli_list ignore;
} opts;

static struct cli_option options[] = {
    {0, "tolerance", CLI_FLOAT, &opts.tolerance, 0, 1e300, NULL, 0, "X",
        "accept numbers that differ by X or less (0: the same bits)"},
    {'i', "ignore", CLI_LIST, &opts.ignore, 0, 0, NULL, 0, "PATTERN",
        "skip tensors and metadata whose name matches"},
    {0, "history", CLI_FLAG, &opts.history, 0, 0, NULL, 0, NULL,
        "compare the history too"},
    {'q', "quiet", CLI_FLAG, &cli.quiet, 0, 0, NULL, 0, NULL,
        "print nothing, only set the exit status"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-diff",
    .summary = "compare two streams",
    .operands = "FILE FILE",
    .min_operands = 2,
    .max_operands = 2,
    .options = options,
    .example = "seg-diff --tolerance 1e-6 old.st new.st",
    .see_also = "seg-info(1), seg-cat(1)",
};

/* The output, the number of differences, and the current record. */
static struct {
    FILE *to;
    long n;
    size_t record;
    const char *key;
} diff;

static void report(const char *fmt, ...) SEG_PRINTF(1, 2);

static void
report(const char *fmt, ...)
{
    char text[1200];
    va_list args;

    diff.n++;
    if (cli.quiet)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    fprintf(diff.to, "record %zu%s%s: %s\n", diff.record, *diff.key ? " " : "",
        diff.key, seg_sanitize(text, ""));
}

static int
ignored(const char *name)
{
    for (int i = 0; i < opts.ignore.n; i++)
        if (!fnmatch(opts.ignore.item[i], name, 0))
            return 1;
    return !strcmp(name, "seg.hash") || !strcmp(name, "seg.version");
}

/* Prints the index of element i, for example "12,40,2". */
static void
print_index(char *text, size_t size, const struct seg_tensor *t, size_t i)
{
    size_t index[SEG_RANK], n = 0;

    for (int k = t->rank; k-- > 0; i /= t->shape[k])
        index[k] = i % t->shape[k];
    *text = 0;
    for (int k = 0; k < t->rank && n < size; k++)
        n += (size_t)snprintf(
            text + n, size - n, "%s%zu", k ? "," : "", index[k]);
}

static void
compare_numbers(const struct seg_tensor *a, const struct seg_tensor *b)
{
    struct seg_difference d = seg_tensor_compare(a, b, opts.tolerance);
    char at[200];

    if (d.n == 0)
        return;
    print_index(at, sizeof at, a, d.first);
    report("%s: %zu of %zu numbers differ, by %g at most; the first at [%s]: "
           "%.9g and %.9g",
        a->name, d.n, seg_tensor_count(a), d.largest, at,
        seg_tensor_get(a, d.first), seg_tensor_get(b, d.first));
}

static void
compare_tensors(const struct seg_record *a, const struct seg_record *b)
{
    char x[200], y[200];

    for (int i = 0; i < a->ntensors; i++) {
        const struct seg_tensor *t = a->tensors + i,
                                *u = seg_record_find(b, t->name);
        if (ignored(t->name))
            continue;
        if (!u) {
            report("%s: only in the first", t->name);
            continue;
        }
        seg_tensor_describe(x, sizeof x, t);
        seg_tensor_describe(y, sizeof y, u);
        if (strcmp(x, y))
            report("%s: %s and %s", t->name, x, y);
        else
            compare_numbers(t, u);
    }
    for (int i = 0; i < b->ntensors; i++) {
        const char *name = b->tensors[i].name;
        if (!seg_record_find(a, name) && !ignored(name))
            report("%s: only in the second", name);
    }
}

static void
compare_meta(const struct seg_record *a, const struct seg_record *b)
{
    for (int i = 0; i < a->nmeta; i++) {
        const char *key = a->meta[i].key, *x = a->meta[i].value,
                   *y = seg_record_meta(b, key);
        if (ignored(key))
            continue;
        struct seg_err e;
        if (!y)
            report("%s: only in the first", key);
        else if (!strcmp(key, "seg.classes") &&
                 seg_classes_compare(x, y, key, "in the second", &e))
            report("%s", e.text);
        else if (strcmp(x, y))
            report("%s: %.200s and %.200s", key, x, y);
    }
    for (int i = 0; i < b->nmeta; i++) {
        const char *key = b->meta[i].key;
        if (!seg_record_meta(a, key) && !ignored(key))
            report("%s: only in the second", key);
    }
}

/* Reads both streams to their ends, even after a difference, because a damaged
   stream is an error. */
static void
compare(struct seg_reader *a, struct seg_reader *b)
{
    struct seg_record x = {0}, y = {0};
    size_t n[2] = {0};
    struct seg_err e;

    for (;;) {
        int more_a = cli_check(seg_reader_next(a, &x, &e), &e),
            more_b = cli_check(seg_reader_next(b, &y, &e), &e);
        n[0] += more_a;
        n[1] += more_b;
        if (!more_a && !more_b)
            break;
        if (!more_a || !more_b || (cli.quiet && diff.n))
            continue;
        diff.record = n[0];
        diff.key = seg_record_key(&x);
        compare_meta(&x, &y);
        compare_tensors(&x, &y);
    }
    if (n[0] != n[1]) {
        diff.n++;
        if (!cli.quiet)
            fprintf(diff.to, "%zu and %zu records\n", n[0], n[1]);
    }
    if (opts.history && strcmp(seg_reader_history(a), seg_reader_history(b))) {
        diff.n++;
        if (!cli.quiet)
            fprintf(diff.to, "history:\n%sand\n%s",
                cli_shown(seg_reader_history(a), "\n"),
                cli_shown(seg_reader_history(b), "\n"));
    }
    seg_record_free(&x);
    seg_record_free(&y);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_reader *a = cli_reader(argv[first]),
                      *b = cli_reader(argv[first + 1]);

    diff.to = cli_text();
    compare(a, b);
    cli_close_text(diff.to);
    cli_close_reader(a);
    cli_close_reader(b);
    return diff.n > 0;
}
