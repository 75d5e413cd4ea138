/*
 * seg-import: pictures and label pictures -> records.
 *
 * The values of label pictures are put through the label map here, once, at
 * full size, and checked: whatever comes out of this program is a class id or
 * 255.  Files are opened and their pages decoded by several threads, a batch at
 * a time, and leave in the order of the manifest.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/books.h"
#include "cmd/cli.h"
#include "cmd/slurp.h"
#include "formats/geo.h"
#include "lib/data/labelmap.h"
#include "lib/data/manifest.h"
#include "lib/data/picture.h"

enum { CHANNELS_STORED, CHANNELS_1, CHANNELS_3 };
static const char *const channels_choices[] = {"stored", "1", "3", NULL};

static struct opts {
    const char *map, *images, *labels, *list;
    int size[2]; /* width, height; 0: as they are */
    int channels;
    struct cli_book_how how;
    const char *window;
    double level, width; /* width 0: values stay */
} opts = {.how.axis = 2};

static const char *const axes[] = {"x", "y", "z", NULL};

static struct cli_option options[] = {
    {'m', "map", CLI_TEXT, &opts.map, 0, 0, NULL, 0, "FILE",
        "label map: value, id or ignore, name, colour (none: values stay)"},
    {0, "images", CLI_TEXT, &opts.images, 0, 0, NULL, 0, "DIR",
        "take the pictures of DIR instead of a manifest"},
    {0, "labels", CLI_TEXT, &opts.labels, 0, 0, NULL, 0, "DIR",
        "with --images: label pictures of the same names"},
    {0, "list", CLI_TEXT, &opts.list, 0, 0, NULL, 0, "FILE",
        "with --images: only the names in FILE, without suffix, in its order"},
    {0, "size", CLI_WXH, opts.size, 1, 65535, NULL, 0, "WxH",
        "resize, images smoothly and labels to the nearest (as they are)"},
    {0, "channels", CLI_CHOICE, &opts.channels, 0, 0, channels_choices, 0, "N",
        "stored, 1 or 3: repeat grey, leave out alpha (stored)"},
    {0, "axis", CLI_CHOICE, &opts.how.axis, 0, 0, axes, 0, "AXIS",
        "slice volumes along x, y or z, the slowest in the file (z)"},
    {0, "window", CLI_TEXT, &opts.window, 0, 0, NULL, 0, "LEVEL,WIDTH",
        "images become u8: values of a range so wide around a level (as "
        "stored)"},
    {0, "exif", CLI_FLAG, &opts.how.exif, 0, 0, NULL, 0, NULL,
        "turn photographs as their camera says (as stored, with a warning)"},
    CLI_OUTPUT,
    CLI_THREADS,
    CLI_MEM_LIMIT,
    CLI_QUIET,
    CLI_END,
};

static struct cli_program program = {
    "seg-import",
    "pictures and label pictures to a stream of records",
    "[MANIFEST]",
    0,
    1,
    options,
};

static int
resize(struct seg_record *rec, const char *name, enum seg_resize mode,
    struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, name), *out;
    size_t shape[3] = {(size_t)opts.size[1], (size_t)opts.size[0], in.shape[2]};

    if (!opts.size[0] || (in.shape[0] == shape[0] && in.shape[1] == shape[1]))
        return 0;
    out = seg_record_add(rec, name, in.type, in.rank, shape, e);
    if (!out || seg_picture_resize(out, &in, NULL, mode, &rec->arena, e))
        return -1;
    return mode == SEG_RESIZE_NEAREST
               ? 0
               : seg_geo_cut(rec, 0, 0, (double)shape[1] / (double)in.shape[1],
                     (double)shape[0] / (double)in.shape[0], e);
}

