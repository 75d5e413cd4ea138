#include <string.h>

#include "formats/image.h"
#include "formats/jpeg.h"
#include "formats/png.h"

static const struct {
    const char *magic;
    size_t bytes;
    int (*read)(struct seg_record *rec, const char *name,
        const struct seg_file *file, const struct seg_image_opts *opts,
        struct seg_err *e);
} readers[] = {
    {"\x89PNG\r\n\x1a\n", 8, seg_png_read},
    {"\xff\xd8\xff", 3, seg_jpeg_read},
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

int
seg_image_read(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_file file;

    if (seg_file_read(&file, &rec->arena, path, 0, e))
        return -1;
    if (!file.bytes)
        return seg_fail(e, SEG_EDATA, "%s: empty file", path);
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (file.bytes >= readers[i].bytes &&
            !memcmp(file.data, readers[i].magic, readers[i].bytes))
            return readers[i].read(rec, name, &file, opts, e);
    return seg_fail(
        e, SEG_EDATA, "%s: neither PNG nor JPEG by its first bytes", path);
}
