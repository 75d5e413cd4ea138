/*
 * seg-export: records -> PNG, one file a record, named by its key.
 *
 * Class ids get the colours that travel with them; with the label map of the
 * import they become the values they once were, so that a label picture goes
 * in and out unchanged.
 */
#include <string.h>

#include "cmd/cli.h"
#include "cmd/item.h"
#include "cmd/slurp.h"
#include "formats/image.h"
#include "lib/data/labelmap.h"

static struct opts {
    const char *dir, *tensor, *map;
} opts = {.dir = "."};

static struct cli_option options[] = {
    {'d', "dir", CLI_TEXT, &opts.dir, 0, 0, NULL, CLI_SILENT, "DIR",
        "write DIR/KEY.png (the working directory)"},
    {'t', "tensor", CLI_TEXT, &opts.tensor, 0, 0, NULL, 0, "NAME",
        "tensor to write (pred where there is one, else label)"},
    {'m', "map", CLI_TEXT, &opts.map, 0, 0, NULL, 0, "FILE",
        "write class ids as the values this label map took them from"},
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    "seg-export",
    "records to PNG files, one a record",
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

static void
write_png(struct cli_items *items, struct seg_record *rec,
    const struct seg_labelmap *map)
{
    struct seg_err e;
    struct seg_palette palette;
    struct seg_tensor t = *choose(rec);
    const char *key = seg_record_key(rec);
    int coloured = colours(&palette, rec, &t);

    if (map) {
        cli_check(seg_labelmap_restore(map, &t, &rec->arena, key, &e), &e);
        coloured = t.type == SEG_U8;
        seg_labelmap_colours(map, palette.rgb);
        palette.n = 256;
    }
    struct cli_out *out = cli_create(cli_item_path(items, rec, ".png"));
    cli_check(
        seg_png_write(cli_out_fd(out), key, &t, coloured ? &palette : NULL, &e),
        &e);
    cli_commit(out);
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
        write_png(&items, &rec, opts.map ? &map : NULL);
    seg_record_free(&rec);
    cli_items_free(&items);
    seg_arena_free(&arena);
    return 0;
}
