#include <stdio.h>

#include "formats/codec/image_format.h"

size_t
seg_image_channels(const struct seg_image_opts *opts, size_t c)
{
    return opts->mode == SEG_IMAGE_LABEL && c == 1 ? 0 : c;
}

struct seg_tensor *
seg_image_add(struct seg_record *rec, const char *name, enum seg_type type,
    size_t h, size_t w, size_t c, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    size_t bytes, max = seg_file_most(opts->max_bytes);
    size_t shape[3] = {h, w, c};
    int rank = c ? 3 : 2;

    if (!h || !w) {
        seg_fail(e, SEG_EDATA, "%s: image of %zux%zu pixels", path, w, h);
        return NULL;
    }
    if (seg_tensor_size(&bytes, type, rank, shape) || bytes > max) {
        seg_fail(e, seg_file_over(opts->max_bytes),
            "%s: image of %zux%zu pixels takes more than %zu bytes", path, w, h,
            max);
        return NULL;
    }
    return seg_record_add(rec, name, type, rank, shape, e);
}

int
seg_image_note_palette(
    struct seg_record *rec, const uint8_t (*rgb)[3], int n, struct seg_err *e)
{
    char text[256 * 8 + 1] = "";

    for (int i = 0; i < n && i < 256; i++)
        snprintf(
            text + 8 * i, 9, "#%02x%02x%02x,", rgb[i][0], rgb[i][1], rgb[i][2]);
    return seg_record_set(rec, SEG_STORED_PALETTE, text, e);
}

int
seg_image_is(const struct seg_tensor *t)
{
    static const char can[] = {[SEG_U8] = 1,
        [SEG_I8] = 1,
        [SEG_U16] = 1,
        [SEG_I16] = 1,
        [SEG_U32] = 1,
        [SEG_I32] = 1,
        [SEG_F32] = 1};

    return (t->rank == 2 || t->rank == 3) && t->type < sizeof can &&
           can[t->type];
}
