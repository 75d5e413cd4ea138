#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/codec/gzip.h"
#include "formats/geometry/nifti_header.h"
#include "formats/nifti/nifti.h"
#include "formats/stream/kind.h"
#include "formats/table/number.h"

static int
check_bytes(const struct seg_nifti *v, size_t have, size_t max,
    const char *path, struct seg_err *e)
{
    if (v->bytes > seg_file_most(max))
        return seg_fail(e, seg_file_over(max),
            "%s: volume of %zux%zux%zux%zu voxels takes more than %zu bytes",
            path, v->shape[0], v->shape[1], v->shape[2], v->channels,
            seg_file_most(max));
    if (v->offset > have || v->bytes > have - v->offset)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged NIfTI: %zux%zux%zux%zu voxels at %zu are more than "
            "this file can hold",
            path, v->shape[0], v->shape[1], v->shape[2], v->channels,
            v->offset);
    return 0;
}

/* ---- gzip ---- */

static int
refuse_packed(const char *path, const char *head, size_t n, struct seg_err *e)
{
    const char *name = seg_kind_name(head, n);

    return seg_fail(e, SEG_EDATA,
        "%s: not supported: a gzip file of %s; NIfTI in gzip expected", path,
        name ? name : "something that is not NIfTI");
}

static int
unpack(struct seg_gzip *g, struct seg_file *file, struct seg_arena *a,
    size_t max, struct seg_err *e)
{
    char head[SEG_NIFTI_2];
    struct seg_nifti v;
    size_t have, n;

    if (seg_gunzip_some(g, head, sizeof head, &n, e))
        return -1;
    if (!seg_nifti_is(head, n))
        return refuse_packed(file->path, head, n, e);
    if (seg_nifti_parse(&v, head, n, file->path, e) ||
        seg_mul(&have, file->bytes, SEG_GZIP_EXPANDS) ||
        check_bytes(&v, have, max, file->path, e))
        return -1;
    size_t all = v.offset + v.bytes;
    char *plain = seg_take_dirty(a, all > n ? all : n, 1, e);
    if (!plain)
        return -1;
    memcpy(plain, head, n);
    if (all < n)
        all = n;
    if (seg_gunzip_read(g, plain + n, all - n, e) || seg_gunzip_end(g, e))
        return -1;
    file->data = plain;
    file->bytes = all;
    return 0;
}

static int
unpack_file(
    struct seg_file *file, struct seg_arena *a, size_t max, struct seg_err *e)
{
    struct seg_gzip *g;

    if (seg_gunzip_open(&g, file, e))
        return -1;
    int status = unpack(g, file, a, max, e);
    seg_gzip_free(g);
    return status;
}

/* ---- slices ---- */

static int
open_volume(struct seg_nifti *v, const struct seg_file *file,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    size_t max = opts->max_bytes;

    return seg_nifti_parse(v, file->data, file->bytes, file->path, e) ||
                   check_bytes(v, file->bytes, max, file->path, e)
               ? -1
               : 0;
}

static int
count_pages(struct seg_images *images, struct seg_arena *a,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_nifti v;

    if ((seg_gzip_is(&images->file) &&
            unpack_file(&images->file, a, opts->max_bytes, e)) ||
        open_volume(&v, &images->file, opts, e))
        return -1;
    images->n = v.shape[opts->axis];
    images->numbered = 1;
    images->step = v.slope == 1 && v.inter == 0 ? 0 : fabs(v.slope);
    return 0;
}

/* Copies slice `index` as [H,W,C] in the stored type. */
static void
copy_slice(char *to, const struct seg_nifti *v, const char *voxels, int axis,
    size_t index)
{
    size_t size = seg_type_size(v->type), step[4];
    int row, column;

    seg_volume_axes(axis, &row, &column);
    step[0] = v->colors > 1 ? size * v->channels : size;
    step[1] = step[0] * v->shape[0];
    step[2] = step[1] * v->shape[1];
    step[3] = v->colors > 1 ? size : step[2] * v->shape[2];
    for (size_t y = 0; y < v->shape[row]; y++)
        for (size_t x = 0; x < v->shape[column]; x++)
            for (size_t c = 0; c < v->channels; c++, to += size)
                memcpy(to,
                    voxels + index * step[axis] + y * step[row] +
                        x * step[column] + c * step[3],
                    size);
}

/* Replaces t by scaled f32 values, if the file has a scale. */
static int
scale(struct seg_record *rec, struct seg_tensor *t, const struct seg_nifti *v,
    struct seg_err *e)
{
    struct seg_tensor in = *t;
    size_t n = seg_tensor_count(t);

    if (v->slope == 1 && v->inter == 0)
        return 0;
    t = seg_record_add(rec, in.name, SEG_F32, in.rank, in.shape, e);
    for (size_t i = 0; t && i < n; i++)
        ((float *)t->data)[i] =
            (float)(seg_tensor_get(&in, i) * v->slope + v->inter);
    return t ? 0 : -1;
}

static int
describe(struct seg_record *rec, const struct seg_nifti *v, int axis,
    size_t index, const char *path, struct seg_err *e)
{
    struct seg_volume at = {.axis = axis, .index = index, .path = path};
    char hex[2 * SEG_NIFTI_2 + 1];

    memcpy(at.shape, v->shape, sizeof at.shape);
    memcpy(at.spacing, v->spacing, sizeof at.spacing);
    memcpy(at.affine, v->affine, sizeof at.affine);
    strcpy(at.unit, v->unit);
    for (size_t i = 0; i < v->header.n; i++)
        snprintf(hex + 2 * i, 3, "%02x", v->header.p[i]);
    return seg_volume_set(rec, &at, e) ||
                   seg_record_set(rec, "seg.nifti", hex, e)
               ? -1
               : 0;
}

static int
read_page(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    const struct seg_file *file = &images->file;
    struct seg_nifti v;
    int row, column;

    if (open_volume(&v, file, opts, e))
        return -1;
    if (opts->mode != SEG_IMAGE_PIXELS && v.channels != 1)
        return seg_fail(e, SEG_EDATA, "%s: label volume of %zu channels",
            file->path, v.channels);
    seg_volume_axes(opts->axis, &row, &column);
    struct seg_tensor *t =
        seg_image_add(rec, name, v.type, v.shape[row], v.shape[column],
            seg_image_channels(opts, v.channels), file->path, opts, e);
    if (!t)
        return -1;
    copy_slice(t->data, &v, file->data + v.offset, opts->axis, page);
    if (v.header.swapped)
        seg_swap_bytes(t->data, seg_tensor_count(t), seg_type_size(v.type));
    if (scale(rec, t, &v, e) ||
        describe(rec, &v, opts->axis, page, file->path, e) ||
        (v.warning[0] &&
            seg_record_warn(rec, e, "%s: %s", file->path, v.warning))) {
        seg_record_drop(rec, name);
        return -1;
    }
    return 0;
}

/* ---- the format ---- */

/* A gzip file may hold NIfTI; count_pages unpacks and checks it. */
static int
probe(const struct seg_file *file)
{
    return seg_gzip_is(file) || seg_nifti_is(file->data, file->bytes);
}

static int
keeps(const struct seg_record *rec, const struct seg_tensor *t)
{
    return seg_image_is(t) && seg_record_meta(rec, "seg.volume");
}

const struct seg_image_format seg_nifti_format = {
    .name = "nifti",
    .title = "NIfTI",
    .suffix = {".nii.gz", ".nii"},
    .probe = probe,
    .count_pages = count_pages,
    .read_page = read_page,
    .keeps = keeps,
    .sharing = SEG_SLICES_OF_VOLUME,
};
