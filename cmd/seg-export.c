/*
 * seg-export: records -> pictures, one file a record, named by its key.
 *
 * Class ids get the colours that travel with them; with the label map of the
 * import they become the values they once were, so that a label picture goes
 * in and out unchanged.
 */
#include <string.h>

#include "cmd/cli.h"
#include "cmd/item.h"
#include "cmd/slurp.h"
#include "formats/geo.h"
#include "formats/image.h"
#include "formats/tiff.h"
#include "lib/data/labelmap.h"

enum format { AUTO, PNG, TIFF };
static const char *const formats[] = {"auto", "png", "tiff", NULL};
static const char *const suffixes[] = {[PNG] = ".png", [TIFF] = ".tif"};

static struct opts {
    const char *dir, *tensor, *map;
    int format, tile;
} opts = {.dir = "."};

static struct cli_option options[] = {
    {'d', "dir", CLI_TEXT, &opts.dir, 0, 0, NULL, CLI_SILENT, "DIR",
        "write DIR/KEY.png and so on (the working directory)"},
    {'t', "tensor", CLI_TEXT, &opts.tensor, 0, 0, NULL, 0, "NAME",
        "tensor to write (pred where there is one, else label)"},
    {'m', "map", CLI_TEXT, &opts.map, 0, 0, NULL, 0, "FILE",
        "write class ids as the values this label map took them from"},
    {'f', "format", CLI_CHOICE, &opts.format, 0, 0, formats, 0, "NAME",
        "auto, png or tiff (auto: PNG where it fits and nothing is lost)"},
    {0, "tile", CLI_INT, &opts.tile, 16, 65520, NULL, 0, "N",
        "TIFF in tiles of N x N pixels, a multiple of 16 (strips)"},
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    "seg-export",
    "records to pictures, one file a record",
    "[FILE ...]",
    0,
    -1,
    options,
};

static const struct seg_tensor *
choose(const struct seg_record *rec)
{
    struct seg_err e;
    const struct seg_tensor *t =
        seg_record_find(rec, opts.tensor ? opts.tensor : "pred");

    if (!t && !opts.tensor)
        t = seg_record_find(rec, "label");
    if (!t)
        cli_check(
            seg_fail(&e, SEG_EDATA, "%s: no tensor %s", seg_record_key(rec),
                opts.tensor ? opts.tensor : "pred or label"),
            &e);
    return t;
}

/* Colours by id; 0 if the record does not say that these are classes. */
static int
colours(
    struct seg_palette *p, struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_classes c;

    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!c.n || t->rank != 2 || t->type != SEG_U8)
        return 0;
    cli_check(seg_classes_check(&c, t, seg_record_key(rec), &e), &e);
    memset(p, 0, sizeof *p);
    p->n = 256;
    memcpy(p->rgb, c.rgb, (size_t)c.n * 3);
    return 1;
}

/* PNG is for bytes and places of no account. */
static enum format
format_of(const struct seg_record *rec, const struct seg_tensor *t)
{
    if (opts.format != AUTO)
        return opts.format;
    if ((t->type != SEG_U8 && t->type != SEG_U16) ||
        (t->rank == 3 && t->shape[2] > 4) || seg_record_meta(rec, "seg.geo"))
        return TIFF;
    return PNG;
}

/* What a value means is known of the picture alone, its place of all tensors. */
static const char *
geo_of(struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_err e;
    const char *text = seg_record_meta(rec, "seg.geo");

    if (text && strcmp(t->name, "image")) {
        text = seg_geo_grid(&rec->arena, text, &e);
        if (!text)
            cli_die(&e);
    }
    return text;
}

static void
write_file(struct cli_items *items, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette)
{
    struct seg_err e;
    enum format format = format_of(rec, t);
    const char *key = seg_record_key(rec);
    struct cli_out *out =
        cli_create(cli_item_path(items, rec, suffixes[format]));
    int fd = cli_out_fd(out);

    if (format == PNG)
        cli_check(seg_png_write(fd, key, t, palette, &e), &e);
    else
        cli_check(seg_tiff_write(fd, key, t,
                      (struct seg_tiff_form){.tile = (size_t)opts.tile,
                          .palette = palette,
                          .geo = geo_of(rec, t)},
                      &e),
            &e);
    cli_commit(out);
}

static void export(struct cli_items *items, struct seg_record *rec,
    const struct seg_labelmap *map)
{
    struct seg_err e;
    struct seg_palette palette;
    struct seg_tensor t = *choose(rec);
    int coloured = colours(&palette, rec, &t);

    if (map) {
        cli_check(
            seg_labelmap_restore(map, &t, &rec->arena, seg_record_key(rec), &e),
            &e);
        coloured = t.type == SEG_U8;
        seg_labelmap_colours(map, palette.rgb);
        palette.n = 256;
    }
    write_file(items, rec, &t, coloured ? &palette : NULL);
}

int
main(int argc, char **argv)
{
    struct seg_arena arena = {0};
    struct seg_record rec = {0};
    struct seg_labelmap map;
    struct cli_inputs in;
    struct seg_err e;
    int first = cli_parse(&program, argc, argv);
    struct cli_items items = {.dir = opts.dir};

    if (opts.tile % 16)
        cli_usage("--tile %d is not a multiple of 16", opts.tile);
    if (opts.map) {
        cli_check(seg_labelmap_parse(
                      &map, &arena, cli_slurp(&arena, opts.map), opts.map, &e),
            &e);
        int id = seg_labelmap_ambiguous(&map);
        if (id >= 0)
            cli_note("%s: several values stand for %s: the lowest is written",
                opts.map, map.name[id]);
    }
    cli_inputs(&in, argc, argv, first);
    while (cli_next(&in, &rec))
        export(&items, &rec, opts.map ? &map : NULL);
    seg_record_free(&rec);
    cli_items_free(&items);
    seg_arena_free(&arena);
    return 0;
}
