#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "formats/geometry/nifti_header.h"
#include "formats/table/number.h"

/* Offset, kind (i integer, f float) and bytes of each field in NIfTI-1 and
   NIfTI-2. */
static const struct {
    int at1;
    char kind1;
    int size1, at2;
    char kind2;
    int size2;
} fields[] = {
    [NIFTI_DIM] = {40, 'i', 2, 16, 'i', 8},
    [NIFTI_DATATYPE] = {70, 'i', 2, 12, 'i', 2},
    [NIFTI_BITPIX] = {72, 'i', 2, 14, 'i', 2},
    [NIFTI_PIXDIM] = {76, 'f', 4, 104, 'f', 8},
    [NIFTI_VOX_OFFSET] = {108, 'f', 4, 168, 'i', 8},
    [NIFTI_SLOPE] = {112, 'f', 4, 176, 'f', 8},
    [NIFTI_INTER] = {116, 'f', 4, 184, 'f', 8},
    [NIFTI_CAL_MAX] = {124, 'f', 4, 192, 'f', 8},
    [NIFTI_CAL_MIN] = {128, 'f', 4, 200, 'f', 8},
    [NIFTI_QFORM] = {252, 'i', 2, 344, 'i', 4},
    [NIFTI_SFORM] = {254, 'i', 2, 348, 'i', 4},
    [NIFTI_QUATERN] = {256, 'f', 4, 352, 'f', 8},
    [NIFTI_QOFFSET] = {268, 'f', 4, 376, 'f', 8},
    [NIFTI_SROW] = {280, 'f', 4, 400, 'f', 8},
    [NIFTI_UNITS] = {123, 'i', 1, 500, 'i', 4},
};

static const struct {
    int datatype;
    enum seg_type type;
    int colors;
} types[] = {{2, SEG_U8, 1}, {4, SEG_I16, 1}, {8, SEG_I32, 1}, {16, SEG_F32, 1},
    {64, SEG_F64, 1}, {128, SEG_U8, 3}, {256, SEG_I8, 1}, {512, SEG_U16, 1},
    {768, SEG_U32, 1}, {1024, SEG_I64, 1}, {1280, SEG_U64, 1},
    {2304, SEG_U8, 4}};

enum { TYPES = sizeof types / sizeof *types };

int
seg_nifti_datatype(enum seg_type type)
{
    for (int i = 0; i < TYPES; i++)
        if (types[i].type == type && types[i].colors == 1)
            return types[i].datatype;
    return 0;
}

double
seg_nifti_get(const struct seg_nifti_header *h, enum seg_nifti_field f, int i)
{
    int first = h->n == SEG_NIFTI_1;
    int size = first ? fields[f].size1 : fields[f].size2;
    char kind = first ? fields[f].kind1 : fields[f].kind2, bytes[8];
    union {
        int8_t i1;
        int16_t i2;
        int32_t i4;
        int64_t i8;
        float f4;
        double f8;
    } v;

    memcpy(bytes, h->p + (first ? fields[f].at1 : fields[f].at2) + i * size,
        (size_t)size);
    if (h->swapped)
        seg_swap_bytes(bytes, 1, (size_t)size);
    memcpy(&v, bytes, (size_t)size);
    if (kind == 'f')
        return size == 4 ? (double)v.f4 : v.f8;
    return size == 1   ? v.i1
           : size == 2 ? v.i2
           : size == 4 ? v.i4
                       : (double)v.i8;
}

void
seg_nifti_set(
    struct seg_nifti_header *h, enum seg_nifti_field f, int i, double x)
{
    int first = h->n == SEG_NIFTI_1;
    int size = first ? fields[f].size1 : fields[f].size2;
    char kind = first ? fields[f].kind1 : fields[f].kind2, bytes[8];
    int64_t whole = kind == 'i' ? (int64_t)x : 0;
    float single = (float)x;

    if (kind == 'i')
        memcpy(bytes, &whole, 8); /* little-endian: the low bytes come first */
    else if (size == 4)
        memcpy(bytes, &single, 4);
    else
        memcpy(bytes, &x, 8);
    if (h->swapped)
        seg_swap_bytes(bytes, 1, (size_t)size);
    memcpy(h->p + (first ? fields[f].at1 : fields[f].at2) + i * size, bytes,
        (size_t)size);
}

/* ---- recognizing ---- */

static int
find_version(struct seg_nifti_header *h, const void *bytes, size_t n)
{
    static const int sizes[] = {SEG_NIFTI_1, SEG_NIFTI_2};

    for (int k = 0; k < 2; k++)
        for (int swapped = 0; swapped < 2; swapped++) {
            int32_t size;

            if (n < (size_t)sizes[k])
                continue;
            memcpy(&size, bytes, 4);
            if (swapped)
                seg_swap_bytes(&size, 1, 4);
            if (size != sizes[k])
                continue;
            h->n = (size_t)size;
            h->swapped = swapped;
            memcpy(h->p, bytes, h->n);
            return !memcmp(h->p + (k ? 4 : 344), k ? "n+2" : "n+1", 4)   ? 1
                   : !memcmp(h->p + (k ? 4 : 344), k ? "ni2" : "ni1", 4) ? 2
                                                                         : 0;
        }
    return 0;
}

