/*
 * seg-sample: cuts random patches for training, or a regular grid of patches.
 *
 * Patch i is a function of the seed, the dataset and i.  An epoch takes each
 * item once, in its own order.  Therefore --first cuts a long stream into
 * shards, and memory does not grow with the number of patches.
 */
#include <stdint.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/numbers.h"
#include "cmd/sample/patch.h"
#include "lib/dataset/intensity.h"
#include "lib/dataset/sample.h"

enum { NO_FLIP, FLIP_X, FLIP_Y, FLIP_XY };
static const char *const flips[] = {"none", "h", "v", "hv", NULL};

static struct opts {
    int crop[2]; /* width, height, pixels */
    int stride[2];
    uint64_t count, epochs, first;
    const char *scale;   /* LO,HI */
    const char *angle;   /* LO,HI in degrees */
    const char *elastic; /* SD,SIGMA in pixels */
    int flip, rotate, balance, labeled, grid, intensity;
    double max_share, max_nodata, foreground;
    const char *class;
} opts = {.count = UINT64_MAX,
    .epochs = 1,
    .scale = "1",
    .max_share = 1,
    .max_nodata = 1};

static struct cli_option options[] = {
    {0, "crop", CLI_WXH, opts.crop, 1, 1 << 16, NULL, CLI_REQUIRED, "WxH",
        "patch size in pixels"},
    {'n', "count", CLI_U64, &opts.count, 0, 0, NULL, 0, "N",
        "number of patches"},
    {0, "epochs", CLI_U64, &opts.epochs, 0, 0, NULL, 0, "N",
        "without --count: patches for each item (1)"},
    {0, "first", CLI_U64, &opts.first, 0, 0, NULL, 0, "N",
        "number of the first patch (0)"},
    {0, "scale", CLI_TEXT, &opts.scale, 0, 0, NULL, 0, "LO,HI",
        "resize by a random factor in this range, log-uniform (1)"},
    {0, "flip", CLI_CHOICE, &opts.flip, 0, 0, flips, 0, "h|v|hv",
        "mirror half of the patches: left-right, up-down, both (none)"},
    {0, "rotate", CLI_FLAG, &opts.rotate, 0, 0, NULL, 0, NULL,
        "rotate by 0, 90, 180 or 270 degrees at random"},
    {0, "angle", CLI_TEXT, &opts.angle, 0, 0, NULL, 0, "LO,HI",
        "rotate by a random angle in this range, degrees (0)"},
    {0, "elastic", CLI_TEXT, &opts.elastic, 0, 0, NULL, 0, "SD,SIGMA",
        "displace pixels by SD pixels, smooth over SIGMA pixels (none)"},
    {0, "max-class-share", CLI_FLOAT, &opts.max_share, 0, 1, NULL, 0, "F",
        "draw again, 10 times at most, if a class has this share (1)"},
    {0, "balance", CLI_FLAG, &opts.balance, 0, 0, NULL, 0, NULL,
        "draw a class, an item that has it, and a pixel of it"},
    {0, "foreground", CLI_FLOAT, &opts.foreground, 0, 1, NULL, 0, "F",
        "share of patches with a pixel of a class other than 0 (0)"},
    {0, "class", CLI_TEXT, &opts.class, 0, 0, NULL, 0, "NAME",
        "with --foreground or --balance: of this class"},
    {0, "only-labeled", CLI_FLAG, &opts.labeled, 0, 0, NULL, 0, NULL,
        "only patches with a labeled pixel"},
    {0, "max-nodata", CLI_FLOAT, &opts.max_nodata, 0, 1, NULL, 0, "F",
        "no patches with a larger share of pixels without data (1)"},
    {0, "regular", CLI_FLAG, &opts.grid, 0, 0, NULL, 0, NULL,
        "cut all patches of a regular grid, in order"},
    {0, "stride", CLI_WXH, opts.stride, 1, 1 << 16, NULL, 0, "WxH",
        "with --regular: distance of patches in pixels (the crop)"},
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

static struct seg_sample
settings(void)
{
    struct seg_sample s = {.w = opts.crop[0],
        .h = opts.crop[1],
        .stride = {opts.stride[0], opts.stride[1]},
        .flip_x = opts.flip & 1,
        .flip_y = opts.flip >> 1,
        .turn = opts.rotate,
        .max_share = opts.max_share,
        .must_show = opts.labeled || opts.foreground > 0,
        .max_nodata = opts.max_nodata,
        .seed = cli.seed};

    cli_pair(s.scale, opts.scale, "scale", 0.01, 100);
    if (opts.angle)
        cli_pair(s.angle, opts.angle, "angle", -180, 180);
    if (opts.elastic) {
        double v[2];

        if (cli_numbers(v, 2, opts.elastic, "elastic", 0.1, 100) != 2)
            cli_usage("--elastic %s: expected SD,SIGMA", opts.elastic);
        s.elastic = v[0];
        s.smooth = v[1];
    }
    return s;
}

static void
cut_regular(
    struct seg_reader *in, struct seg_writer *w, const struct seg_sample *s)
{
    struct seg_record rec = {0}, out = {0};
    struct seg_err e;
    const uint8_t *label;
    uint64_t draw = 0;
    int h, wide, class = opts.labeled ? SEG_ANY_CLASS : SEG_NO_CLASS;

