/*
 * seg-subset: selects the labeled subset of a dataset, or the rest of it.
 *
 * (seed, key) decide the order in which items are taken; a label budget takes
 * the first of them, so that a smaller subset is part of a larger one.  The
 * output has the order of the input.  Labels can be made sparse on the way.
 */
#include <inttypes.h>
#include <limits.h>
#include <math.h>

#include "cmd/cli/cli.h"
#include "cmd/subset/items.h"
#include "cmd/subset/key_list.h"
#include "cmd/subset/sparsify.h"
#include "lib/dataset/key_group.h"

static struct opts {
    uint64_t count; /* items; UINT64_MAX: not given */
    double share, block, gap;
    int at_most, stratify, even, in_order, whole, rest;
    const char *keys, *group;
    int simulate;
    struct cli_sparse_options sparse;
} opts = {.count = UINT64_MAX, .share = -1};

static const char *const simulations[] = {
    "none", "points", "scribbles", "slices", NULL};

static struct cli_option options[] = {
    {'n', "count", CLI_U64, &opts.count, 0, 1e18, NULL, 0, "N", "take N items"},
    {0, "at-most", CLI_FLAG, &opts.at_most, 0, 0, NULL, 0, NULL,
        "with --count: take all items if there are fewer"},
    {0, "share", CLI_FLOAT, &opts.share, 0, 1, NULL, 0, "F",
        "take this share of the items, 0 to 1, rounded, at least one"},
    {0, "keys", CLI_TEXT, &opts.keys, 0, 0, NULL, 0, "FILE",
        "take the items whose key is a line of FILE"},
    {0, "stratify", CLI_FLAG, &opts.stratify, 0, 0, NULL, 0, NULL,
        "spread the items over the classes, rare ones first"},
    {0, "even", CLI_FLAG, &opts.even, 0, 0, NULL, 0, NULL,
        "take items at equal distances, for example from a video"},
    {0, "in-order", CLI_FLAG, &opts.in_order, 0, 0, NULL, 0, NULL,
        "take the first items in the order of the input"},
    {0, "group", CLI_TEXT, &opts.group, 0, 0, NULL, 0, "PATTERN",
        "records with this part of the key alike are one item: '*_frame*'"},
    {0, "whole", CLI_FLAG, &opts.whole, 0, 0, NULL, 0, NULL,
        "slices, pages and tiles of one image (KEY@...) are one item"},
    {0, "block", CLI_FLOAT, &opts.block, 1e-9, 1e9, NULL, 0, "SIZE",
        "tiles in one square of the map, with sides of SIZE, are one item"},
    {0, "gap", CLI_FLOAT, &opts.gap, 0, 1e9, NULL, 0, "SIZE",
        "with --block --rest: leave out tiles as near as this (0)"},
    {0, "rest", CLI_FLAG, &opts.rest, 0, 0, NULL, 0, NULL,
        "write the items that are not taken"},
    {0, "simulate", CLI_CHOICE, &opts.simulate, 0, 0, simulations, 0,
        "points|scribbles|slices",
        "make labels sparse; ignore all other pixels"},
    {0, "per-class", CLI_INT, &opts.sparse.per_class, 1, 1000000, NULL, 0, "N",
        "points: of each class in each image (10)"},
    {0, "pen", CLI_INT, &opts.sparse.pen, 1, 255, NULL, 0, "N",
        "points, scribbles: diameter in pixels (1, 3)"},
    {0, "every", CLI_INT, &opts.sparse.every, 1, INT_MAX, NULL, 0, "N",
        "slices: every N-th of a volume keeps its label (10)"},
    CLI_SEED,
    CLI_OUTPUT,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-subset",
    .summary = "select the labeled subset of a dataset",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-subset -n 20 -s 1 --stratify train.st -o few.st",
    .see_also = "seg-pick(1), seg-sample(1)",
};

static struct seg_arena arena;