int
seg_nifti_from_hex(struct seg_nifti_header *h, const char *hex)
{
    uint8_t bytes[SEG_NIFTI_2];
    size_t n = strlen(hex) / 2;
    unsigned byte;

    if (n > sizeof bytes)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return -1;
        bytes[i] = (uint8_t)byte;
    }
    return find_version(h, bytes, n) > 0 ? 0 : -1;
}

int
seg_nifti_is(const void *bytes, size_t n)
{
    struct seg_nifti_header h;

    return find_version(&h, bytes, n) > 0;
}

/* ---- fields ---- */

/* Notes a field that makes no sense but does not affect the voxels. */
static void SEG_PRINTF(2, 3)
    add_warning(struct seg_nifti *v, const char *fmt, ...)
{
    size_t at = strlen(v->warning), left = sizeof v->warning - at;
    va_list args;

    if (at && left > 2) {
        strcpy(v->warning + at, "; ");
        at += 2;
        left -= 2;
    }
    va_start(args, fmt);
    vsnprintf(v->warning + at, left, fmt, args);
    va_end(args);
}

static int
read_sizes(struct seg_nifti *v, const char *path, struct seg_err *e)
{
    const struct seg_nifti_header *h = &v->header;
    double rank = seg_nifti_get(h, NIFTI_DIM, 0);

    if (!(rank >= 1 && rank <= 7))
        return seg_fail(e, SEG_EDATA, "%s: damaged NIfTI: %g axes", path, rank);
    v->channels = 1;
    for (int i = 0; i < 3; i++)
        v->shape[i] = 1;
    for (int i = 1; i <= (int)rank; i++) {
        double n = seg_nifti_get(h, NIFTI_DIM, i);

        if (n == 0 && i > 3) {
            add_warning(v, "dim[%d] is 0: taken for 1", i);
            n = 1;
        }
        if (!(n >= 1 && n < 1e15))
            return seg_fail(e, SEG_EDATA,
                "%s: damaged NIfTI: %g voxels along axis %d", path, n, i);
        if (i <= 3)
            v->shape[i - 1] = (size_t)n;
        else if (seg_mul(&v->channels, v->channels, (size_t)n))
            return seg_fail(e, SEG_EDATA, "%s: damaged NIfTI: too large", path);
    }
    return 0;
}

static int
read_type(struct seg_nifti *v, const char *path, struct seg_err *e)
{
    int datatype = (int)seg_nifti_get(&v->header, NIFTI_DATATYPE, 0), i = 0;
    int bits = (int)seg_nifti_get(&v->header, NIFTI_BITPIX, 0);

    while (i < TYPES && types[i].datatype != datatype)
        i++;
    if (i == TYPES)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: NIfTI of datatype %d%s; whole numbers, floats "
            "of 32 or 64 bits or RGB expected",
            path, datatype,
            datatype == 32 || datatype == 1792 || datatype == 2048
                ? " (complex)"
            : datatype == 1536 ? " (floats of 128 bits)"
            : datatype == 1    ? " (bits)"
                               : "");
    v->type = types[i].type;
    v->colors = types[i].colors;
    if (bits != (int)seg_type_size(v->type) * 8 * v->colors)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged NIfTI: %d bits for datatype %d", path, bits, datatype);
    if (v->colors > 1 && v->channels > 1)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: NIfTI of RGB with a fourth axis", path);
    if (v->colors > 1)
        v->channels = (size_t)v->colors;
    return 0;
}

static int
read_place(struct seg_nifti *v, const char *path, struct seg_err *e)
{
    const struct seg_nifti_header *h = &v->header;
    double offset = seg_nifti_get(h, NIFTI_VOX_OFFSET, 0);
    size_t voxels;

    if (offset >= 0 && offset < (double)h->n)
        offset = (double)h->n + 4; /* some programs do not set it */
    if (!(offset >= 0 && offset < 1e15 && offset == floor(offset)))
        return seg_fail(
            e, SEG_EDATA, "%s: damaged NIfTI: voxels at %g", path, offset);
    v->offset = (size_t)offset;
    if (seg_mul(&voxels, v->shape[0], v->shape[1]) ||
        seg_mul(&voxels, voxels, v->shape[2]) ||
        seg_mul(&voxels, voxels, v->channels) ||
        seg_mul(&v->bytes, voxels, seg_type_size(v->type)) ||
        v->bytes > SIZE_MAX / 2)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged NIfTI: %zux%zux%zux%zu voxels", path, v->shape[0],
            v->shape[1], v->shape[2], v->channels);
    return 0;
}

/* Removes the sign of a nan, which printf would show. */
static double
plain(double v)
{
    return isnan(v) ? (double)NAN : v;
}

/* The rules of the reference implementation (nifti1_io): with a slope that is 0
   or not finite values are as stored; an intercept that is not finite is 0. */
