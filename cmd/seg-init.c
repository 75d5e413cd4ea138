/*
 * seg-init: makes a model from a network text.
 *
 * Weights are drawn by (seed, name): equal names in two networks get equal
 * weights.  With -w, weights of a file replace those of the same name and
 * shape, and the program prints how many matched.  A file without any match is
 * refused, so that a forgotten --prefix is not taken for an imported model.
 */
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/read_text.h"
#include "cmd/train/normalize.h"
#include "formats/stream/model.h"
#include "lib/label/labelmap.h"
#include "lib/label/same_classes.h"
#include "lib/zoo/adapt.h"

static const char *const inits[] = {"auto", "he", "xavier", "trunc", NULL};
static const char *const fills[] = {"mean", "repeat", "zero", NULL};

static struct opts {
    int init, bands, fill;
    const char *weights, *prefix, *add_prefix;
    int strict, lenient;
    struct cli_normalize normalize;
} opts = {.prefix = "", .add_prefix = ""};

static struct cli_option options[] = {
    CLI_SEED,
    {0, "init", CLI_CHOICE, &opts.init, 0, 0, inits, 0, "KIND",
        "he, xavier, trunc, or auto: trunc for transformers, else he (auto)"},
    {0, "bands", CLI_INT, &opts.bands, 1, 65536, 0, 0, "N",
        "image bands; adapts the first weights of a file to them"},
    {0, "fill", CLI_CHOICE, &opts.fill, 0, 0, fills, 0, "HOW",
        "adapt by mean, by repeating kernels, or with zero (mean)"},
    {'w', "weights", CLI_TEXT, &opts.weights, 0, 0, 0, 0, "FILE",
        "read weights by name from a model or .safetensors file"},
    {0, "prefix", CLI_TEXT, &opts.prefix, 0, 0, 0, 0, "P",
        "strip P from the names in the file, skip names without it"},
    {0, "add-prefix", CLI_TEXT, &opts.add_prefix, 0, 0, 0, 0, "P",
        "then put P in front of them, for example backbone."},
    {0, "strict", CLI_FLAG, &opts.strict, 0, 0, 0, 0, NULL,
        "fail if a weight is missing or unused"},
    {0, "lenient", CLI_FLAG, &opts.lenient, 0, 0, 0, 0, NULL,
        "skip weights of other shapes, as of another number of classes"},
    {0, "mean", CLI_TEXT, &opts.normalize.mean, 0, 0, 0, 0, "LIST",
        "mean of each channel, in stored units (ImageNet's, or 127.5)"},
    {0, "std", CLI_TEXT, &opts.normalize.std, 0, 0, 0, 0, "LIST",
        "standard deviation of each channel (ImageNet's, or 127.5)"},
    {0, "stat", CLI_TEXT, &opts.normalize.stat, 0, 0, 0, 0, "FILE",
        "mean and standard deviation from a table of seg-stat"},
    {0, "normalize", CLI_CHOICE, &opts.normalize.kind, 0, 0,
        seg_normalize_names, 0, "HOW",
        "by these; record: by each image's mean and standard deviation; range: "
        "by each image's range, as 0 to 1 (dataset)"},
    {0, "clip-percent", CLI_FLOAT, &opts.normalize.clip, 0, 49, 0, 0, "P",
        "clip the lowest and highest P percent (0; of a range 0.5)"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-init",
    .summary = "make a model from a network text",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-init -s 1 --stat stat.tsv unet.net -o init.st",
    .see_also = "seg-net(1), seg-stat(1), seg-finetune(1)",
};

/* Applies --prefix and --add-prefix to the names of the record. */
static void
rename_all(struct seg_record *rec)
{
    struct seg_err e;
    size_t cut = strlen(opts.prefix);

    for (int i = 0; i < rec->ntensors; i++) {
        struct seg_tensor *t = rec->tensors + i;
        int kept = !strncmp(t->name, opts.prefix, cut);
        t->name = !kept ? NULL
                        : cli_need(seg_take_text(&rec->arena, &e, "%s%s",
                                       opts.add_prefix, t->name + cut),
                              &e);
    }
    seg_record_sweep(rec);
}

/* Copies class names, colors and ignore value if the head was loaded too. */
static void
name_classes(struct seg_model *m, const struct seg_record *rec)
{
    struct seg_err e;
    int n = seg_classes_count(seg_record_meta(rec, "seg.classes"));

    if (n != seg_net_step(m->net, seg_net_steps(m->net) - 1)->out->c)
        return;
    for (const char *const *key = seg_classes_keys; *key; key++) {
        const char *value = seg_record_meta(rec, *key);

        if (value)
            cli_check(seg_record_set(&m->about, *key, value, &e), &e);
    }
}

static void
load(struct seg_model *m, const char *path)
{
    struct seg_net *net = m->net;
    struct seg_err e;
    struct seg_record rec = {0};
    struct seg_model_load got;
    struct seg_adapted grid;
    struct seg_reader *r = cli_reader(path);
    char report[512];

    if (!cli_check(seg_reader_next(r, &rec, &e), &e))
        cli_fail(SEG_EDATA, "%s: no record, so no weights", path);
    rename_all(&rec);
    cli_check(
        seg_adapt(&rec, net, opts.bands ? opts.fill : -1, path, &grid, &e), &e);
    cli_check(seg_model_load(net, &rec, "", path, opts.lenient, &got, &e), &e);
    snprintf(report, sizeof report,
        "%d loaded, %d missing (%.150s), %d left over (%.150s)", got.loaded,
        got.missing, got.missing ? got.first_missing : "-", got.unused,
        got.unused ? got.first_unused : "-");
    if (!got.missing)
        name_classes(m, &rec);
    while (cli_check(seg_reader_next(r, &rec, &e), &e))
        ; /* the file must be complete */
    if (!got.loaded)
        cli_fail(
            SEG_EDATA, "%s: nothing matched (see --prefix): %s", path, report);
    if (opts.strict && (got.missing || got.unused))
        cli_fail(SEG_EDATA, "%s: %s", path, report);
    cli_note("%s: %s", path, report);
    if (grid.h)
        cli_note("%s: positions of a grid of %d x %d became those of %d x %d",
            path, grid.w, grid.h, grid.ow, grid.oh);
    cli_close_reader(r);
    seg_record_free(&rec);
}

/* Exits if parameters and output record exceed --mem-limit. */
static void
check_limit(const struct seg_net *net, const char *name)
{
    size_t bytes = 0;

    for (int i = 0; i < seg_net_params(net); i++)
        bytes += 2 * seg_net_param(net, i)->count * sizeof(float);
    if (cli.mem_limit && bytes > cli.mem_limit)
        cli_fail(SEG_EMEM, "%s: the model takes %zu bytes, the limit is %zu",
            name, bytes, cli.mem_limit);
}

int
main(int argc, char **argv)
{
    struct seg_err e;
    struct seg_arena arena = {0};
    struct seg_model m = {0};
    struct seg_record rec = {0};
    int first = cli_parse(&program, argc, argv);
    const char *path = first < argc ? argv[first] : NULL;

    const char *text = cli_read_text(&arena, path);
    text = cli_need(
        seg_adapt_text(&arena, text, cli_text_name(path), opts.bands, &e), &e);
    cli_check(seg_net_parse_graph(&m.net, text, cli_text_name(path), &e), &e);
    check_limit(m.net, cli_text_name(path));
    cli_check(seg_net_alloc_params(m.net, &e), &e);
    seg_net_init(m.net,
        opts.init ? (enum seg_init_kind)(opts.init - 1) : seg_adapt_init(m.net),
        cli.seed);
    m.channels = seg_net_step(m.net, 0)->out->c;
    cli_normalize(&m, &arena, &opts.normalize);
    if (opts.weights)
        load(&m, opts.weights);
    struct seg_writer *w = cli_writer();
    cli_check(seg_model_write(&rec, &m, &e), &e);
    cli_close_writer_with(w, &rec);
    seg_record_free(&rec);
    seg_model_free(&m);
    seg_arena_free(&arena);
    return 0;
}
