#include <string.h>

#include "formats/image.h"
#include "formats/jpeg.h"
#include "formats/png.h"
#include "formats/tiff.h"

/* A format has one picture a file, or pages. */
static const struct {
    const char *magic;
    size_t bytes;
    int (*read)(struct seg_record *rec, const char *name,
        const struct seg_file *file, const struct seg_image_opts *opts,
        struct seg_err *e);
    int (*count)(size_t *pages, const struct seg_file *file, struct seg_err *e);
    int (*read_page)(struct seg_record *rec, const char *name,
        const struct seg_file *file, size_t page,
        const struct seg_image_opts *opts, struct seg_err *e);
} formats[] = {
    {"\x89PNG\r\n\x1a\n", 8, .read = seg_png_read},
    {"\xff\xd8\xff", 3, .read = seg_jpeg_read},
    {"II*\0", 4, .count = seg_tiff_pages, .read_page = seg_tiff_read},
    {"MM\0*", 4, .count = seg_tiff_pages, .read_page = seg_tiff_read},
    {"II+\0", 4, .count = seg_tiff_pages, .read_page = seg_tiff_read},
    {"MM\0+", 4, .count = seg_tiff_pages, .read_page = seg_tiff_read},
};

struct seg_tensor *
seg_image_add(struct seg_record *rec, const char *name, enum seg_type type,
    size_t h, size_t w, size_t c, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    size_t bytes, max = opts->max_bytes ? opts->max_bytes : (size_t)2 << 30;
    size_t shape[3] = {h, w, c};
    int rank = c ? 3 : 2;

    if (!h || !w) {
        seg_fail(e, SEG_EDATA, "%s: picture of %zux%zu pixels", path, w, h);
        return NULL;
    }
    if (seg_tensor_size(&bytes, type, rank, shape) || bytes > max) {
        seg_fail(e, SEG_EDATA,
            "%s: picture of %zux%zu pixels takes more than %zu bytes", path, w,
            h, max);
        return NULL;
    }
    return seg_record_add(rec, name, type, rank, shape, e);
}

static int
find_format(const struct seg_file *file, struct seg_err *e)
{
    int n = sizeof formats / sizeof *formats;

    if (!file->bytes)
        return seg_fail(e, SEG_EDATA, "%s: empty file", file->path);
    for (int i = 0; i < n; i++)
        if (file->bytes >= formats[i].bytes &&
            !memcmp(file->data, formats[i].magic, formats[i].bytes))
            return i;
    return seg_fail(e, SEG_EDATA,
        "%s: neither PNG, JPEG nor TIFF by its first bytes", file->path);
}

int
seg_images_open(struct seg_images *images, struct seg_arena *a,
    const char *path, struct seg_err *e)
{
    *images = (struct seg_images){.n = 1};
    if (seg_file_read(&images->file, a, path, 0, e))
        return -1;
    images->format = find_format(&images->file, e);
    if (images->format < 0)
        return -1;
    return formats[images->format].count
               ? formats[images->format].count(&images->n, &images->file, e)
               : 0;
}

int
seg_images_read(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    int i = images->format;

    return formats[i].read
               ? formats[i].read(rec, name, &images->file, opts, e)
               : formats[i].read_page(rec, name, &images->file, page, opts, e);
}

int
seg_image_read(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_images images;

    if (seg_images_open(&images, &rec->arena, path, e))
        return -1;
    return seg_images_read(rec, name, &images, 0, opts, e);
}
