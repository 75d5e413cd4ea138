#include "cmd/import/source.h"
#include "cmd/cli/cli.h"
#include "formats/geometry/pixel_grid.h"
#include "formats/polygon/labelme.h"
#include "lib/image/transform.h"

static struct seg_image_opts
read_opts(const struct cli_source *s, enum seg_image_mode m)
{
    return (struct seg_image_opts){.mode = m,
        .max_bytes = cli.mem_limit,
        .axis = s->opts->axis,
        .nan_is_nodata = s->opts->nan_is_nodata};
}

static int
read_polygons(struct cli_source *s, struct seg_err *e)
{
    struct seg_polygons *p = NULL;

    if (s->image.n > 1 || s->image.numbered)
        return seg_fail(e, SEG_EDATA,
            "%s: %zu pages; polygons are for images of one page",
            s->item->image, s->image.n);
    if (s->opts->annotations) {
        s->polygons =
            &seg_annotations_find(s->opts->annotations, s->item->image)
                 ->polygons;
        return 0;
    }
    s->polygons = p = seg_take(&s->arena, 1, sizeof *p, e);
    return p ? seg_labelme_read(
                   p, &s->arena, s->item->label, cli.mem_limit / 30, e)
             : -1;
}

static int
open_files(struct cli_source *s, struct seg_err *e)
{
    const struct seg_item *item = s->item;
    const struct seg_image_opts opts = read_opts(s, SEG_IMAGE_PIXELS);

    if (cli_bands_open(&s->bands, &s->arena, item->image, &opts, e))
        return -1;
    s->image = s->bands.file[0];
    if (!item->label)
        return 0;
    if (s->opts->annotations || seg_labelme_has_suffix(item->label))
        return read_polygons(s, e);
    if (seg_images_open(&s->label, &s->arena, item->label, &opts, e))
        return -1;
    if (s->image.n != s->label.n)
        return seg_fail(e, SEG_EDATA, "%s: %zu pages, its label %s has %zu",
            item->image, s->image.n, item->label, s->label.n);
    return 0;
}

void
cli_source_open(struct cli_source *s, const struct seg_item *item,
    const struct cli_source_opts *opts)
{
    seg_arena_reset(&s->arena);
    s->arena.limit = cli.mem_limit;
    s->item = item;
    s->opts = opts;
    s->intensity = NULL;
    s->polygons = NULL;
    s->status = open_files(s, &s->e);
}

static int
check_size(const struct seg_record *rec, const struct seg_item *item,
    struct seg_err *e)
{
    const struct seg_tensor *image = seg_record_find(rec, "image");
    const struct seg_tensor *label = seg_record_find(rec, "label");

    if (image->shape[0] == label->shape[0] &&
        image->shape[1] == label->shape[1])
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: %zux%zu pixels, its label %s has %zux%zu", item->image,
        image->shape[1], image->shape[0], item->label, label->shape[1],
        label->shape[0]);
}

/* Rotates the image as the camera recorded; its georeference no longer holds.
   */
static int
rotate(struct seg_record *rec, struct seg_err *e)
{
    const char *exif = seg_record_meta(rec, "seg.exif");
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;
    int orientation = 1;

    if (!exif || sscanf(exif, "orientation=%d", &orientation) != 1)
        return 0;
    int transposed = orientation > 4; /* rows become columns */
    size_t shape[3] = {
        in.shape[transposed], in.shape[!transposed], in.shape[2]};

    out = seg_record_add(rec, "image", in.type, 3, shape, e);
    if (!out)
        return -1;
    seg_image_orient(out, &in, orientation);
    seg_record_unset(rec, "seg.exif");
    seg_record_unset(rec, "seg.geo");
    return 0;
}

/* The record keeps the georeference, volume and orientation of the image; those
   of the label file are only compared. */
static int
read_label(struct seg_record *rec, const struct cli_source *s, size_t page,
    struct seg_err *e)
{
    enum { KEYS = 5 };
    static const char *const key[KEYS] = {
        "seg.geo", "seg.nodata", "seg.volume", "seg.nifti", "seg.exif"};
    const struct seg_image_opts opts =
        read_opts(s, s->opts->colors ? SEG_IMAGE_COLORS : SEG_IMAGE_LABEL);
    const char *of_image[KEYS];
    struct seg_pixel_grid grid[2]; /* of image and label */
    int found[2];

    found[0] = seg_pixel_grid_get(&grid[0], rec, e);
    for (int i = 0; i < KEYS; i++) {
        of_image[i] = seg_record_meta(rec, key[i]);
        seg_record_unset(rec, key[i]);
    }
    if (found[0] < 0 ||
        seg_images_read(rec, "label", &s->label, page, &opts, e))
        return -1;
    const char *nodata = seg_record_meta(rec, "seg.nodata");
    found[1] = seg_pixel_grid_get(&grid[1], rec, e);
    if (found[1] < 0 ||
        (nodata && seg_record_set(rec, "seg.label.nodata", nodata, e)))
        return -1;
    for (int i = 0; i < KEYS; i++) {
        seg_record_unset(rec, key[i]);
        if (of_image[i] && seg_record_set(rec, key[i], of_image[i], e))
            return -1;
    }
    const struct seg_tensor *image = seg_record_find(rec, "image");
    return found[0] && found[1]
               ? seg_pixel_grid_compare(rec, &grid[0], &grid[1],
                     image->shape[1], image->shape[0], e)
               : 0;
}

int
cli_source_read(struct seg_record *rec, const struct cli_source *s, size_t page,
    struct seg_err *e)
{
    const struct seg_image_opts image = read_opts(s, SEG_IMAGE_PIXELS);
    const char *key = s->item->key;

    if (s->image.n > 1 || s->image.numbered)
        key = seg_take_text(&rec->arena, e, "%s@%zu", key, page);
    if (!key || seg_record_set(rec, "seg.key", key, e) ||
        cli_bands_read(rec, &s->bands, page, s->opts->resample, &image, e) ||
        (s->opts->exif && rotate(rec, e)))
        return -1;
    if (!s->item->label || s->polygons)
        return 0;
    return read_label(rec, s, page, e) ? -1 : check_size(rec, s->item, e);
}
