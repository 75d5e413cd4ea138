/*
 * Lays streams end to end: one stream with one END.
 *
 * Reading checks everything (hashes, counts, END), so `seg-cat -n 367 *.st` is
 * also how the shards of a parallel job are known to be all there.  Records are
 * passed on one by one; nothing but the record in hand is held.
 */
#include "cmd/cli/cli.h"
#include "lib/dataset/same_classes.h"

static struct {
    int count, plain;
} opts = {.count = -1};

static struct cli_option options[] = {
    {'n', "count", CLI_INT, &opts.count, 0, 2147483647, NULL, CLI_SILENT, "N",
        "fail unless exactly N records came"},
    {0, "plain", CLI_FLAG, &opts.plain, 0, 0, NULL, 0, NULL,
        "one record alone, a .safetensors file for other programs"},
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {.name = "seg-cat",
    .summary = "lay streams end to end and verify",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options};

/* Streams of different classes may lie together, but hardly ever should. */
static void
compare_classes(const struct cli_inputs *in, const struct seg_record *rec)
{
    static struct seg_arena arena;
    static struct seg_known_classes known = {.arena = &arena};
    static int warned;
    char where[600];
    struct seg_err e;

    if (warned || seg_record_meta(rec, "seg.net"))
        return; /* models side by side are an ensemble */
    snprintf(where, sizeof where, "%.400s: %.180s", seg_reader_name(in->reader),
        seg_record_brief(rec));
    warned = seg_classes_follow(&known, rec, where, &e) != 0;
    if (warned && e.kind == SEG_EMEM)
        cli_die(&e);
    if (warned)
        cli_warn("%s", e.text);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv), n = 0;
    struct seg_record rec = {0};
    struct cli_progress progress = {0};
    struct cli_inputs in;

    /* what is cut short must not look whole, and has no END to tell */
    if (opts.plain && !cli.output)
        cli_usage("--plain needs --output");
    cli_inputs(&in, argc, argv, first);
    struct seg_writer *out = cli_writer();
    if (opts.plain)
        seg_writer_plain(out);
    while (cli_next(&in, &rec)) {
        compare_classes(&in, &rec);
        cli_put(out, &rec);
        cli_progress(&progress, "records", (uint64_t)++n, 0, NULL);
    }
    cli_progress_end(&progress);
    if (opts.count >= 0 && n != opts.count)
        cli_fail(SEG_EDATA, "%d records came, %d expected", n, opts.count);
    cli_close_writer(out);
    seg_record_free(&rec);
    return 0;
}