/* The number of items to take of n. */
static int
budget(int n, const char *name)
{
    if (opts.count == UINT64_MAX && opts.share < 0)
        return n;
    if (opts.count == UINT64_MAX) {
        int count = (int)lround(opts.share * n);
        return n && count < 1 && opts.share > 0 ? 1 : count;
    }
    if (opts.count > (uint64_t)n && opts.at_most)
        return n;
    if (opts.count > (uint64_t)n)
        cli_fail(
            SEG_EDATA, "%s: %d items, %" PRIu64 " wanted", name, n, opts.count);
    return (int)opts.count;
}

static void
mark_budget(char *taken, const struct seg_subset_item *item, int n, int count)
{
    int *order = cli_take((size_t)n, sizeof *order);
    struct seg_err e;

    if (opts.even)
        seg_subset_even(order, n, count);
    else if (opts.in_order)
        seg_subset_even(order, n, n);
    else if (opts.stratify)
        cli_check(
            seg_subset_stratified(order, item, n, cli.seed, &arena, &e), &e);
    else
        cli_check(seg_subset_random(order, item, n, cli.seed, &arena, &e), &e);
    for (int i = 0; i < count; i++)
        taken[order[i]] = 1;
}

/* Takes the tiles out of the rest that touch the selected ones. */
static void
drop_near(char *selected, const struct cli_place *place, int n)
{
    char *near = cli_take((size_t)n, 1);
    int found = cli_near(near, place, selected, n, opts.gap);

    for (int i = 0; i < n; i++)
        selected[i] |= near[i];
    if (found)
        cli_note("%d of %d records are near the selected ones and left out",
            found, n);
}

static void
write_marked(struct seg_reader *in, const char *selected, int n)
{
    struct seg_writer *out = cli_writer();
    struct seg_record rec = {0};
    struct cli_sparsifier sparse = {.how = opts.sparse, .kind = opts.simulate};
    struct seg_err e;

    for (int i = 0; i < n; i++) {
        if (selected[i] == opts.rest)
            continue;
        cli_check(seg_reader_at(in, (size_t)i, &rec, &e), &e);
        cli_sparsify(&sparse, &rec);
        cli_put(out, &rec);
    }
    cli_close_reader(in);
    cli_close_writer(out);
    seg_record_free(&rec);
    cli_sparsifier_free(&sparse);
}

static void
subset(struct seg_reader *in)
{
    const struct cli_item_options how = {.whole = opts.whole,
        .group = opts.group,
        .block = opts.block,
        .classes = opts.stratify};
    struct cli_items all;

    cli_items_read(&all, in, &how, &arena);
    char *taken = cli_take((size_t)all.n, 1);
    if (opts.keys)
        cli_mark_keys(taken, all.item, all.n, opts.keys);
    else
        mark_budget(taken, all.item, all.n, budget(all.n, seg_reader_name(in)));
    char *selected = cli_take((size_t)all.records, 1);
    for (int i = 0; i < all.records; i++)
        selected[i] = taken[all.of[i]];
    if (opts.block > 0 && opts.rest)
        drop_near(selected, all.place, all.records);
    write_marked(in, selected, all.records);
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);
    struct seg_err e;
    int ways = (opts.count != UINT64_MAX) + (opts.share >= 0) + !!opts.keys;

    if (ways > 1 || (!ways && !opts.simulate))
        cli_usage("one of --count, --share and --keys is required");
    cli_check_sparse(opts.simulate, &opts.sparse);
    if (opts.stratify + opts.even + opts.in_order + !!opts.keys > 1)
        cli_usage("--stratify, --even, --in-order and --keys exclude each "
                  "other");
    if (opts.block > 0 && (opts.whole || opts.keys))
        cli_usage("--block excludes --whole and --keys");
    if (opts.group && (opts.whole || opts.block > 0))
        cli_usage("--group excludes --whole and --block");
    if (opts.group)
        cli_check(seg_key_group_check(opts.group, &e), &e);
    if (opts.gap > 0 && !(opts.block > 0 && opts.rest))
        cli_usage("--gap requires --block and --rest");
    subset(cli_reader(argv[first]));
    seg_arena_free(&arena);
    return 0;
}