static void
read_scaling(struct seg_nifti *v)
{
    v->slope = seg_nifti_get(&v->header, NIFTI_SLOPE, 0);
    v->inter = seg_nifti_get(&v->header, NIFTI_INTER, 0);
    if (!isfinite(v->slope) || !isfinite(v->inter))
        add_warning(v, "scl_slope is %g and scl_inter %g: values are %s",
            plain(v->slope), plain(v->inter),
            v->slope == 0 || !isfinite(v->slope) ? "as stored"
                                                 : "scaled by the slope alone");
    if (v->slope == 0 || !isfinite(v->slope) || v->colors > 1) {
        v->slope = 1;
        v->inter = 0;
    }
    if (!isfinite(v->inter))
        v->inter = 0;
}

/* The rotation of a quaternion b, c, d, NIfTI's method 2. */
static void
rotate(double affine[12], const struct seg_nifti_header *h,
    const double spacing[3])
{
    double b = seg_nifti_get(h, NIFTI_QUATERN, 0);
    double c = seg_nifti_get(h, NIFTI_QUATERN, 1);
    double d = seg_nifti_get(h, NIFTI_QUATERN, 2);
    double all = b * b + c * c + d * d;
    double a = all < 1 ? sqrt(1 - all) : 0, unit = sqrt(all);

    if (all > 1.001) { /* not just rounding: normalize */
        b /= unit;
        c /= unit;
        d /= unit;
    }
    double flip = seg_nifti_get(h, NIFTI_PIXDIM, 0) < 0 ? -1 : 1;
    const double r[9] = {a * a + b * b - c * c - d * d, 2 * (b * c - a * d),
        2 * (b * d + a * c), 2 * (b * c + a * d), a * a + c * c - b * b - d * d,
        2 * (c * d - a * b), 2 * (b * d - a * c), 2 * (c * d + a * b),
        a * a + d * d - b * b - c * c};

    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            affine[4 * i + k] = r[3 * i + k] * spacing[k] * (k == 2 ? flip : 1);
        affine[4 * i + 3] = seg_nifti_get(h, NIFTI_QOFFSET, i);
    }
}

static int
all_finite(const double affine[12])
{
    int n = 0;

    for (int i = 0; i < 12; i++)
        n += isfinite(affine[i]) != 0;
    return n == 12;
}

static void
read_spacing(struct seg_nifti *v)
{
    static const char *const units[] = {"unknown", "m", "mm", "um"};
    int unit = (int)seg_nifti_get(&v->header, NIFTI_UNITS, 0) & 7;

    v->unit = units[unit < 4 ? unit : 0];
    for (int i = 0; i < 3; i++) {
        double d = fabs(seg_nifti_get(&v->header, NIFTI_PIXDIM, i + 1));

        v->spacing[i] = d > 0 && isfinite(d) ? d : 1;
        if (!isfinite(d))
            add_warning(v, "pixdim[%d] is %g: taken for 1", i + 1, plain(d));
    }
}

/* The affine map from the sform, else the qform, else the voxel size.  A form
   that is not finite is skipped. */
static void
read_affine(struct seg_nifti *v)
{
    const struct seg_nifti_header *h = &v->header;

    if (seg_nifti_get(h, NIFTI_SFORM, 0) > 0) {
        for (int i = 0; i < 12; i++)
            v->affine[i] = seg_nifti_get(h, NIFTI_SROW, i);
        if (all_finite(v->affine))
            return;
        add_warning(v, "the sform is not finite: not used");
    }
    if (seg_nifti_get(h, NIFTI_QFORM, 0) > 0) {
        rotate(v->affine, h, v->spacing);
        if (all_finite(v->affine))
            return;
        add_warning(v, "the qform is not finite: not used");
    }
    memset(v->affine, 0, sizeof v->affine);
    for (int i = 0; i < 3; i++)
        v->affine[5 * i] = v->spacing[i];
}

int
seg_nifti_parse(struct seg_nifti *v, const void *bytes, size_t n,
    const char *path, struct seg_err *e)
{
    switch (find_version(&v->header, bytes, n)) {
    case 0:
        return seg_fail(e, SEG_EDATA, "%s: not NIfTI", path);
    case 2:
        return seg_fail(e, SEG_EDATA,
            "%s: header of a NIfTI in two files (.hdr and .img); one expected",
            path);
    }
    v->warning[0] = 0;
    if (read_sizes(v, path, e) || read_type(v, path, e) ||
        read_place(v, path, e))
        return -1;
    read_scaling(v);
    read_spacing(v);
    read_affine(v);
    return 0;
}

void
seg_nifti_default_header(struct seg_nifti_header *h)
{
    enum { MM = 2 };
    int32_t size = SEG_NIFTI_1;

    *h = (struct seg_nifti_header){.n = SEG_NIFTI_1};
    memcpy(h->p, &size, 4);
    memcpy(h->p + 344, "n+1", 4);
    for (int i = 0; i < 8; i++)
        seg_nifti_set(h, NIFTI_PIXDIM, i, 1);
    seg_nifti_set(h, NIFTI_UNITS, 0, MM);
}
