#include <math.h>
#include <string.h>

#include "formats/image/gzip.h"
#include "formats/image/image.h"
#include "formats/image/jpeg.h"
#include "formats/image/nifti.h"
#include "formats/image/npy.h"
#include "formats/image/png.h"
#include "formats/image/pnm.h"
#include "formats/image/tiff.h"
#include "formats/place/nifti_header.h"
#include "formats/stream/kind.h"
#include "lib/dataset/labelmap.h"
#include "lib/image/nodata.h"

enum { NIFTI = 2, PNM }; /* known by more than their first bytes */

/* A format has one image a file, or pages. */
static const struct {
    const char *magic;
    size_t bytes;
    int (*read)(struct seg_record *rec, const char *name,
        const struct seg_file *file, const struct seg_image_opts *opts,
        struct seg_err *e);
    int (*count)(struct seg_images *images, struct seg_arena *a,
        const struct seg_image_opts *opts, struct seg_err *e);
    int (*read_page)(struct seg_record *rec, const char *name,
        const struct seg_images *images, size_t page,
        const struct seg_image_opts *opts, struct seg_err *e);
} formats[] = {
    {"\x89PNG\r\n\x1a\n", 8, .read = seg_png_read},
    {"\xff\xd8\xff", 3, .read = seg_jpeg_read},
    [NIFTI] = {.count = seg_nifti_pages, .read_page = seg_nifti_read},
    [PNM] = {.read = seg_pnm_read},
    {"\x93NUMPY", 6, .read = seg_npy_read},
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

size_t
seg_image_channels(const struct seg_image_opts *opts, size_t c)
{
    return opts->mode == SEG_IMAGE_LABEL && c == 1 ? 0 : c;
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

/* By its name, and with a way out where there is one. */
static int
refuse(const struct seg_file *file, struct seg_err *e)
{
    const char *name = seg_kind_name(file->data, file->bytes);
    const char *remedy = seg_kind_remedy(file->data, file->bytes);

    if (!name)
        return seg_fail(e, SEG_EDATA,
            "%s: neither PNG, JPEG, TIFF, NIfTI, PNM nor npy by its first "
            "bytes",
            file->path);
    return seg_fail(e, SEG_EDATA, "%s: not supported: %s%s%s", file->path, name,
        remedy ? "; " : "", remedy ? remedy : "");
}

static int
find_format(const struct seg_file *file, struct seg_err *e)
{
    int n = sizeof formats / sizeof *formats;

    if (!file->bytes)
        return seg_fail(e, SEG_EDATA, "%s: empty file", file->path);
    if (seg_nifti_is(file->data, file->bytes))
        return NIFTI;
    if (seg_pnm_is(file))
        return PNM;
    for (int i = 0; i < n; i++)
        if (formats[i].magic && file->bytes >= formats[i].bytes &&
            !memcmp(file->data, formats[i].magic, formats[i].bytes))
            return i;
    return refuse(file, e);
}

int
seg_images_open(struct seg_images *images, struct seg_arena *a,
    const char *path, const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_file *file = &images->file;

    *images = (struct seg_images){.n = 1};
    if (seg_file_read(file, a, path, 0, e) ||
        (seg_gzip_is(file) && seg_nifti_unpack(file, a, opts->max_bytes, e)))
        return -1;
    images->format = find_format(file, e);
    if (images->format < 0)
        return -1;
    return formats[images->format].count
               ? formats[images->format].count(images, a, opts, e)
               : 0;
}

/* Gray, or RGB with alpha or without, of 8 bits. */
static int
check_colors(const struct seg_tensor *t, const char *path, struct seg_err *e)
{
    size_t c = t->shape[2];

    if (t->type == SEG_U8 && (c == 1 || c == 3 || c == 4))
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: label image of %zu channels, %s; palette, gray or 8-bit RGB "
        "expected",
        path, c, seg_type_name(t->type));
}

static void
note_rounding(struct seg_rounding *r, double from, double to)
{
    double by = fabs(from - to);

    r->n += by > 0;
    r->most = by > r->most ? by : r->most;
}

/* How far from a whole number a label may lie: a file of whole numbers and a
   scale has rounded it to half a step. */
static double
tolerance(double step)
{
    static const double least = 0.001;
    double half = step < 1 ? step / 2 : 0;

    return half > least ? half : least;
}

/* The range of a label's numbers. */
struct labels {
    double low, high;
    size_t gaps; /* values that no class can have and that mean no data */
};

/* The whole number that v stands for; nan where it is no label. */
static double
label_of(double v, double near)
{
    double whole = round(v);

    return fabs(v - whole) <= near && whole >= SEG_VALUE_MIN &&
                   whole <= SEG_VALUE_MAX
               ? whole
               : (double)NAN;
}

static int
look_at_labels(struct labels *l, const struct seg_tensor *t, double near,
    const struct seg_nodata *nodata, const char *path, struct seg_err *e)
{
    size_t n = seg_tensor_count(t);

    *l = (struct labels){.low = 0};
    for (size_t i = 0; i < n; i++) {
        double v = seg_tensor_get(t, i), whole = label_of(v, near);

        if (!isnan(whole)) {
            l->low = whole < l->low ? whole : l->low;
            l->high = whole > l->high ? whole : l->high;
        } else if (seg_nodata_is(nodata, t->type, v)) {
            l->gaps++;
        } else {
            return seg_fail(e, SEG_EDATA,
                "%s: value %g at (x %zu, y %zu) is no label", path, v,
                i % t->shape[1], i / t->shape[1]);
        }
    }
    if (l->low < 0 && l->high > INT16_MAX)
        return seg_fail(e, SEG_EDATA,
            "%s: labels from %g to %g do not fit into 16 bits", path, l->low,
            l->high);
    return 0;
}

/* The labels of t in the first type that holds them all. */
static int
make_labels(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, double step, struct seg_err *e)
{
    double near = tolerance(step);
    struct seg_tensor in = *seg_record_find(rec, name);
    size_t n = seg_tensor_count(&in);
    struct seg_nodata nodata;
    struct labels l;

    if (in.rank == 3)
        return check_colors(&in, path, e);
    if (in.type == SEG_U8 || in.type == SEG_U16)
        return 0;
    if (seg_nodata_get(&nodata, rec, e))
        return -1;
    if (opts->nan_is_nodata && !nodata.declared)
        nodata = (struct seg_nodata){1, NAN};
    if (look_at_labels(&l, &in, near, &nodata, path, e))
        return -1;
    struct seg_tensor *t = seg_record_add(rec, name,
        l.gaps          ? SEG_I32
        : l.low < 0     ? SEG_I16
        : l.high <= 255 ? SEG_U8
                        : SEG_U16,
        in.rank, in.shape, e);
    for (size_t i = 0; t && i < n; i++) {
        double v = seg_tensor_get(&in, i), whole = label_of(v, near);

        if (!isnan(whole))
            note_rounding(&rec->label_rounding, v, whole);
        seg_tensor_put(t, i, isnan(whole) ? SEG_LABEL_NODATA : whole);
    }
    return t ? 0 : -1;
}

/* Every program takes u8, u16, i16 and f32. */
static int
make_image(struct seg_record *rec, const char *name, struct seg_err *e)
{
    struct seg_tensor in = *seg_record_find(rec, name);
    size_t n = seg_tensor_count(&in);
    int whole = in.type == SEG_U32 || in.type == SEG_I32 ||
                in.type == SEG_U64 || in.type == SEG_I64;

    if (in.type == SEG_U8 || in.type == SEG_U16 || in.type == SEG_I16 ||
        in.type == SEG_F32)
        return 0;
    struct seg_tensor *t =
        seg_record_add(rec, name, SEG_F32, in.rank, in.shape, e);
    if (!t)
        return -1;
    seg_tensor_floats(t->data, &in);
    for (size_t i = 0; i < n; i++) {
        double v = seg_tensor_get(&in, i), to = ((float *)t->data)[i];

        if (whole || isinf(v) != isinf(to))
            note_rounding(&rec->image_rounding, v, to);
    }
    return 0;
}

int
seg_image_settle(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, double step, struct seg_err *e)
{
    return opts->mode == SEG_IMAGE_PIXELS
               ? make_image(rec, name, e)
               : make_labels(rec, name, path, opts, step, e);
}

int
seg_images_read(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    int i = images->format;
    const struct seg_file *file = &images->file;

    if (page >= images->n)
        return seg_fail(
            e, SEG_EDATA, "%s: page %zu of %zu", file->path, page, images->n);
    int bad = formats[i].read
                  ? formats[i].read(rec, name, file, opts, e)
                  : formats[i].read_page(rec, name, images, page, opts, e);

    return bad ? bad
               : seg_image_settle(rec, name, file->path, opts, images->step, e);
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
