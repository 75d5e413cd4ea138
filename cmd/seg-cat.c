/*
 * seg-cat: joins streams to one stream with one END.
 *
 * Reading checks everything (hashes, counts, END).  For example, `seg-cat
 * --expect 367 *.st` fails if a shard of a parallel job is missing. Memory
 * holds one record at a time.
 */
#include <inttypes.h>

#include "cmd/cli/cli.h"
#include "lib/label/same_classes.h"

static struct {
    uint64_t expect; /* records; UINT64_MAX: any number */
    int plain;
} opts = {.expect = UINT64_MAX};

static struct cli_option options[] = {
    {0, "expect", CLI_U64, &opts.expect, 0, 1e18, NULL, CLI_SILENT, "N",
        "fail unless there are exactly N records"},
    {0, "plain", CLI_FLAG, &opts.plain, 0, 0, NULL, 0, NULL,
        "write one record as a .safetensors file for other programs"},
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_MEM_LIMIT,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-cat",
    .summary = "join streams and verify them",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-cat --expect 12 1.st 2.st -o all.st",
    .see_also = "seg-pick(1), seg-info(1)",
};

/* Warns, once, of records with different classes: legal, but probably a
   mistake. */
static void
compare_classes(const struct cli_inputs *in, const struct seg_record *rec)
{
    static struct seg_arena arena;
    static struct seg_known_classes known = {.arena = &arena};
    static int warned;
    char where[600];
    struct seg_err e;

    if (warned || seg_record_meta(rec, "seg.net"))
        return; /* several models are an ensemble */
    snprintf(where, sizeof where, "%.400s: %.180s", seg_reader_name(in->reader),
        seg_record_short_name(rec));
    warned = seg_known_classes_check(&known, rec, where, &e) != 0;
    if (warned && e.kind == SEG_EMEM)
        cli_die(&e);
    if (warned)
        cli_warn("%s", e.text);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    uint64_t n = 0;
    struct seg_record rec = {0};
    struct cli_progress progress = {0};
    struct cli_inputs in;

    /* a file appears only when complete; a plain stream has no END that could
       show that it is truncated */
    if (opts.plain && !cli.output)
        cli_usage("--plain requires --output");
    cli_inputs(&in, argc, argv, first);
    struct seg_writer *out = cli_writer();
    if (opts.plain)
        seg_writer_plain(out);
    while (cli_next(&in, &rec)) {
        compare_classes(&in, &rec);
        cli_put(out, &rec);
        cli_progress(&progress, "records", ++n, 0, NULL);
    }
    cli_progress_end(&progress);
    if (opts.expect != UINT64_MAX && n != opts.expect)
        cli_fail(SEG_EDATA, "%" PRIu64 " records came, %" PRIu64 " expected", n,
            opts.expect);
    cli_close_writer(out);
    seg_record_free(&rec);
    return 0;
}
