/*
 * seg-sample: cuts random patches for training, or a regular grid of patches.
 *
 * Patch i is a function of the seed, the dataset and i.  An epoch takes each
 * item once, in its own order.  Therefore --first cuts a long stream into
 * shards, and memory does not grow with the number of patches.
 */
#include <stdint.h>

#include "cmd/cli/cli.h"
#include "cmd/sample/objects.h"
#include "cmd/sample/options.h"
#include "cmd/sample/patch.h"
#include "lib/dataset/intensity.h"

static const char *const kinds[] = {"none", "class", "component", NULL};

static struct opts {
    uint64_t count, epochs, first;
    int balance, labeled, grid, intensity, objects;
    double foreground;
    struct cli_object_options how; /* of objects */
} opts = {.count = UINT64_MAX, .epochs = 1, .how = {.margin = -1, .views = 1}};

static struct cli_option options[] = {
    CLI_PATCH_OPTIONS,
    {'n', "count", CLI_U64, &opts.count, 0, 0, NULL, 0, "N",
        "number of patches"},
    {0, "epochs", CLI_U64, &opts.epochs, 0, 0, NULL, 0, "N",
        "without --count: patches for each item (1)"},
    {0, "first", CLI_U64, &opts.first, 0, 0, NULL, 0, "N",
        "number of the first patch (0)"},
    {0, "balance", CLI_FLAG, &opts.balance, 0, 0, NULL, 0, NULL,
        "draw a class, an item that has it, and a pixel of it"},
    {0, "foreground", CLI_FLOAT, &opts.foreground, 0, 1, NULL, 0, "F",
        "share of patches with a pixel of a class other than 0 (0)"},
    {0, "class", CLI_TEXT, &opts.how.class, 0, 0, NULL, 0, "NAME",
        "with --foreground, --balance or --objects: of this class"},
    {0, "only-labeled", CLI_FLAG, &opts.labeled, 0, 0, NULL, 0, NULL,
        "only patches with a labeled pixel"},
    {0, "objects", CLI_CHOICE, &opts.objects, 0, 0, kinds, 0, "class|component",
        "items are objects: each class or component of a label image"},
    {'t', "tensor", CLI_TEXT, &opts.how.tensor, 0, 0, NULL, 0, "NAME",
        "the label image with the objects (label)"},
    {0, "margin", CLI_FLOAT, &opts.how.margin, 0, 100, NULL, 0, "F",
        "around an object, as a share of its longer side (0.25)"},
    {0, "no-mask", CLI_FLAG, &opts.how.no_mask, 0, 0, NULL, 0, NULL,
        "do not add the mask of the object to the image"},
    {0, "keep-classes", CLI_FLAG, &opts.how.keep_classes, 0, 0, NULL, 0, NULL,
        "keep the classes of the label: it is not 1 in the object, else 0"},
    {0, "regular", CLI_FLAG, &opts.grid, 0, 0, NULL, 0, NULL,
        "cut all patches of a regular grid, or all objects, in order"},
    {0, "stride", CLI_WXH, cli_patch_opts.stride, 1, 1 << 16, NULL, 0, "WxH",
        "with --regular: distance of patches in pixels (the crop)"},
    {0, "views", CLI_INT, &opts.how.views, 1, 2, NULL, 0, "N",
        "2: also draw a second patch of the item, image.1 (1)"},
    {0, "intensity", CLI_FLAG, &opts.intensity, 0, 0, NULL, 0, NULL,
        "store in each patch the intensity statistics of its image"},
    CLI_SEED,
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-sample",
    .summary = "cut patches out of images",
    .operands = "[FILE]",
    .max_operands = 1,
    .options = options,
    .example = "seg-sample --crop 96 -n 800 --scale 0.75,1.5 --flip h few.st "
               "-o patches.st",
    .see_also = "seg-augment(1), seg-finetune(1)",
};

static void
cut_regular(
    struct seg_reader *in, struct seg_writer *w, const struct seg_sample *s)
{
    struct seg_record rec = {0}, out = {0};
    struct seg_err e;
    const uint8_t *label;
    uint64_t draw = 0;
    int h, wide;
    struct cli_cut cut = {.rec = &rec,
        .s = s,
        .class = opts.labeled ? SEG_ANY_CLASS : SEG_NO_CLASS};

