#include <string.h>
#include <unistd.h>

#include "cmd/import/bands.h"
#include "cmd/import/resize.h"
#include "formats/geometry/pixel_grid.h"

int
cli_is_list(const char *path)
{
    const char *open = strchr(path, '{');

    return open && strchr(open, '}') && access(path, F_OK) != 0;
}

/* Sets path to the names of the files, one for each part of the list. */
static int
name_files(struct cli_bands *b, struct seg_arena *a, const char *path,
    struct seg_err *e)
{
    int list = cli_is_list(path);
    const char *open = strchr(path, '{');
    const char *end = list ? strchr(open, '}') : NULL;

    b->n = 1;
    for (const char *p = open; list && p < end; p++)
        b->n += *p == ',';
    b->path = seg_take(a, b->n, sizeof *b->path, e);
    b->file = seg_take(a, b->n, sizeof *b->file, e);
    if (!b->path || !b->file)
        return -1;
    b->path[0] = path;
    for (size_t i = 0; list && i < b->n; i++) {
        const char *part = i ? open + strcspn(open, ",}") + 1 : open + 1;

        b->path[i] =
            seg_take_text(a, e, "%.*s%.*s%s", (int)(strchr(path, '{') - path),
                path, (int)strcspn(part, ",}"), part, end + 1);
        if (!b->path[i])
            return -1;
        open = part;
    }
    return 0;
}

int
cli_bands_open(struct cli_bands *b, struct seg_arena *a, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    if (name_files(b, a, path, e))
        return -1;
    for (size_t i = 0; i < b->n; i++) {
        if (seg_images_open(&b->file[i], a, b->path[i], opts, e))
            return -1;
        if (b->file[i].n != b->file[0].n)
            return seg_fail(e, SEG_EDATA, "%s: %zu pages, %s has %zu",
                b->path[i], b->file[i].n, b->path[0], b->file[0].n);
    }
    return 0;
}

/* ---- one band beside the first ---- */

/* Fails if a band covers another area than the first. */
static int
check_area(struct seg_record *rec, struct seg_record *first,
    const struct cli_bands *b, size_t i, struct seg_err *e)
{
    const struct seg_tensor *t = seg_record_find(rec, "image");
    struct seg_pixel_grid grid[2];
    struct seg_apart apart;
    int found[2] = {seg_pixel_grid_get(&grid[0], first, e), 0};

    if (found[0] >= 0)
        found[1] = seg_pixel_grid_get(&grid[1], rec, e);
    if (found[0] < 0 || found[1] < 0)
        return -1;
    if (!found[0] || !found[1])
        return 0;
    if (seg_pixel_grid_compare(
            rec, &grid[0], &grid[1], t->shape[1], t->shape[0], e))
        return -1;
    int differs = seg_apart_get(&apart, rec, e);
    if (differs > 0 && apart.epsg[0])
        return seg_fail(e, SEG_EDATA,
            "%s: in the coordinate system EPSG %d, %s in EPSG %d", b->path[i],
            apart.epsg[1], b->path[0], apart.epsg[0]);
    if (differs > 0)
        return seg_fail(e, SEG_EDATA,
            "%s: covers another area than %s: %.3g pixels away at (x %zu, y "
            "%zu)",
            b->path[i], b->path[0], apart.distance, apart.x, apart.y);
    return differs;
}

static int
check_nodata(const struct seg_record *rec, const struct seg_record *first,
    const struct cli_bands *b, size_t i, struct seg_err *e)
{
    const char *one = seg_record_meta(first, "seg.nodata");
    const char *two = seg_record_meta(rec, "seg.nodata");

    if ((!one && !two) || (one && two && !strcmp(one, two)))
        return 0;
    return seg_fail(e, SEG_EDATA, "%s: nodata value %s, %s has %s", b->path[i],
        two ? two : "none", b->path[0], one ? one : "none");
}

