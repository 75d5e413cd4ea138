/*
 * seg-import: converts images and label images to records.
 *
 * Label values go through the label map here, at full size, and are checked:
 * every label of an output record is a class id or 255.  Several threads open
 * files and decode pages, a batch at a time; the order is that of the manifest.
 */
#include <math.h>
#include <stdlib.h>

#include "cmd/cli/cli.h"
#include "cmd/cli/label_map.h"
#include "cmd/import/items.h"
#include "cmd/import/nodata.h"
#include "cmd/import/page.h"
#include "cmd/import/propose.h"
#include "cmd/import/sources.h"
#include "cmd/import/strips.h"
#include "cmd/import/warnings.h"
#include "formats/geometry/pixel_grid.h"
#include "formats/image/image.h"

static const char *const channels_choices[] = {"stored", "1", "3", NULL};

static struct opts {
    const char *map, *window, *nodata;
    struct cli_item_opts items;
    struct cli_source_opts source;
    struct cli_page_opts page;
    int strip; /* rows; 0: whole images */
} opts = {.source.axis = 2};

static const char *const axes[] = {"x", "y", "z", NULL};

static struct cli_option options[] = {
    {'M', "map", CLI_TEXT, &opts.map, 0, 0, NULL, 0, "MAP",
        "label map, a file or a name: ade20k, camvid, cityscapes, "
        "cityscapes-train, gta5, voc (none: keep values)"},
    {0, "propose-map", CLI_FLAG, &opts.items.labels_alone, 0, 0, NULL, 0, NULL,
        "print a label map of all values or colors in the labels, to edit"},
    {0, "label-colors", CLI_FLAG, &opts.source.colors, 0, 0, NULL, 0, NULL,
        "map labels by color, also in images with a palette"},
    {0, "near", CLI_FLOAT, &opts.page.near, 0, 442, NULL, 0, "D",
        "accept label colors up to distance D from a color of the map (0)"},
    {0, "keep-going", CLI_FLAG, &opts.source.go_on, 0, 0, NULL, 0, NULL,
        "report all bad images, not only the first"},
    {0, "images", CLI_TEXT, &opts.items.images, 0, 0, NULL, 0, "FILES",
        "instead of a manifest: a directory, or a pattern 'img/*_rgb.png'"},
    {0, "labels", CLI_TEXT, &opts.items.labels, 0, 0, NULL, 0, "FILES",
        "with --images: label images of the same keys, 'lab/*_ids.png'"},
    {0, "only-labeled", CLI_FLAG, &opts.items.labeled, 0, 0, NULL, 0, NULL,
        "with --labels: leave out images without label"},
    {0, "keys", CLI_TEXT, &opts.items.keys, 0, 0, NULL, 0, "FILE",
        "with --images: only the keys in FILE, in its order"},
    {0, "resample", CLI_FLAG, &opts.source.resample, 0, 0, NULL, 0, NULL,
        "bands in files of other sizes: resize them to the first"},
    {0, "size", CLI_WXH, opts.page.size, 1, 65535, NULL, 0, "WxH",
        "resize: images smoothly, labels to the nearest (as stored)"},
    {0, "longest", CLI_INT, &opts.page.longest, 1, 65535, NULL, 0, "N",
        "resize: the longer side to N pixels, the other in proportion"},
    {0, "factor", CLI_FLOAT, &opts.page.factor, 1e-3, 16, NULL, 0, "F",
        "resize: both sides to F times as many pixels, for example 0.5"},
    {0, "channels", CLI_CHOICE, &opts.page.channels, 0, 0, channels_choices, 0,
        "N", "stored, 1 or 3: repeat gray, drop alpha (stored)"},
    {0, "axis", CLI_CHOICE, &opts.source.axis, 0, 0, axes, 0, "AXIS",
        "slice volumes along x, y or z, the slowest in the file (z)"},
    {0, "ct-window", CLI_TEXT, &opts.window, 0, 0, NULL, 0, "LEVEL,WIDTH",
        "convert images to u8: 0 to 255 is WIDTH around LEVEL (as stored)"},
    {0, "nodata", CLI_TEXT, &opts.nodata, 0, 0, NULL, 0, "VALUE",
        "value of pixels without data: a number, nan, none (as declared)"},
    {0, "intensity", CLI_FLAG, &opts.page.intensity, 0, 0, NULL, 0, NULL,
        "store intensity statistics of each whole image or volume"},
    {0, "exif", CLI_FLAG, &opts.source.exif, 0, 0, NULL, 0, NULL,
        "rotate photographs as their EXIF data say (as stored, with a "
        "warning)"},
    {0, "strip", CLI_INT, &opts.strip, 1, 1 << 20, NULL, 0, "N",
        "read TIFF files larger than memory in strips of N rows"},
    CLI_OUTPUT_FRESH,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    .name = "seg-import",
    .summary = "convert images and label images to a stream of records",
    .operands = "[MANIFEST]",
    .max_operands = 1,
    .options = options,
    .example = "seg-import -M classes.tsv train.tsv -o train.st",
    .see_also = "seg-export(1), seg-check(1), seg-stat(1)",
};

