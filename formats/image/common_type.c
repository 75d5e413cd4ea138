#include <math.h>

#include "formats/image/common_type.h"
#include "lib/image/nodata.h"
#include "lib/label/labelmap.h"

/* The colors of a label image must be gray, RGB or RGBA of 8 bits. */
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

/* The allowed distance of a label value from a whole number.  A file that
   scales whole numbers has rounded its values to half a step. */
static double
tolerance(double step)
{
    static const double min = 0.001;
    double half = step < 1 ? step / 2 : 0;

    return half > min ? half : min;
}

/* The range of the values of a label image. */
struct labels {
    double low, high;
    size_t without_data; /* values that no class can have, declared as nodata */
};

/* v rounded to a whole number; nan if it is no label. */
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
find_range(struct labels *l, const struct seg_tensor *t, double near,
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
            l->without_data++;
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

/* Converts a label image to the first type that holds all of its values. */
static int
convert_labels(struct seg_record *rec, const char *name, const char *path,
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
    if (find_range(&l, &in, near, &nodata, path, e))
        return -1;
    struct seg_tensor *t = seg_record_add(rec, name,
        l.without_data  ? SEG_I32
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

/* Converts an image to f32 unless it is u8, u16, i16 or f32. */
static int
convert_image(struct seg_record *rec, const char *name, struct seg_err *e)
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
seg_image_to_common_type(struct seg_record *rec, const char *name,
    const char *path, const struct seg_image_opts *opts, double step,
    struct seg_err *e)
{
    return opts->mode == SEG_IMAGE_PIXELS
               ? convert_image(rec, name, e)
               : convert_labels(rec, name, path, opts, step, e);
}
