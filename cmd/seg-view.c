/*
 * seg-view: records as PNG pictures to look at.
 *
 * A record becomes a strip of cells of one size: its image, its label and its
 * prediction, as far as it has them; a sheet is many strips.  Everything is
 * read to its end, so that a picture is never made from half a stream.
 */
#include <string.h>

#include "cmd/cli.h"
#include "cmd/item.h"
#include "formats/image.h"
#include "lib/data/sheet.h"

enum { OVERLAY, COLOR, SIDE, SHEET };
static const char *const modes[] = {"overlay", "color", "side", "sheet", NULL};

static struct opts {
    int mode, contours, columns, count;
    double alpha;
    const char *tensor, *dir;
} opts = {.columns = 1, .count = 12, .alpha = 0.5};

static struct cli_option options[] = {
    {0, "mode", CLI_CHOICE, &opts.mode, 0, 0, modes, 0, "MODE",
        "overlay: classes over the image; color: classes; side; sheet "
        "(overlay)"},
    {'t', "tensor", CLI_TEXT, &opts.tensor, 0, 0, NULL, 0, "NAME",
        "classes of overlay and color (pred where there is one, else label)"},
    {0, "alpha", CLI_FLOAT, &opts.alpha, 0, 1, NULL, 0, "A",
        "weight of the colours over the image, 0 to 1 (0.5)"},
    {0, "contours", CLI_FLAG, &opts.contours, 0, 0, NULL, 0, NULL,
        "colour only pixels beside another class"},
    {0, "columns", CLI_INT, &opts.columns, 1, 1000, NULL, 0, "N",
        "sheet: records side by side (1)"},
    {'n', "count", CLI_INT, &opts.count, 1, 10000, NULL, 0, "N",
        "sheet: at most the first N records (12)"},
    {'d', "dir", CLI_TEXT, &opts.dir, 0, 0, NULL, CLI_SILENT, "DIR",
        "one file a record, DIR/KEY.png"},
    CLI_OUTPUT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    "seg-view",
    "records as pictures: overlays, colour maps, contact sheets",
    "[FILE ...]",
    0,
    -1,
    options,
};

static void __attribute__((noreturn))
refuse(const char *key, const char *problem, const char *what)
{
    struct seg_err e;

    seg_fail(&e, SEG_EDATA, "%s%s%s%s%s", key, *key ? ": " : "", problem,
        *what ? " " : "", what);
    cli_die(&e);
}

static const struct seg_tensor *
chosen_classes(const struct seg_record *rec)
{
    const struct seg_tensor *t =
        seg_record_find(rec, opts.tensor ? opts.tensor : "pred");

    if (!t && !opts.tensor)
        t = seg_record_find(rec, "label");
    if (!t)
        refuse(seg_record_key(rec), "no tensor",
            opts.tensor ? opts.tensor : "pred or label");
    return t;
}

static int
choose_cells(struct seg_cell cell[3], const struct seg_record *rec)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(rec, "label");
    const struct seg_tensor *pred = seg_record_find(rec, "pred");
    int n = 0;

    if (opts.mode == OVERLAY && !image)
        refuse(seg_record_key(rec), "no tensor", "image");
    if (opts.mode == OVERLAY || opts.mode == COLOR) {
        cell[n++] = (struct seg_cell){
            opts.mode == OVERLAY ? image : NULL, chosen_classes(rec)};
        return n;
    }
    if (image)
        cell[n++] = (struct seg_cell){image, NULL};
    if (label)
        cell[n++] = (struct seg_cell){image, label};
    if (pred)
        cell[n++] = (struct seg_cell){image, pred};
    if (!n)
        refuse(seg_record_key(rec), "no tensor", "image, label or pred");
    return n;
}

static struct seg_tensor
strip(struct seg_record *rec, struct seg_arena *a)
{
    struct seg_err e;
    struct seg_tensor t;
    struct seg_classes classes;
    struct seg_cell cell[3];
    struct seg_paint how = {opts.alpha, opts.contours};
    int n = choose_cells(cell, rec);

    cli_check(seg_classes_read(&classes, &rec->arena, rec, &e), &e);
    cli_check(seg_paint_strip(
                  &t, a, cell, n, &classes, &how, seg_record_key(rec), &e),
        &e);
    return t;
}

static void
write_png(const char *path, const struct seg_tensor *t)
{
    struct seg_err e;
    struct cli_out *out = cli_create(path);

    cli_check(
        seg_png_write(cli_out_fd(out), path ? path : "stdout", t, NULL, &e),
        &e);
    cli_commit(out);
}

static void
view_sheet(struct cli_inputs *in, struct seg_record *rec)
{
    struct seg_arena arena = {0};
    struct seg_err e;
    size_t n = 0, count = (size_t)opts.count;
    struct seg_tensor *strips = seg_take(&arena, count, sizeof *strips, &e);

    if (!strips)
        cli_die(&e);
    while (cli_next(in, rec))
        if (n < count)
            strips[n++] = strip(rec, &arena);
    if (!n)
        refuse("", "no records", "");
    struct seg_tensor sheet;
    cli_check(
        seg_paint_sheet(&sheet, &arena, strips, n, (size_t)opts.columns, &e),
        &e);
    write_png(cli.output, &sheet);
    seg_arena_free(&arena);
}

static void
view_one(struct cli_inputs *in, struct seg_record *rec)
{
    struct seg_arena arena = {0};
    struct seg_tensor picture;
    int n = 0;

    for (; cli_next(in, rec); n++) {
        if (n)
            refuse(seg_record_key(rec), "a second record, and one picture:",
                "see --dir and --mode sheet");
        picture = strip(rec, &arena);
    }
    if (!n)
        refuse("", "no records", "");
    write_png(cli.output, &picture);
    seg_arena_free(&arena);
}

static void
view_each(struct cli_inputs *in, struct seg_record *rec)
{
    struct cli_items items = {.dir = opts.dir};

    while (cli_next(in, rec)) {
        struct seg_tensor picture = strip(rec, &rec->arena);
        write_png(cli_item_path(&items, rec, ".png"), &picture);
    }
    cli_items_free(&items);
}

int
main(int argc, char **argv)
{
    struct seg_record rec = {0};
    struct cli_inputs in;
    int first = cli_parse(&program, argc, argv);

    if (opts.dir && (cli.output || opts.mode == SHEET))
        cli_usage("--dir goes neither with --output nor with --mode sheet");
    cli_inputs(&in, argc, argv, first);
    if (opts.dir)
        view_each(&in, &rec);
    else if (opts.mode == SHEET)
        view_sheet(&in, &rec);
    else
        view_one(&in, &rec);
    seg_record_free(&rec);
    return 0;
}