/* Histogram of label values, if there is no label map. */
static uint64_t values[256];

static void
count_values(const struct seg_record *rec)
{
    const struct seg_tensor *t = seg_record_find(rec, "label");

    if (opts.map || !t || t->type != SEG_U8)
        return;
    for (size_t i = 0; i < t->bytes; i++)
        values[((const uint8_t *)t->data)[i]]++;
}

/* Warns of masks of 0 and 255: without a map 255 is the ignore value. */
static void
warn_binary(void)
{
    if (seg_labels_binary(values))
        cli_warn("labels hold only 0 and 255, and there is no label map: 255 "
                 "counts as ignored (%.1f %% of all pixels); -M FILE makes it "
                 "a class, with the lines \"0 0 background\" and \"255 1 "
                 "object\", tabs between the fields",
            100 * (double)values[255] / (double)(values[0] + values[255]));
}

static struct seg_nodata_count nodata; /* of all images */
static struct cli_warnings warnings;

static void
put(const struct seg_record *rec, const struct seg_item *item, void *writer)
{
    const char *exif = seg_record_meta(rec, "seg.exif");
    struct seg_apart apart;
    struct seg_err e;
    int differs = cli_check(seg_apart_get(&apart, rec, &e), &e);

    cli_warnings_add(&warnings, rec, item);
    if (exif)
        cli_warn("%s: the image is rotated by EXIF (%s): read as stored",
            item->image, exif);
    if (differs && apart.epsg[0])
        cli_warn("%s: in the coordinate system EPSG %d, its label %s in EPSG "
                 "%d: they lie apart",
            item->image, apart.epsg[0], item->label, apart.epsg[1]);
    else if (differs)
        cli_warn("%s: its label %s is %.3g pixels away at (x %zu, y %zu)",
            item->image, item->label, apart.distance, apart.x, apart.y);
    count_values(rec);
    cli_nodata_add(&nodata, rec, item->image);
    cli_put(writer, rec);
}

static void
read_window(void)
{
    char rest;

    if (opts.window && (sscanf(opts.window, "%lf,%lf%c", &opts.page.level,
                            &opts.page.width, &rest) != 2 ||
                           !isfinite(opts.page.level) ||
                           !isfinite(opts.page.width) || opts.page.width <= 0))
        cli_usage("--ct-window %s is not LEVEL,WIDTH with a width above 0",
            opts.window);
}

int
main(int argc, char **argv)
{
    struct seg_arena arena = {0};
    struct seg_manifest manifest;
    struct seg_labelmap map;
    int first = cli_parse(&program, argc, argv);
    const char *path = argv[first]; /* NULL: stdin */

    if (opts.map) {
        cli_map_read(&map, &arena, opts.map);
        opts.page.map = &map;
        opts.source.nan_is_nodata = map.nodata != SEG_UNMAPPED;
    }
    read_window();
    cli_nodata_option(&opts.page, opts.nodata);
    if (cli_page_resizes(&opts.page) + opts.source.exif && opts.strip)
        cli_usage("--strip excludes --size, --longest, --factor and --exif");
    cli_read_items(&manifest, &arena, &opts.items, &opts.source, path);
    if (opts.items.labels_alone) {
        cli_propose_map(&manifest, &opts.source);
        return 0;
    }
    struct seg_writer *w = cli_writer();
    if (opts.strip)
        cli_read_strips(
            &manifest, &opts.source, opts.strip, &opts.page, put, w);
    else
        cli_read_sources(&manifest, &opts.source,
            opts.page.intensity ? cli_pages_measure : NULL, cli_page_read,
            &opts.page, put, w);
    cli_warnings_end(&warnings);
    cli_close_writer(w);
    warn_binary();
    cli_warn_nodata(&nodata, "their label is ignored");
    seg_arena_free(&arena);
    return 0;
}
