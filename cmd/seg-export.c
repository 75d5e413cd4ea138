/*
 * seg-export: writes records as image files or polygons, named by their keys,
 * or a model as an ONNX file.
 *
 * Class ids get the colors stored in the record.  With the label map of the
 * import they become the original values, so that a label image is the same
 * after import and export.
 */
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/label_map.h"
#include "cmd/export/image_files.h"
#include "cmd/export/model_file.h"
#include "cmd/export/polygon_files.h"
#include "lib/label/same_classes.h"

static struct opts {
    const char *tensor, *map, *onnx;
    int rgb, softmax;
} opts;

static struct cli_image_files images = {.items.dir = "."};
static struct cli_polygon_files polygons = {.items = &images.items};

static struct cli_option options[] = {
    {'d', "dir", CLI_TEXT, &images.items.dir, 0, 0, NULL, CLI_SILENT, "DIR",
        "write DIR/KEY.png and so on (the working directory)"},
    {'t', "tensor", CLI_TEXT, &opts.tensor, 0, 0, NULL, 0, "NAME",
        "tensor to write (pred if present, else label)"},
    {'M', "map", CLI_TEXT, &opts.map, 0, 0, NULL, 0, "MAP",
        "write class ids as the values that this label map gives them"},
    {0, "rgb", CLI_FLAG, &opts.rgb, 0, 0, NULL, 0, NULL,
        "write class ids as RGB, in their colors"},
    {'f', "format", CLI_CHOICE, &images.format, 0, 0, cli_formats, 0, "FORMAT",
        cli_format_help},
    {0, "tile", CLI_INT, &images.tile, 16, 65520, NULL, 0, "N",
        "TIFF in tiles of N x N pixels, a multiple of 16 (strips)"},
    {0, "onnx", CLI_TEXT, &opts.onnx, 0, 0, NULL, CLI_ASIDE, "FILE",
        "write the model in the input as an ONNX graph, and no images"},
    {0, "softmax", CLI_FLAG, &opts.softmax, 0, 0, NULL, 0, NULL,
        "with --onnx: probabilities instead of logits"},
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-export",
    .summary = "convert records to images or polygons, or a model to ONNX",
    .operands = "[FILE ...]",
    .max_operands = -1,
    .options = options,
    .example = "seg-export -t pred -f tiff -d maps pred.st",
    .see_also = "seg-import(1), seg-view(1), seg-predict(1)",
};

static const struct seg_tensor *
choose(const struct seg_record *rec)
{
    const struct seg_tensor *t =
        seg_record_find(rec, opts.tensor ? opts.tensor : "pred");

    if (!t && !opts.tensor)
        t = seg_record_find(rec, "label");
    if (!t)
        cli_fail(SEG_EDATA, "%s: no tensor %s", seg_record_name(rec),
            opts.tensor ? opts.tensor : "pred or label");
    return t;
}

/* The colors of the classes; 0 if the tensor holds no class ids. */
static int
read_colors(
    struct seg_palette *p, struct seg_record *rec, const struct seg_tensor *t)
{
    struct seg_err e;
    struct seg_classes c;

    cli_check(seg_classes_read(&c, &rec->arena, rec, &e), &e);
    if (!c.n || t->rank != 2 || t->type != SEG_U8)
        return 0;
    cli_check(seg_classes_check(&c, t, seg_record_name(rec), &e), &e);
    memset(p, 0, sizeof *p);
    p->n = 256;
    memcpy(p->rgb, c.rgb, (size_t)c.n * 3);
    p->ids = 1;
    return 1;
}

/* Replaces [H,W] u8 by [H,W,3], the colors of its values. */
static void
color(struct seg_tensor *t, struct seg_record *rec,
    const struct seg_palette *palette)
{
    struct seg_err e;
    uint8_t *rgb = cli_need(seg_take_dirty(&rec->arena, t->bytes, 3, &e), &e);

    for (size_t i = 0; i < t->bytes; i++)
        memcpy(rgb + 3 * i, palette->rgb[((uint8_t *)t->data)[i]], 3);
    t->data = rgb;
    t->rank = 3;
    t->shape[2] = 3;
    t->bytes *= 3;
}

