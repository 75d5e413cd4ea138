/*
 * seg-view: shows records as PNG images.
 *
 * A record becomes a row of panels of one size: its image, label and
 * prediction. A contact sheet has many rows.  The whole input is read before an
 * image is written, so that an image never shows half a stream.
 */
#include <stdio.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/numbers.h"
#include "cmd/export/key_path.h"
#include "cmd/view/panels.h"
#include "formats/image/png.h"

enum { SHEET = CLI_SIDE + 1, SHEET_CELL = 512 };
static const char *const modes[] = {"overlay", "color", "side", "sheet", NULL};

static struct opts {
    int mode, columns, zoom, cell, legend;
    uint64_t count;
    const char *bands, *stretch, *dir;
} opts = {.columns = 1, .count = 12, .zoom = 1, .cell = -1};

static struct seg_legend legend;
static struct cli_panels panels = {.how = {.alpha = 0.5, .low = 2, .high = 98}};

static struct cli_option options[] = {
    {0, "mode", CLI_CHOICE, &opts.mode, 0, 0, modes, 0, "MODE",
        "overlay of classes on the image, color (classes alone), side, sheet "
        "(overlay)"},
    {'t', "tensor", CLI_TEXT, &panels.tensor, 0, 0, NULL, 0, "NAME",
        "classes of overlay and color (pred if present, else label)"},
    {0, "errors", CLI_FLAG, &panels.errors, 0, 0, NULL, 0, NULL,
        "mark pixels with pred unlike label; a panel of side and sheet"},
    {0, "class", CLI_TEXT, &panels.class, 0, 0, NULL, 0, "NAME",
        "--errors of this class: false negatives and false positives"},
    {0, "show-bands", CLI_TEXT, &opts.bands, 0, 0, NULL, 0, "LIST",
        "bands shown as red, green, blue, or one as gray: 4,3,2 (the first)"},
    {0, "stretch", CLI_TEXT, &opts.stretch, 0, 0, NULL, 0, "LO,HI",
        "percentiles shown as black and white (2,98; u8: unchanged)"},
    {0, "alpha", CLI_FLOAT, &panels.how.alpha, 0, 1, NULL, 0, "A",
        "opacity of the colors over the image, 0 to 1 (0.5)"},
    {0, "contours", CLI_FLAG, &panels.how.contours, 0, 0, NULL, 0, NULL,
        "color only pixels next to another class"},
    {0, "zoom", CLI_INT, &opts.zoom, 1, 64, NULL, 0, "N",
        "enlarge N times (1)"},
    {0, "cell", CLI_INT, &opts.cell, 0, 65536, NULL, 0, "N",
        "shrink panels longer than N pixels; 0: never (sheet: 512)"},
    {0, "names", CLI_FLAG, &panels.names, 0, 0, NULL, 0, NULL,
        "print the key below each record"},
    {0, "legend", CLI_FLAG, &opts.legend, 0, 0, NULL, 0, NULL,
        "print colors and names of the classes below the image"},
    {0, "columns", CLI_INT, &opts.columns, 1, 1000, NULL, 0, "N",
        "sheet: records side by side (1)"},
    {'n', "count", CLI_U64, &opts.count, 1, 10000, NULL, 0, "N",
        "sheet: at most the first N records (12)"},
    {'d', "dir", CLI_TEXT, &opts.dir, 0, 0, NULL, CLI_SILENT, "DIR",
        "write one file for each record, DIR/KEY.png"},
    CLI_OUTPUT_FRESH,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-view",
    .summary =
        "view records as images: overlays, color maps, errors, contact sheets",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-view --mode sheet --errors -n 8 pred.st -o sheet.png",
    .see_also = "seg-export(1), seg-predict(1), seg-info(1)",
};

/* The image, with the legend below it if there is one. */
static void
write_png(const char *path, struct seg_tensor image, struct seg_arena *a)
{
    struct seg_tensor part[2] = {image};
    struct seg_err e;

    cli_check(seg_legend_paint(part + 1, a, &legend, image.shape[1], &e), &e);
    if (opts.legend && part[1].shape[0])
        cli_check(seg_paint_sheet(&image, a, part, 2, 1, &e), &e);
    struct cli_out *out = cli_create(path);
    cli_check(seg_png_write(
                  cli_out_fd(out), path ? path : "stdout", &image, NULL, &e),
        &e);
    cli_commit(out);
}

