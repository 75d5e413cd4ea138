#include "cmd/import/source.h"
#include "cmd/cli/cli.h"
#include "formats/geometry/pixel_grid.h"
#include "lib/image/transform.h"

static struct seg_image_opts
mode(const struct cli_source *b, enum seg_image_mode m)
{
    return (struct seg_image_opts){.mode = m,
        .max_bytes = cli.mem_limit,
        .axis = b->how->axis,
        .nan_is_nodata = b->how->nan_is_nodata};
}

static int
open_files(struct cli_source *b, struct seg_err *e)
{
    const struct seg_item *item = b->item;
    const struct seg_image_opts opts = mode(b, SEG_IMAGE_PIXELS);

    if (seg_images_open(&b->image, &b->arena, item->image, &opts, e))
        return -1;
    if (!item->label)
        return 0;
    if (seg_images_open(&b->label, &b->arena, item->label, &opts, e))
        return -1;
    if (b->image.n != b->label.n)
        return seg_fail(e, SEG_EDATA, "%s: %zu pages, its label %s has %zu",
            item->image, b->image.n, item->label, b->label.n);
    return 0;
}

void
cli_source_open(struct cli_source *b, const struct seg_item *item,
    const struct cli_source_opts *how)
{
    seg_arena_reset(&b->arena);
    b->arena.limit = cli.mem_limit;
    b->item = item;
    b->how = how;
    b->intensity = NULL;
    b->status = open_files(b, &b->e);
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

/* As the camera was held; a place on earth that it had turns no more. */
static int
turn(struct seg_record *rec, struct seg_err *e)
{
    const char *exif = seg_record_meta(rec, "seg.exif");
    struct seg_tensor in = *seg_record_find(rec, "image"), *out;
    int orientation = 1;

    if (!exif || sscanf(exif, "orientation=%d", &orientation) != 1)
        return 0;
    int across = orientation > 4; /* rows become columns */
    size_t shape[3] = {in.shape[across], in.shape[!across], in.shape[2]};

    out = seg_record_add(rec, "image", in.type, 3, shape, e);
    if (!out)
        return -1;
    seg_image_orient(out, &in, orientation);
    seg_record_unset(rec, "seg.exif");
    seg_record_unset(rec, "seg.geo");
    return 0;
}

/* Where the record lies, and how, is said by the image. */
static int
read_label(struct seg_record *rec, const struct cli_source *b, size_t page,
    struct seg_err *e)
{
    enum { KEYS = 5 };
    static const char *const key[KEYS] = {
        "seg.geo", "seg.nodata", "seg.volume", "seg.nifti", "seg.exif"};
    const struct seg_image_opts opts =
        mode(b, b->how->colors ? SEG_IMAGE_COLORS : SEG_IMAGE_LABEL);
    const char *of_image[KEYS];
    struct seg_pixel_grid place[2];
    int placed[2];

    placed[0] = seg_pixel_grid_get(&place[0], rec, e);
    for (int i = 0; i < KEYS; i++) {
        of_image[i] = seg_record_meta(rec, key[i]);
        seg_record_unset(rec, key[i]);
    }
    if (placed[0] < 0 ||
        seg_images_read(rec, "label", &b->label, page, &opts, e))
        return -1;
    const char *nodata = seg_record_meta(rec, "seg.nodata");
    placed[1] = seg_pixel_grid_get(&place[1], rec, e);
    if (placed[1] < 0 ||
        (nodata && seg_record_set(rec, "seg.label.nodata", nodata, e)))
        return -1;
    for (int i = 0; i < KEYS; i++) {
        seg_record_unset(rec, key[i]);
        if (of_image[i] && seg_record_set(rec, key[i], of_image[i], e))
            return -1;
    }
    const struct seg_tensor *image = seg_record_find(rec, "image");
    return placed[0] && placed[1]
               ? seg_pixel_grid_compare(rec, &place[0], &place[1],
                     image->shape[1], image->shape[0], e)
               : 0;
}

int
cli_source_read(struct seg_record *rec, const struct cli_source *b, size_t page,
    struct seg_err *e)
{
    const struct seg_image_opts image = mode(b, SEG_IMAGE_PIXELS);
    const char *key = b->item->key;

    if (b->image.n > 1 || b->image.numbered)
        key = seg_take_text(&rec->arena, e, "%s@%zu", key, page);
    if (!key || seg_record_set(rec, "seg.key", key, e) ||
        seg_images_read(rec, "image", &b->image, page, &image, e) ||
        (b->how->exif && turn(rec, e)))
        return -1;
    if (!b->item->label)
        return 0;
    return read_label(rec, b, page, e) ? -1 : check_size(rec, b->item, e);
}
