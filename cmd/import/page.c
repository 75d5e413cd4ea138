#include <math.h>
#include <string.h>

#include "cmd/cli/cli.h"
#include "cmd/import/page.h"
#include "cmd/import/paint.h"
#include "cmd/import/resize.h"
#include "lib/dataset/intensity.h"
#include "lib/image/transform.h"
#include "lib/label/labelmap.h"

int
cli_page_resizes(const struct cli_page_opts *opts)
{
    int n = (opts->size[0] > 0) + (opts->longest > 0) + (opts->factor > 0);

    if (n > 1)
        cli_usage(
            "one of --size, --longest and --factor expected, %d are given", n);
    return n;
}

/* A side of n pixels, multiplied by f and rounded. */
static size_t
scaled(size_t n, double f)
{
    double x = floor((double)n * f + 0.5);

    return x < 1 ? 1 : (size_t)x;
}

/* The new height and width of an image. */
static void
new_shape(size_t shape[2], const struct cli_page_opts *opts,
    const struct seg_tensor *t)
{
    size_t h = t->shape[0], w = t->shape[1];
    double f = opts->longest      ? opts->longest / (double)(h > w ? h : w)
               : opts->factor > 0 ? opts->factor
                                  : 1;

    shape[0] = opts->size[0] ? (size_t)opts->size[1] : scaled(h, f);
    shape[1] = opts->size[0] ? (size_t)opts->size[0] : scaled(w, f);
}

static int
resize(struct seg_record *rec, const char *name, enum seg_resize_mode mode,
    const struct cli_page_opts *opts, struct seg_err *e)
{
    size_t shape[2];

    new_shape(shape, opts, seg_record_find(rec, name));
    return cli_resize(rec, name, mode, shape[0], shape[1], e);
}

static int
set_channels(struct seg_record *rec, const struct cli_page_opts *opts,
    const char *path, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;
    size_t shape[3] = {
        in.shape[0], in.shape[1], opts->channels == CHANNELS_1 ? 1 : 3};

    if (opts->channels == CHANNELS_STORED || in.shape[2] == shape[2])
        return 0;
    if (in.shape[2] > 2 && shape[2] == 1)
        return seg_fail(e, SEG_EDATA,
            "%s: image has %zu channels; --channels 1 takes gray", path,
            in.shape[2]);
    out = seg_record_add(rec, "image", in.type, 3, shape, e);
    if (!out)
        return -1;
    seg_image_set_channels(out, &in);
    seg_record_unset(rec, "seg.alpha");
    return 0;
}

static int
window(
    struct seg_record *rec, const struct cli_page_opts *opts, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;

    if (opts->width == 0)
        return 0;
    out = seg_record_add(rec, "image", SEG_U8, in.rank, in.shape, e);
    if (!out)
        return -1;
    seg_image_map_intensity(out, &in, opts->level, opts->width);
    seg_record_unset(rec, "seg.nodata"); /* it was the value before windowing */
    return 0;
}

/* ---- nodata ---- */

/* --nodata overrides the nodata value of the file. */
static int
declare(
    struct seg_record *rec, const struct cli_page_opts *opts, struct seg_err *e)
{
    if (opts->nodata == NODATA_NONE)
        seg_record_unset(rec, "seg.nodata");
    return opts->nodata == NODATA_GIVEN
               ? seg_nodata_set(rec, opts->nodata_value, e)
               : 0;
}

/* Ignores label pixels whose image pixel has no data.  The label is mapped and
   has the size of the image. */
static int
ignore_nodata(struct seg_record *rec, struct seg_err *e)
{
    struct seg_tensor *label = seg_record_find(rec, "label");
    struct seg_nodata nodata;
    uint8_t *mask;

    if (label->type != SEG_U8 || label->rank != 2)
        return 0;
    if (seg_nodata_get(&nodata, rec, e) ||
        seg_nodata_map(
            &mask, &nodata, seg_record_find(rec, "image"), &rec->arena, e))
        return -1;
    if (mask)
        seg_nodata_ignore(label->data, mask, label->bytes, SEG_IGNORE);
    return 0;
}

/* ---- labels ---- */

