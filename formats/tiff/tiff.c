#include "formats/tiff/tiff.h"

static int
probe(const struct seg_file *file)
{
    static const char magic[4][5] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};

    for (int i = 0; i < 4; i++)
        if (seg_file_begins(file, magic[i], 4))
            return 1;
    return 0;
}

/* A TIFF keeps a georeference, but no position in a volume. */
static int
keeps(const struct seg_record *rec, const struct seg_tensor *t)
{
    return seg_image_is(t) && !seg_record_meta(rec, "seg.volume");
}

static int
write_image(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_image_write_opts *opts, struct seg_err *e)
{
    const struct seg_tiff_write_opts tiff = {.tile = (size_t)opts->tile,
        .alpha = opts->alpha,
        .palette = opts->palette,
        .geo = opts->geo};

    return seg_tiff_write(fd, path, t, tiff, e);
}

const struct seg_image_format seg_tiff_format = {
    .name = "tiff",
    .title = "TIFF",
    .suffix = {".tif", ".tiff"},
    .probe = probe,
    .count_pages = seg_tiff_count_pages,
    .read_page = seg_tiff_read_page,
    .keeps = keeps,
    .write = write_image,
    .stores_geo = 1,
    .sharing = SEG_STRIPS_OF_SCENE,
};