/* Reads file i, with the size of the first. */
static int
read_band(struct seg_record *rec, struct seg_record *first,
    const struct cli_bands *b, size_t i, size_t page, int resample,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    const size_t *shape = seg_record_find(first, "image")->shape;

    rec->arena.limit = first->arena.limit;
    if (seg_images_read(rec, "image", &b->file[i], page, opts, e))
        return -1;
    const struct seg_tensor *t = seg_record_find(rec, "image");
    int differs = t->shape[0] != shape[0] || t->shape[1] != shape[1];
    if (differs && !resample)
        return seg_fail(e, SEG_EDATA,
            "%s: %zux%zu pixels, %s has %zux%zu: --resample resizes it",
            b->path[i], t->shape[1], t->shape[0], b->path[0], shape[1],
            shape[0]);
    if (differs &&
        cli_resize(rec, "image", SEG_RESIZE_BILINEAR, shape[0], shape[1], e))
        return -1;
    return check_nodata(rec, first, b, i, e) || check_area(rec, first, b, i, e)
               ? -1
               : 0;
}

/* ---- all bands ---- */

static float
sample(const struct seg_tensor *t, size_t i)
{
    return t->type == SEG_U8    ? (float)((const uint8_t *)t->data)[i]
           : t->type == SEG_U16 ? (float)((const uint16_t *)t->data)[i]
           : t->type == SEG_I16 ? (float)((const int16_t *)t->data)[i]
                                : ((const float *)t->data)[i];
}

/* Copies the channels of t to channels k and so on of out. */
static void
copy_channels(struct seg_tensor *out, const struct seg_tensor *t, size_t k)
{
    size_t all = out->shape[2], c = t->shape[2], size = seg_type_size(t->type);

    for (size_t i = 0; i < t->shape[0] * t->shape[1]; i++)
        if (out->type == t->type)
            memcpy((char *)out->data + (i * all + k) * size,
                (const char *)t->data + i * c * size, c * size);
        else
            for (size_t j = 0; j < c; j++)
                ((float *)out->data)[i * all + k + j] = sample(t, i * c + j);
}

/* Replaces image of rec by its channels and those of more[n]. */
static int
stack(struct seg_record *rec, struct seg_record *more, size_t n,
    struct seg_err *e)
{
    struct seg_tensor first = *seg_record_find(rec, "image");
    size_t shape[3] = {first.shape[0], first.shape[1], first.shape[2]};
    enum seg_type type = first.type;

    for (size_t i = 0; i < n; i++) {
        const struct seg_tensor *t = seg_record_find(&more[i], "image");

        shape[2] += t->shape[2];
        if (t->type != type)
            type = SEG_F32;
    }
    struct seg_tensor *out = seg_record_add(rec, "image", type, 3, shape, e);
    if (!out)
        return -1;
    copy_channels(out, &first, 0);
    for (size_t i = 0, k = first.shape[2]; i < n; i++) {
        const struct seg_tensor *t = seg_record_find(&more[i], "image");

        copy_channels(out, t, k);
        k += t->shape[2];
        if (more[i].warnings && seg_record_warn(rec, e, "%s", more[i].warnings))
            return -1;
    }
    return seg_record_set(rec, "seg.alpha", "none", e);
}

int
cli_bands_read(struct seg_record *rec, const struct cli_bands *b, size_t page,
    int resample, const struct seg_image_opts *opts, struct seg_err *e)
{
    size_t n = b->n - 1;
    struct seg_record *more;
    int status = 0;

    if (seg_images_read(rec, "image", &b->file[0], page, opts, e))
        return -1;
    if (!n)
        return 0;
    more = seg_take(&rec->arena, n, sizeof *more, e);
    if (!more)
        return -1;
    for (size_t i = 0; !status && i < n; i++)
        status = read_band(&more[i], rec, b, i + 1, page, resample, opts, e);
    if (!status)
        status = stack(rec, more, n, e);
    for (size_t i = 0; i < n; i++)
        seg_record_free(&more[i]);
    return status;
}