static int
set_channels(struct seg_record *rec, const char *path, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;
    size_t shape[3] = {
        in.shape[0], in.shape[1], opts.channels == CHANNELS_1 ? 1 : 3};

    if (opts.channels == CHANNELS_STORED || in.shape[2] == shape[2])
        return 0;
    if (in.shape[2] > 2 && shape[2] == 1)
        return seg_fail(e, SEG_EDATA,
            "%s: picture has %zu channels; --channels 1 takes grey", path,
            in.shape[2]);
    out = seg_record_add(rec, "image", in.type, 3, shape, e);
    if (!out)
        return -1;
    seg_picture_channels(out, &in);
    return 0;
}

static int
window(struct seg_record *rec, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;

    if (opts.width == 0)
        return 0;
    out = seg_record_add(rec, "image", SEG_U8, in.rank, in.shape, e);
    if (!out)
        return -1;
    seg_picture_window(out, &in, opts.level, opts.width);
    return 0;
}

/* The whole of one page; runs in any thread. */
static int
read_page(struct seg_record *rec, const struct cli_book *book, size_t page,
    void *context, struct seg_err *e)
{
    const struct seg_labelmap *map = context;
    const struct seg_item *item = book->item;

    seg_record_clear(rec);
    rec->arena.limit = cli.mem_limit;
    if (cli_book_read(rec, book, page, e) ||
        (map && item->label &&
            seg_labelmap_apply(
                map, seg_record_find(rec, "label"), item->label, e)) ||
        (item->label && resize(rec, "label", SEG_RESIZE_NEAREST, e)) ||
        window(rec, e) || set_channels(rec, item->image, e) ||
        resize(rec, "image", SEG_RESIZE_BILINEAR, e) ||
        (map && seg_labelmap_describe(map, rec, e)))
        return -1;
    return 0;
}

static void
put(const struct seg_record *rec, const struct seg_item *item, void *writer)
{
    const char *exif = seg_record_meta(rec, "seg.exif");

    if (exif)
        cli_warn("%s: EXIF says the picture is turned (%s): read as stored",
            item->image, exif);
    cli_put(writer, rec);
}

static void
read_window(void)
{
    char behind;

    if (opts.window &&
        (sscanf(opts.window, "%lf,%lf%c", &opts.level, &opts.width, &behind) !=
                2 ||
            !isfinite(opts.level) || !isfinite(opts.width) || opts.width <= 0))
        cli_usage(
            "--window %s is not LEVEL,WIDTH with a width above 0", opts.window);
}

static void
read_manifest(struct seg_manifest *m, struct seg_arena *a, const char *path)
{
    struct seg_err e;

    if (!opts.images && (opts.labels || opts.list))
        cli_usage("--labels and --list go with --images");
    if (opts.images && path)
        cli_usage("a manifest or --images, not both");
    if (opts.list)
        cli_check(seg_manifest_pick(m, a, opts.images, opts.labels,
                      cli_slurp(a, opts.list), opts.list, &e),
            &e);
    else if (opts.images)
        cli_check(seg_manifest_pair(m, a, opts.images, opts.labels, &e), &e);
    else
        cli_check(seg_manifest_parse(
                      m, a, cli_slurp(a, path), path ? path : "stdin", &e),
            &e);
}

int
main(int argc, char **argv)
{
    struct seg_arena arena = {0};
    struct seg_manifest manifest;
    struct seg_labelmap map;
    struct seg_err e;
    int first = cli_parse(&program, argc, argv);
    const char *path =
        first < argc && strcmp(argv[first], "-") ? argv[first] : NULL;

    if (opts.map)
        cli_check(seg_labelmap_parse(
                      &map, &arena, cli_slurp(&arena, opts.map), opts.map, &e),
            &e);
    read_window();
    read_manifest(&manifest, &arena, path);
    struct seg_writer *w = cli_writer();
    cli_read_books(
        &manifest, &opts.how, read_page, opts.map ? &map : NULL, put, w);
    cli_close_writer(w);
    seg_arena_free(&arena);
    return 0;
}
