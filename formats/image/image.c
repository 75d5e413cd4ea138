#include "formats/image/image.h"
#include "formats/image/common_type.h"
#include "formats/stream/kind.h"

/* Names the kind of a file that no format recognizes, and if possible a way to
   convert it: "not supported: a BMP image; convert it to PNG". */
static int
refuse(const struct seg_file *file, struct seg_err *e)
{
    const char *kind = seg_kind_name(file->data, file->bytes);
    const char *remedy = seg_kind_remedy(file->data, file->bytes);
    char titles[SEG_IMAGE_LIST];

    if (kind)
        return seg_fail(e, SEG_EDATA, "%s: not supported: %s%s%s", file->path,
            kind, remedy ? "; " : "", remedy ? remedy : "");
    seg_image_titles(titles, "nor");
    return seg_fail(
        e, SEG_EDATA, "%s: neither %s by its first bytes", file->path, titles);
}

static int
find_format(const struct seg_image_format **format, const struct seg_file *file,
    struct seg_err *e)
{
    if (!file->bytes)
        return seg_fail(e, SEG_EDATA, "%s: empty file", file->path);
    for (int i = 0; seg_image_formats[i]; i++) {
        *format = seg_image_formats[i];
        if ((*format)->probe(file))
            return 0;
    }
    return refuse(file, e);
}

int
seg_images_open(struct seg_images *images, struct seg_arena *a,
    const char *path, const struct seg_image_opts *opts, struct seg_err *e)
{
    *images = (struct seg_images){.n = 1};
    if (seg_file_read(&images->file, a, path, 0, e) ||
        find_format(&images->format, &images->file, e))
        return -1;
    return images->format->count_pages
               ? images->format->count_pages(images, a, opts, e)
               : 0;
}

int
seg_images_read(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    const struct seg_image_format *f = images->format;
    const struct seg_file *file = &images->file;

    if (page >= images->n)
        return seg_fail(
            e, SEG_EDATA, "%s: page %zu of %zu", file->path, page, images->n);
    int status = f->read ? f->read(rec, name, file, opts, e)
                         : f->read_page(rec, name, images, page, opts, e);

    return status ? status
                  : seg_image_to_common_type(
                        rec, name, file->path, opts, images->step, e);
}

int
seg_image_read(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_images images;

    if (seg_images_open(&images, &rec->arena, path, opts, e))
        return -1;
    return seg_images_read(rec, name, &images, 0, opts, e);
}