    while (cli_check(seg_reader_next(in, &rec, &e), &e)) {
        cli_check(seg_sample_size(&h, &wide, &rec, &e), &e);
        if (opts.labeled)
            cli_check(seg_sample_label(&label, &rec, h, wide, &e), &e);
        cli_check(opts.intensity ? seg_intensity_ensure(&rec, &e) : 0, &e);
        size_t tiles = seg_sample_tiles(s, h, wide);
        for (size_t i = 0; i < tiles; i++) {
            struct seg_window win = seg_sample_tile(s, h, wide, i);

            if (cli_cut_patch(&out, &rec, &win, s, class, draw++))
                cli_put(w, &out);
        }
    }
    seg_record_free(&rec);
    seg_record_free(&out);
}

static void
sample(struct seg_reader *in, struct seg_writer *w, const struct seg_sample *s)
{
    const struct cli_draw_options how = {
        .share = opts.balance ? 1 : opts.foreground,
        .class = opts.class,
        .foreground = !opts.balance,
        .labeled = opts.labeled};
    struct seg_record out = {0};
    struct cli_progress progress = {0};
    struct seg_arena arena = {0};
    struct cli_intensities whole = {.known = NULL};
    struct cli_draws draws;
    uint64_t count = opts.count;

    cli_draws_start(&draws, in, &how, &arena);
    if (count == UINT64_MAX)
        count = opts.epochs * (uint64_t)draws.n;
    if (opts.intensity)
        cli_intensities_start(&whole, (size_t)draws.records);
    for (uint64_t i = 0; i < count; i++) {
        cli_draw_patch(&out, &draws, &whole, s, opts.first + i);
        cli_put(w, &out);
        cli_progress(&progress, "patches", i + 1, count, NULL);
    }
    cli_progress_end(&progress);
    seg_record_free(&out);
    seg_arena_free(&whole.arena);
    seg_arena_free(&arena);
}

static void
check_options(void)
{
    if (opts.grid && (opts.count != UINT64_MAX || opts.flip || opts.rotate ||
                         opts.angle || opts.elastic || opts.balance ||
                         opts.foreground > 0 || opts.max_share < 1))
        cli_usage("--regular excludes options that draw at random");
    if (!opts.grid && opts.stride[0])
        cli_usage("--stride requires --regular");
    if (opts.balance && opts.foreground > 0)
        cli_usage("--balance and --foreground exclude each other");
    if (opts.class && !opts.balance && opts.foreground == 0)
        cli_usage("--class requires --foreground or --balance");
}

int
main(int argc, char **argv)
{
    int first = cli_parse(&program, argc, argv);

    check_options();
    if (!opts.stride[0]) {
        opts.stride[0] = opts.crop[0];
        opts.stride[1] = opts.crop[1];
    }
    struct seg_sample s = settings();
    struct seg_reader *in = cli_reader(argv[first]);
    struct seg_writer *out = cli_writer();
    if (opts.grid)
        cut_regular(in, out, &s);
    else
        sample(in, out, &s);
    cli_close_reader(in);
    cli_close_writer(out);
    return 0;
}
