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
#include "lib/data/paint.h"

enum { OVERLAY, COLOR, SIDE, SHEET };
enum { GAP_PX = 4, GROUND = 255 };
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

/* An empty picture in an arena. */
static struct seg_tensor
canvas(struct seg_arena *a, size_t h, size_t w, uint8_t grey)
{
    struct seg_err e;
    struct seg_tensor t = {"view", SEG_U8, 3, {h, w, 3}, 0, NULL};

    if (seg_tensor_size(&t.bytes, t.type, t.rank, t.shape))
        refuse("", "picture too large", "");
    t.data = seg_take_dirty(a, t.bytes, 1, &e);
    if (!t.data)
        cli_die(&e);
    seg_paint_ground(&t, grey);
    return t;
}

struct cell {
    const struct seg_tensor *image, *classes; /* either may be NULL */
};

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
choose_cells(struct cell cell[3], const struct seg_record *rec)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(rec, "label");
    const struct seg_tensor *pred = seg_record_find(rec, "pred");
    int n = 0;

    if (opts.mode == OVERLAY && !image)
        refuse(seg_record_key(rec), "no tensor", "image");
    if (opts.mode == OVERLAY || opts.mode == COLOR) {
        cell[n++] = (struct cell){
            opts.mode == OVERLAY ? image : NULL, chosen_classes(rec)};
        return n;
    }
    if (image)
        cell[n++] = (struct cell){image, NULL};
    if (label)
        cell[n++] = (struct cell){image, label};
    if (pred)
        cell[n++] = (struct cell){image, pred};
    if (!n)
        refuse(seg_record_key(rec), "no tensor", "image, label or pred");
    return n;
}

/* The cells of a record side by side, in arena a. */
static struct seg_tensor
strip(struct seg_record *rec, struct seg_arena *a)
{
    struct seg_err e;
    struct seg_classes classes;
    struct cell cell[3];
    const char *key = seg_record_key(rec);
    size_t n = (size_t)choose_cells(cell, rec);
    const struct seg_tensor *one =
        cell[0].image ? cell[0].image : cell[0].classes;
    size_t h = one->shape[0], w = one->shape[1];
    struct seg_tensor to =
        canvas(a, h, n * w + (n - 1) * GAP_PX, cell[0].image ? GROUND : 0);

    cli_check(seg_classes_read(&classes, &rec->arena, rec, &e), &e);
    for (size_t i = 0; i < n; i++) {
        size_t x = i * (w + GAP_PX);
        const struct seg_tensor *t = cell[i].classes;
        struct seg_paint how = {cell[i].image ? opts.alpha : 1, opts.contours};

        if (t && (t->rank != 2 || t->shape[0] != h || t->shape[1] != w))
            refuse(key, "image is not of the size of tensor", t->name);
        if (cell[i].image)
            cli_check(seg_paint_image(&to, 0, x, cell[i].image, &e), &e);
        if (t)
            cli_check(
                seg_paint_classes(&to, 0, x, t, &classes, &how, key, &e), &e);
    }
    return to;
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

static size_t
highest(const struct seg_tensor *strips, size_t n)
{
    size_t h = 0;

    for (size_t i = 0; i < n; i++)
        h = strips[i].shape[0] > h ? strips[i].shape[0] : h;
    return h;
}

/* Strips in rows of opts.columns; a row is as high as its highest strip. */
static struct seg_tensor
tile(const struct seg_tensor *strips, size_t n, struct seg_arena *a)
{
    size_t columns = (size_t)opts.columns, rows = (n + columns - 1) / columns;
    size_t width = 0, height = (rows - 1) * GAP_PX, y = 0;

    for (size_t i = 0; i < n; i++)
        width = strips[i].shape[1] > width ? strips[i].shape[1] : width;
    for (size_t i = 0; i < n; i += columns)
        height += highest(strips + i, n - i < columns ? n - i : columns);
    if (n < columns)
        columns = n;
    struct seg_tensor sheet =
        canvas(a, height, columns * width + (columns - 1) * GAP_PX, GROUND);
    for (size_t i = 0; i < n; i++) {
        size_t column = i % columns;

        seg_paint_canvas(&sheet, y, column * (width + GAP_PX), &strips[i]);
        if (column == columns - 1)
            y += highest(strips + i - column, columns) + GAP_PX;
    }
    return sheet;
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
    struct seg_tensor sheet = tile(strips, n, &arena);
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
    seg_arena_free(&items.arena);
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