/* Fails if the palette of a label image contradicts the label map. */
static int
check_palette(struct seg_record *rec, const struct cli_page_opts *opts,
    const char *path, struct seg_err *e)
{
    const char *palette = seg_record_meta(rec, SEG_STORED_PALETTE);
    const struct seg_labelmap *m = opts->map;
    const struct seg_tensor *label = seg_record_find(rec, "label");
    struct seg_palette_clash c;
    char text[300], value[20] = "another value";

    seg_record_unset(rec, SEG_STORED_PALETTE);
    if (!palette || !m || label->rank != 2 || label->type != SEG_U8)
        return 0;
    enum seg_palette_fit fit = seg_labelmap_palette(&c, m, label, palette);
    if (fit == SEG_PALETTE_FITS)
        return 0;
    if (fit == SEG_PALETTE_COLORS_ONLY) {
        size_t at =
            (size_t)((char *)memchr(label->data, c.index, label->bytes) -
                     (char *)label->data);

        return seg_fail(e, SEG_EDATA,
            "%s: value %d at (x %zu, y %zu) is not in the label map, but the "
            "colors of its palette are: --label-colors goes by color",
            path, c.index, at % label->shape[1], at / label->shape[1]);
    }
    if (m->values[c.id])
        snprintf(value, sizeof value, "value %d", m->value[c.id]);
    snprintf(text, sizeof text,
        "its palette gives index %d the color #%02x%02x%02x, which the label "
        "map gives to %s (%.60s): --label-colors goes by color, a map without "
        "colors by index",
        c.index, c.rgb[0], c.rgb[1], c.rgb[2], value,
        c.id == SEG_IGNORE ? "ignore" : m->name[c.id]);
    return fit == SEG_PALETTE_DOUBTFUL
               ? seg_record_warn(rec, e, "%s: %s", path, text)
               : seg_fail(e, SEG_EDATA, "%s: %s", path, text);
}

static int
map_label(struct seg_record *rec, const struct cli_page_opts *opts,
    const char *path, struct seg_err *e)
{
    struct seg_tensor *label = seg_record_find(rec, "label");
    int ids = seg_record_meta(rec, "seg.ids") != NULL;
    const char *declared = seg_record_meta(rec, "seg.label.nodata");
    struct seg_nodata nodata = {.declared = declared != NULL};

    if (declared && seg_nodata_parse(&nodata.value, declared))
        nodata.declared = 0;
    seg_record_unset(rec, "seg.label.nodata");
    seg_record_unset(rec, "seg.ids");
    if (check_palette(rec, opts, path, e))
        return -1;
    if (ids && label->rank == 2 && opts->map &&
        !seg_labelmap_is_identity(opts->map))
        return seg_fail(e, SEG_EDATA,
            "%s: its values are class ids: a label map was applied already",
            path);
    if (opts->map)
        return seg_labelmap_apply(
            opts->map, label, &nodata, opts->near, path, e);
    if (label->rank == 3)
        return seg_fail(e, SEG_EDATA,
            "%s: label image is colored: a label map (-M) is required", path);
    seg_label_narrow(label);
    return 0;
}

int
cli_page_convert(struct seg_record *rec, const struct seg_item *item,
    const char *label, const struct cli_page_opts *opts, struct seg_err *e)
{
    if (declare(rec, opts, e) ||
        (item->label && !opts->painted && map_label(rec, opts, label, e)) ||
        (item->label && ignore_nodata(rec, e)) ||
        (item->label && resize(rec, "label", SEG_RESIZE_NEAREST, opts, e)) ||
        window(rec, opts, e) || set_channels(rec, opts, item->image, e) ||
        resize(rec, "image", SEG_RESIZE_BILINEAR, opts, e) ||
        (item->label && cli_page_resizes(opts) && ignore_nodata(rec, e)) ||
        (opts->map && seg_labelmap_describe(opts->map, rec, e)))
        return -1;
    return 0;
}

int
cli_page_read(struct seg_record *rec, const struct cli_source *source,
    size_t page, void *context, struct seg_err *e)
{
    const struct seg_item *item = source->item;
    struct cli_page_opts opts = *(const struct cli_page_opts *)context;

    opts.painted = source->polygons != NULL;
    seg_record_clear(rec);
    rec->arena.limit = cli.mem_limit;
    if (cli_source_read(rec, source, page, e) ||
        (opts.painted && cli_paint(rec, source, opts.map, e)) ||
        cli_page_convert(rec, item, item->label, &opts, e))
        return -1;
    return source->intensity
               ? seg_record_set(rec, "seg.intensity", source->intensity, e)
               : 0;
}

int
cli_pages_measure(struct cli_source *source, void *context, struct seg_err *e)
{
    struct seg_arena scratch = {0};
    struct seg_record rec = {0};
    struct seg_nodata nodata;
    struct seg_stat s;
    int status = 0;

    seg_stat_init(&s, &scratch);
    s.histograms = 1;
    for (size_t page = 0; !status && page < source->image.n; page++) {
        status = cli_page_read(&rec, source, page, context, e) ||
                         seg_nodata_get(&nodata, &rec, e) ||
                         seg_stat_image(&s, seg_record_find(&rec, "image"),
                             &nodata, source->item->image, e)
                     ? -1
                     : 0;
    }
    if (!status)
        status = seg_intensity_set(&rec, &s, e);
    if (!status) {
        source->intensity = seg_take_string(
            &source->arena, seg_record_meta(&rec, "seg.intensity"), e);
        status = source->intensity ? 0 : -1;
    }
    seg_record_free(&rec);
    seg_arena_free(&scratch);
    return status;
}