/* Fails if the map has other classes than the record. */
static void
compare_classes(const struct seg_record *rec, const struct seg_labelmap *map)
{
    static const char *list;
    static struct seg_arena arena;
    char in[80];
    struct seg_err e;

    if (!list)
        list =
            cli_need(seg_classes_list(&arena, map->name, map->classes, &e), &e);
    snprintf(in, sizeof in, "in %.70s", opts.map);
    cli_check(seg_classes_compare(seg_record_meta(rec, "seg.classes"), list,
                  seg_record_name(rec), in, &e),
        &e);
}

static void export(struct seg_record *rec, const struct seg_labelmap *map)
{
    struct seg_err e;
    struct seg_palette palette;
    struct seg_tensor t = *choose(rec);

    if (polygons.format) {
        cli_put_polygons(&polygons, rec, &t);
        return;
    }
    int colored = read_colors(&palette, rec, &t);
    if (map && opts.rgb) {
        compare_classes(rec, map);
        memcpy(palette.rgb, map->rgb, sizeof palette.rgb);
    } else if (map) {
        cli_check(seg_labelmap_restore(
                      map, &t, &rec->arena, seg_record_name(rec), &e),
            &e);
        compare_classes(rec, map);
        colored = t.type == SEG_U8;
        seg_labelmap_colors(map, palette.rgb);
        palette.n = 256;
        palette.ids = 0;
    }
    if (opts.rgb && !colored)
        cli_fail(SEG_EDATA, "%s: tensor %s has no classes with colors",
            seg_record_name(rec), t.name);
    if (opts.rgb) {
        color(&t, rec, &palette);
        colored = 0;
    }
    cli_put_image(&images, rec, &t, colored ? &palette : NULL);
}

/* 0 if the map has only colors, with "-" instead of values. */
static int
has_values(const struct seg_labelmap *map)
{
    for (int id = 0; id < map->classes; id++)
        if (map->values[id])
            return 1;
    return 0;
}

int
main(int argc, char **argv)
{
    struct seg_arena arena = {0};
    struct seg_record rec = {0};
    struct seg_labelmap map;
    struct cli_inputs in;
    uint64_t records = 0;

    cli_format_options();
    int first = cli_parse(&program, argc, argv);

    if (opts.softmax && !opts.onnx)
        cli_usage("--softmax requires --onnx");
    if (opts.onnx) {
        if (argc - first > 1)
            cli_usage("--onnx takes one model, not %d files", argc - first);
        if (opts.tensor || opts.map || opts.rgb || images.format || images.tile)
            cli_usage("--onnx excludes options for images: --tensor, --map, "
                      "--rgb, --format and --tile");
        cli_export_onnx(opts.onnx, argv[first], opts.softmax);
        return 0;
    }
    polygons.format = cli_polygon_format(cli_formats[images.format]);
    if (polygons.format && (opts.map || opts.rgb || images.tile))
        cli_usage("--map, --rgb and --tile are for images");
    if (images.tile % 16)
        cli_usage("--tile %d is not a multiple of 16", images.tile);
    if (opts.map) {
        cli_map_read(&map, &arena, opts.map);
        cli_map_note(&map, opts.map);
        if (!opts.rgb && !has_values(&map))
            cli_fail(SEG_EDATA,
                "%s: a map of colors without values: --rgb writes classes in "
                "their colors",
                opts.map);
    }
    cli_inputs(&in, argc, argv, first);
    for (; cli_next(&in, &rec); records++)
        export(&rec, opts.map ? &map : NULL);
    if (!records)
        cli_fail(SEG_EDATA, "no records: there is nothing to export");
    cli_end_polygons(&polygons);
    cli_end_images(&images);
    seg_record_free(&rec);
    seg_arena_free(&arena);
    return 0;
}