static void
view_sheet(struct cli_inputs *in, struct seg_record *rec)
{
    struct seg_arena arena = {0};
    struct seg_known_classes known = {.arena = &arena};
    struct seg_err e;
    size_t n = 0, count = (size_t)opts.count;
    struct seg_tensor *strips =
        cli_need(seg_take(&arena, count, sizeof *strips, &e), &e);

    panels.known = &known;
    while (cli_next(in, rec))
        if (n < count)
            strips[n++] = cli_panels_paint(&panels, rec, &arena);
    if (!n)
        cli_fail(SEG_EDATA, "no records");
    struct seg_tensor sheet;
    cli_check(
        seg_paint_sheet(&sheet, &arena, strips, n, (size_t)opts.columns, &e),
        &e);
    write_png(cli.output, sheet, &arena);
    seg_arena_free(&arena);
}

static void
view_one(struct cli_inputs *in, struct seg_record *rec)
{
    struct seg_arena arena = {0};
    struct seg_tensor image;
    int n = 0;

    for (; cli_next(in, rec); n++) {
        if (n)
            cli_fail(SEG_EDATA,
                "%s: a second record: use --dir or --mode sheet",
                seg_record_name(rec));
        image = cli_panels_paint(&panels, rec, &arena);
    }
    if (!n)
        cli_fail(SEG_EDATA, "no records");
    write_png(cli.output, image, &arena);
    seg_arena_free(&arena);
}

static void
view_each(struct cli_inputs *in, struct seg_record *rec)
{
    struct cli_key_files items = {.dir = opts.dir};

    while (cli_next(in, rec)) {
        struct seg_tensor image = cli_panels_paint(&panels, rec, &rec->arena);

        write_png(cli_key_path(&items, rec, ".png"), image, &rec->arena);
        seg_legend_clear(&legend);
    }
    cli_key_files_free(&items);
}

static void
read_bands(struct seg_paint *how)
{
    static const char list[] = ",0123456789", *const digits = list + 1;
    int b[3] = {0};
    char end;

    how->bands = sscanf(opts.bands, "%d,%d,%d%c", b, b + 1, b + 2, &end);
    for (int i = 0; i < 3; i++) {
        if (b[i] < (i < how->bands))
            how->bands = -1;
        how->band[i] = (size_t)b[i] - 1;
    }
    if ((how->bands != 1 && how->bands != 3) ||
        strspn(opts.bands, how->bands == 1 ? digits : list) !=
            strlen(opts.bands))
        cli_usage("--show-bands %s: one band or three, from 1", opts.bands);
}

static void
read_stretch(struct seg_paint *how)
{
    double v[2];

    how->bytes_too = 1;
    if (cli_numbers(v, 2, opts.stretch, "stretch", 0, 100) != 2 || v[0] >= v[1])
        cli_usage("--stretch %s: two percentiles, 0 to 100, the lower first",
            opts.stretch);
    how->low = v[0];
    how->high = v[1];
}

int
main(int argc, char **argv)
{
    struct seg_record rec = {0};
    struct cli_inputs in;
    int first = cli_parse(&program, argc, argv);

    if (opts.dir && (cli.output || opts.mode == SHEET))
        cli_usage("--dir excludes --output and --mode sheet");
    if (panels.class && !panels.errors)
        cli_usage("--class requires --errors");
    if (opts.cell > 0 && opts.zoom > 1)
        cli_usage("--cell and --zoom exclude each other");
    if (panels.errors && panels.tensor)
        cli_usage("--tensor and --errors exclude each other");
    panels.legend = opts.legend ? &legend : NULL;
    if (opts.bands)
        read_bands(&panels.how);
    if (opts.stretch)
        read_stretch(&panels.how);
    panels.view = opts.mode < SHEET ? opts.mode : CLI_SIDE;
    panels.how.scale = (size_t)opts.zoom;
    if (opts.cell < 0) /* enlarged images are not shrunk */
        opts.cell = opts.mode == SHEET && opts.zoom == 1 ? SHEET_CELL : 0;
    panels.how.limit = (size_t)opts.cell;
    cli_inputs(&in, argc, argv, first);
    if (opts.dir)
        view_each(&in, &rec);
    else if (opts.mode == SHEET)
        view_sheet(&in, &rec);
    else
        view_one(&in, &rec);
    seg_legend_clear(&legend);
    seg_record_free(&rec);
    return 0;
}