    while (cli_check(seg_reader_next(in, &rec, &e), &e)) {
        cli_check(seg_sample_size(&h, &wide, &rec, &e), &e);
        if (opts.labeled)
            cli_check(seg_sample_label(&label, &rec, h, wide, &e), &e);
        cli_check(opts.intensity ? seg_intensity_ensure(&rec, &e) : 0, &e);
        size_t tiles = seg_sample_tiles(s, h, wide);
        for (size_t i = 0; i < tiles; i++) {
            struct seg_window win = seg_sample_tile(s, h, wide, i);

            cut.draw = draw++;
            if (cli_cut_patch(&out, &cut, &win))
                cli_put(w, &out);
        }
    }
    seg_record_free(&rec);
    seg_record_free(&out);
}

/* Draws patches of items, or of objects. */
static void
draw(struct seg_writer *w, struct cli_draws *draws, struct cli_objects *objects,
    struct cli_intensities *whole, const struct seg_sample *s)
{
    struct seg_record out = {0};
    struct cli_progress progress = {0};
    uint64_t items = opts.objects ? objects->n : (uint64_t)draws->n;
    uint64_t count =
        opts.count == UINT64_MAX ? opts.epochs * items : opts.count;

    for (uint64_t i = 0; i < count; i++) {
        if (opts.objects)
            cli_objects_draw(&out, objects, whole, s, opts.first + i);
        else
            cli_draw_patch(
                &out, draws, whole, s, opts.first + i, opts.how.views);
        cli_put(w, &out);
        cli_progress(&progress, "patches", i + 1, count, NULL);
    }
    cli_progress_end(&progress);
    seg_record_free(&out);
}

static void
sample(struct seg_reader *in, struct seg_writer *w, const struct seg_sample *s)
{
    const struct cli_draw_options how = {
        .share = opts.balance ? 1 : opts.foreground,
        .class = opts.how.class,
        .foreground = !opts.balance,
        .labeled = opts.labeled};
    struct seg_arena arena = {0};
    struct cli_intensities whole = {.known = NULL};
    struct cli_objects objects = {0};
    struct cli_draws draws;

    if (opts.objects)
        cli_objects_start(&objects, in, &opts.how, &arena);
    else
        cli_draws_start(&draws, in, &how, &arena);
    if (opts.intensity)
        cli_intensities_start(
            &whole, (size_t)(opts.objects ? objects.records : draws.records));
    if (opts.grid)
        cli_objects_put(w, &objects, &whole, s);
    else
        draw(w, &draws, &objects, &whole, s);
    seg_arena_free(&whole.arena);
    seg_arena_free(&arena);
}

static void
check_objects(void)
{
    const struct cli_object_options *o = &opts.how;

    if (opts.objects &&
        (opts.balance || opts.foreground > 0 || opts.labeled ||
            cli_patch_opts.max_share < 1 || cli_patch_opts.stride[0]))
        cli_usage("--objects excludes --balance, --foreground, --only-labeled, "
                  "--max-class-share and --stride");
    if (!opts.objects &&
        (o->tensor || o->margin >= 0 || o->no_mask || o->keep_classes))
        cli_usage("--tensor, --margin, --no-mask and --keep-classes require "
                  "--objects");
    if (o->class && !opts.balance && opts.foreground == 0 && !opts.objects)
        cli_usage("--class requires --foreground, --balance or --objects");
}

static void
check_options(void)
{
    if (opts.grid &&
        (opts.count != UINT64_MAX || opts.balance || opts.foreground > 0 ||
            opts.how.views == 2 || cli_patch_is_random()))
        cli_usage("--regular excludes options that draw at random");
    if (!opts.grid && cli_patch_opts.stride[0])
        cli_usage("--stride requires --regular");
    if (opts.balance && opts.foreground > 0)
        cli_usage("--balance and --foreground exclude each other");
    check_objects();
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);

    check_options();
    struct seg_sample s = cli_patch_settings();
    s.must_show = opts.labeled || opts.foreground > 0;
    if (opts.objects) {
        opts.how.kind = (enum seg_object_kind)(opts.objects - 1);
        opts.how.tensor = opts.how.tensor ? opts.how.tensor : "label";
        opts.how.margin = opts.how.margin < 0 ? 0.25 : opts.how.margin;
    }
    struct seg_reader *in = cli_reader(argv[first]);
    struct seg_writer *out = cli_writer();
    if (opts.grid && !opts.objects)
        cut_regular(in, out, &s);
    else
        sample(in, out, &s);
    cli_close_reader(in);
    cli_close_writer(out);
    return 0;
}
