/*
 * seg-synth: makes a synthetic dataset with exact labels.
 *
 * Item i is a function of the seed, the size and i, so --first makes shards
 * that together equal the whole dataset.  Both domains show the same scenes:
 * with one seed their labels are equal.
 */
#include "cmd/cli/cli.h"
#include "lib/synth/synth.h"

static const char *const domains[] = {"a", "b", NULL};

static struct opts {
    uint64_t count, first;
    int size[2]; /* width, height, pixels */
    int domain;
} opts = {.count = 100, .size = {96, 96}};

static struct cli_option options[] = {
    {'n', "count", CLI_U64, &opts.count, 0, 0, NULL, 0, "N",
        "number of items (100)"},
    {0, "first", CLI_U64, &opts.first, 0, 0, NULL, 0, "N",
        "number of the first item (0)"},
    {0, "size", CLI_WXH, opts.size, SEG_SYNTH_LEAST, SEG_SYNTH_MOST, NULL, 0,
        "WxH", "image size in pixels (96x96)"},
    {0, "domain", CLI_CHOICE, &opts.domain, 0, 0, domains, 0, "a|b",
        "appearance: a or b (a)"},
    CLI_SEED,
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-synth",
    .summary = "make a synthetic dataset with exact labels",
    .operands = "",
    .options = options,
    .example = "seg-synth -n 20 --size 96x96 -s 1 -o scenes.st",
    .see_also = "seg-import(1), seg-view(1)",
};

static void
synthesize(struct seg_writer *out)
{
    struct seg_synth s = {opts.size[0], opts.size[1],
        (enum seg_synth_domain)opts.domain, cli.seed};
    struct cli_progress progress = {0};
    struct seg_record rec = {0};
    struct seg_err e;

    for (uint64_t i = 0; i < opts.count; i++) {
        cli_check(seg_synth_make(&rec, &s, opts.first + i, &e), &e);
        cli_put(out, &rec);
        cli_progress(&progress, "items", i + 1, opts.count, NULL);
    }
    cli_progress_end(&progress);
    seg_record_free(&rec);
}

int
main(int argc, char **argv)
{
    cli_parse(&program, argc, argv);
    struct seg_writer *out = cli_writer();
    synthesize(out);
    cli_close_writer(out);
    return 0;
}
