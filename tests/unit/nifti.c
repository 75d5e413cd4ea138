/* NIfTI: types, axes, versions and byte orders written and read; refusals. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/codec/gzip.h"
#include "formats/geometry/nifti_header.h"
#include "formats/image/image.h"
#include "formats/nifti/nifti.h"
#include "formats/table/number.h"
#include "lib/base/rng.h"
#include "tests/unit/common_type.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static struct seg_err err;
static struct seg_record rec;
static struct seg_arena arena;

/* ---- a volume in memory ---- */

struct volume {
    struct seg_nifti_header h;
    size_t shape[4], n, size;
    char *data;
};

static struct volume
make(int version, int swapped, enum seg_type type, size_t channels)
{
    static const int32_t sizes[] = {0, SEG_NIFTI_1, SEG_NIFTI_2};
    struct volume v = {.shape = {5, 4, 3, channels},
        .n = 60 * channels,
        .size = seg_type_size(type)};
    struct seg_rng r = seg_rng_make(1, "nifti", "voxels", v.n);
    int32_t first = sizes[version];

    v.h = (struct seg_nifti_header){.n = (size_t)first, .swapped = swapped};
    if (swapped)
        seg_swap_bytes(&first, 1, 4);
    memcpy(v.h.p, &first, 4);
    memcpy(v.h.p + (version == 1 ? 344 : 4), version == 1 ? "n+1" : "n+2", 4);
    seg_nifti_set(&v.h, NIFTI_DIM, 0, channels > 1 ? 4 : 3);
    for (int i = 0; i < 7; i++)
        seg_nifti_set(&v.h, NIFTI_DIM, i + 1, i < 4 ? (double)v.shape[i] : 1);
    seg_nifti_set(&v.h, NIFTI_DATATYPE, 0, seg_nifti_datatype(type));
    seg_nifti_set(&v.h, NIFTI_BITPIX, 0, (double)v.size * 8);
    for (int i = 0; i < 8; i++)
        seg_nifti_set(&v.h, NIFTI_PIXDIM, i, 1 + i * 0.5);
    seg_nifti_set(&v.h, NIFTI_VOX_OFFSET, 0, (double)v.h.n + 4);
    seg_nifti_set(&v.h, NIFTI_UNITS, 0, 10);
    seg_nifti_set(&v.h, NIFTI_SFORM, 0, 1);
    for (int i = 0; i < 12; i++)
        seg_nifti_set(&v.h, NIFTI_SROW, i, i * 1.25 - 4);
    v.data = seg_take(&arena, v.n, v.size, &err);
    for (size_t i = 0; i < v.n * v.size; i++)
        v.data[i] = (char)seg_rng_bits(&r);
    for (size_t i = 0; i < v.n; i++) /* no nan, as its bits may change */
        if (type == SEG_F32)
            ((float *)(void *)v.data)[i] = (float)i * 0.37f - 9;
        else if (type == SEG_F64)
            ((double *)(void *)v.data)[i] = (double)i * 0.25;
    return v;
}

static void
save(const struct volume *v, int packed)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    size_t n = v->n * v->size;
    char *bytes = seg_take(&arena, v->h.n + 4 + n, 1, &err);
    struct seg_gzip *g;

    memcpy(bytes, v->h.p, v->h.n);
    memcpy(bytes + v->h.n + 4, v->data, n);
    if (v->h.swapped)
        seg_swap_bytes(bytes + v->h.n + 4, v->n, v->size);
    n += v->h.n + 4;
    if (!packed && write(fd, bytes, n) != (ssize_t)n)
        ok(0, "cannot write");
    if (packed) {
        if (seg_gzip_open(&g, fd, path, &err) ||
            seg_gzip_put(g, bytes, n, &err) || seg_gzip_end(g, &err))
            ok(0, "%s", err.text);
        seg_gzip_free(g);
    }
    close(fd);
}

/* The index of voxel (x, y, z) of channel c in its slice. */
static size_t
place(const struct seg_tensor *t, int axis, const size_t at[3], size_t c)
{
    int row, column;

    seg_volume_axes(axis, &row, &column);
    return (at[row] * t->shape[1] + at[column]) * t->shape[2] + c;
}

static int
slices_hold(const struct volume *v, int axis, enum seg_type type)
{
    const struct seg_image_opts opts = {.axis = axis};
    struct seg_images images;
    struct seg_tensor whole = {
        .type = type, .bytes = v->n * v->size, .data = v->data};

    if (seg_images_open(&images, &arena, path, &opts, &err) ||
        images.n != v->shape[axis]) {
        note("%s", err.text);
        return 0;
    }
    for (size_t i = 0; i < v->n; i++) {
        size_t at[3] = {i % 5, i / 5 % 4, i / 20 % 3};
        seg_record_clear(&rec);
        if (seg_images_read(&rec, "image", &images, at[axis], &opts, &err)) {
            note("%s", err.text);
            return 0;
        }
        const struct seg_tensor *t = seg_record_find(&rec, "image");
        double seen = seg_tensor_get(t, place(t, axis, at, i / 60));
        if (t->type != settled_type(type) ||
            seen != (double)(t->type != type ? (float)seg_tensor_get(&whole, i)
                                             : seg_tensor_get(&whole, i)))
            return 0;
    }
    return 1;
}

/* Writes all slices as a volume again and compares voxels and header, except
   scaling and type. */
static int
comes_back(const struct volume *v, enum seg_type type, int axis)
{
    const struct seg_image_opts opts = {.axis = axis};
    struct seg_images images;
    struct seg_nifti_writer s = {0};
    int fd, bad = seg_images_open(&images, &arena, path, &opts, &err);

    for (size_t i = images.n; !bad && i-- > 0;) {
        char key[24];

        snprintf(key, sizeof key, "v@%zu", i);
        seg_record_clear(&rec);
        bad = seg_record_set(&rec, "seg.key", key, &err) ||
              seg_images_read(&rec, "image", &images, i, &opts, &err);
        const struct seg_tensor *t =
            bad ? NULL : seg_record_find(&rec, "image");
        if (!bad)
            bad = i + 1 == images.n ? seg_nifti_writer_start(&s, &rec, t, &err)
                  : seg_nifti_writer_continues(&s, &rec)
                      ? seg_nifti_writer_add(&s, &rec, t, &err)
                      : -1;
    }
    fd = open(path, O_WRONLY | O_TRUNC);
    bad =
        bad || strcmp(s.key, "v") || seg_nifti_writer_write(&s, fd, path, &err);
    close(fd);
    seg_nifti_writer_free(&s);
    if (bad || seg_images_open(&images, &arena, path, &opts, &err)) {
        note("%s", err.text);
        return 0;
    }
    struct volume want = *v;
    enum seg_type out = settled_type(type);
    size_t shape[] = {v->n, 1}, size = seg_type_size(out);
    struct seg_tensor seen = {.type = out, .rank = 2, .bytes = v->n * size},
                      stored = {.type = type,
                          .rank = 2,
                          .bytes = v->n * v->size,
                          .data = v->data};

    memcpy(seen.shape, shape, sizeof shape);
    memcpy(stored.shape, shape, sizeof shape);
    seen.data = seg_take(&arena, v->n, size, &err);
    memcpy(seen.data, images.file.data + v->h.n + 4, v->n * size);
    if (v->h.swapped)
        seg_swap_bytes(seen.data, v->n, size);
    seg_nifti_set(&want.h, NIFTI_SLOPE, 0, 1);
    seg_nifti_set(&want.h, NIFTI_DATATYPE, 0, seg_nifti_datatype(out));
    seg_nifti_set(&want.h, NIFTI_BITPIX, 0, (double)size * 8);
    return !memcmp(images.file.data, want.h.p, v->h.n) &&
           same_common_type(&seen, &stored);
}

static void
test_round_trips(void)
{
    static const enum seg_type types[] = {
        SEG_U8, SEG_I8, SEG_U16, SEG_I16, SEG_U32, SEG_I32, SEG_F32};

    for (int i = 0; i < 7; i++)
        for (int version = 1; version <= 2; version++)
            for (int swapped = 0; swapped < 2; swapped++)
                for (int axis = 0; axis < 3; axis++) {
                    size_t channels = axis == 1 ? 2 : 1;
                    struct volume v =
                        make(version, swapped, types[i], channels);

                    save(&v, (axis + i) % 2);
                    int good = slices_hold(&v, axis, types[i]);
                    ok(good && comes_back(&v, types[i], axis),
                        "NIfTI-%d, %s%s, slices of %c, %zu channels", version,
                        seg_type_name(types[i]), swapped ? " swapped" : "",
                        "xyz"[axis], channels);
                    seg_arena_reset(&arena);
                }
    static const enum seg_type wide[] = {SEG_F64, SEG_I64, SEG_U64};
    for (int i = 0; i < 3; i++) {
        struct volume v = make(1, i % 2, wide[i], 1);

        save(&v, 0);
        ok(slices_hold(&v, 2, wide[i]), "%s becomes f32",
            seg_type_name(wide[i]));
    }
}

static void
test_meaning(void)
{
    const struct seg_image_opts image = {.axis = 2},
                                label = {.mode = SEG_IMAGE_LABEL, .axis = 2};
    struct volume v = make(1, 1, SEG_I16, 1);
    struct seg_volume at;

    for (int i = 0; i < 60; i++)
        ((int16_t *)(void *)v.data)[i] = (int16_t)(i * 3);
    save(&v, 0);
    seg_record_clear(&rec);
    ok(!seg_image_read(&rec, "label", path, &label, &err) &&
            seg_record_find(&rec, "label")->type == SEG_U8 &&
            seg_record_find(&rec, "label")->rank == 2 &&
            seg_record_meta(&rec, "seg.volume"),
        "a label that fits becomes u8, and its place is told");
    seg_nifti_set(&v.h, NIFTI_SLOPE, 0, 2);
    seg_nifti_set(&v.h, NIFTI_INTER, 0, -1024);
    save(&v, 0);
    ok(!seg_image_read(&rec, "image", path, &image, &err) &&
            seg_record_find(&rec, "image")->type == SEG_F32 &&
            seg_tensor_get(seg_record_find(&rec, "image"), 7) == 42 - 1024,
        "slope and intercept give f32");
    ok(seg_volume_get(&at, &rec, &err) == 1 && at.axis == 2 && at.index == 0 &&
            at.shape[0] == 5 && at.shape[2] == 3 && at.spacing[0] == 1.5 &&
            at.affine[3] == -0.25 && !strcmp(at.unit, "mm") &&
            !strcmp(at.path, strrchr(path, '/') + 1),
        "seg.volume: %s", seg_record_meta(&rec, "seg.volume"));
    ok(!seg_image_read(&rec, "label", path, &label, &err) &&
            seg_record_find(&rec, "label")->type == SEG_I16,
        "labels below 0 become i16");
    seg_nifti_set(&v.h, NIFTI_SLOPE, 0, 0.5);
    save(&v, 0);
    ok(seg_image_read(&rec, "label", path, &label, &err) < 0 &&
            strstr(err.text, "at (x 1, y 0) is no label"),
        "refused: %s", err.text);
    /* a quarter turn about z, by quaternion */
    seg_nifti_set(&v.h, NIFTI_SFORM, 0, 0);
    seg_nifti_set(&v.h, NIFTI_QFORM, 0, 1);
    seg_nifti_set(&v.h, NIFTI_PIXDIM, 0, -1);
    seg_nifti_set(&v.h, NIFTI_QUATERN, 2, sqrt(0.5));
    seg_nifti_set(&v.h, NIFTI_QOFFSET, 1, 7);
    save(&v, 0);
    ok(!seg_image_read(&rec, "image", path, &image, &err) &&
            seg_volume_get(&at, &rec, &err) == 1 &&
            fabs(at.affine[1] + 2) < 1e-6 && fabs(at.affine[4] - 1.5) < 1e-6 &&
            fabs(at.affine[10] + 2.5) < 1e-6 && at.affine[7] == 7,
        "a quaternion: %s", seg_record_meta(&rec, "seg.volume"));
}

/* ---- fields that say nothing about voxels ---- */

struct odd {
    const char *name;
    enum seg_nifti_field field;
    int index;
    double value;
    const char *warning; /* a part of the text; NULL: no warning */
};

static void
test_odd_fields(void)
{
    static const double nan = 0. / 0., inf = 1. / 0.;
    const struct odd odd[] = {
        {"slope nan", NIFTI_SLOPE, 0, nan, "scl_slope is "},
        {"slope inf", NIFTI_SLOPE, 0, inf, "scl_slope is inf"},
        {"slope -inf", NIFTI_SLOPE, 0, -inf, "as stored"},
        {"slope 0", NIFTI_SLOPE, 0, 0, NULL},
        {"intercept nan", NIFTI_INTER, 0, nan, "as stored"},
        {"cal_max nan", NIFTI_CAL_MAX, 0, nan, NULL},
        {"cal_min inf", NIFTI_CAL_MIN, 0, inf, NULL},
        {"pixdim 0", NIFTI_PIXDIM, 1, 0, NULL},
        {"pixdim -2", NIFTI_PIXDIM, 2, -2, NULL},
        {"pixdim nan", NIFTI_PIXDIM, 3, nan, "pixdim[3] is "},
        {"pixdim inf", NIFTI_PIXDIM, 1, inf, "pixdim[1] is inf"},
        {"qfac nan", NIFTI_PIXDIM, 0, nan, NULL},
        {"sform nan", NIFTI_SROW, 5, nan, "the sform is not finite"},
        {"sform singular", NIFTI_SROW, 0, 0, NULL},
        {"units 77", NIFTI_UNITS, 0, 77, NULL},
        {"dim[4] 0", NIFTI_DIM, 4, 0, "dim[4] is 0"},
        {"voxels at 0", NIFTI_VOX_OFFSET, 0, 0, NULL}};
    const struct seg_image_opts opts = {.axis = 2};

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        for (int version = 1; version <= 2; version++) {
            struct volume v = make(version, (int)i % 2, SEG_U8, 1);

            seg_nifti_set(&v.h, NIFTI_DIM, 0, 4);
            seg_nifti_set(&v.h, odd[i].field, odd[i].index, odd[i].value);
            save(&v, (int)i % 3 == 0);
            seg_record_clear(&rec);
            int bad = seg_image_read(&rec, "image", path, &opts, &err);
            const struct seg_tensor *t = seg_record_find(&rec, "image");
            const char *w = bad ? err.text : rec.warnings;
            ok(!bad && t->type == SEG_U8 && !memcmp(t->data, v.data, 20) &&
                    !w == !odd[i].warning && (!w || strstr(w, odd[i].warning)),
                "NIfTI-%d, %s: %s", version, odd[i].name, w ? w : "no warning");
            seg_arena_reset(&arena);
        }
}

/* An sform that is not finite, an impossible quaternion. */
static void
test_odd_places(void)
{
    const struct seg_image_opts opts = {.axis = 2};
    struct volume v = make(1, 0, SEG_U8, 1);
    struct seg_volume at;

    seg_nifti_set(&v.h, NIFTI_QFORM, 0, 1);
    seg_nifti_set(&v.h, NIFTI_SROW, 11, 0. / 0.);
    for (int i = 0; i < 3; i++)
        seg_nifti_set(&v.h, NIFTI_QUATERN, i, i == 2 ? 1e20 : 0);
    save(&v, 0);
    seg_record_clear(&rec);
    int bad = seg_image_read(&rec, "image", path, &opts, &err);
    ok(!bad && seg_volume_get(&at, &rec, &err) == 1 && at.affine[0] == -1.5 &&
            at.affine[5] == -2 && at.affine[10] == 2.5,
        "a quaternion too long is a half turn: %s",
        seg_record_meta(&rec, "seg.volume"));
    seg_nifti_set(&v.h, NIFTI_QOFFSET, 1, 1. / 0.);
    save(&v, 0);
    seg_record_clear(&rec);
    ok(!seg_image_read(&rec, "image", path, &opts, &err) &&
            strstr(rec.warnings, "the qform is not finite") &&
            seg_volume_get(&at, &rec, &err) == 1 && at.affine[0] == 1.5 &&
            at.affine[3] == 0 && at.affine[11] == 0,
        "without either, the size of voxels");
}

/* ---- labels that are whole but for a scale ---- */

/* Stored numbers k become k * slope + inter; 1 and their labels in got. */
static int
labels(double slope, double inter, const int16_t stored[4], double got[4])
{
    static const struct seg_image_opts opts = {
        .mode = SEG_IMAGE_LABEL, .axis = 2};
    struct volume v = make(1, 0, SEG_I16, 1);

    for (size_t i = 0; i < v.n; i++)
        ((int16_t *)(void *)v.data)[i] = stored[i % 4];
    seg_nifti_set(&v.h, NIFTI_SLOPE, 0, slope);
    seg_nifti_set(&v.h, NIFTI_INTER, 0, inter);
    save(&v, 0);
    seg_record_clear(&rec);
    if (seg_image_read(&rec, "label", path, &opts, &err))
        return 0;
    for (size_t i = 0; i < 4; i++)
        got[i] = seg_tensor_get(seg_record_find(&rec, "label"), i);
    return 1;
}

static void
test_rounding(void)
{
    double got[4], slope = 11. / 65535, inter = 11. * 32768 / 65535;
    const int16_t full[] = {-32768, -26810, -20853, 32767};

    int good = labels(slope, inter, full, got);
    ok(good && got[0] == 0 && got[1] == 1 && got[2] == 2 && got[3] == 11 &&
            rec.label_rounding.n >= 10 && rec.label_rounding.n <= 20 &&
            rec.label_rounding.most < slope / 2,
        "0, 1, 2 and 11 over the range of int16: %zu of 20 rounded, by %g",
        rec.label_rounding.n, rec.label_rounding.most);
    ok(labels(200. / 255, 0, (int16_t[]){0, 1, 3, 255}, got) && got[0] == 0 &&
            got[1] == 1 && got[2] == 2 && got[3] == 200,
        "0, 1, 2 and 200 over the range of uint8");
    ok(!labels(0.5, 0, (int16_t[]){0, 2, 4, 5}, got) && err.kind == SEG_EDATA &&
            strstr(err.text, "value 2.5 at (x 3, y 0) is no label"),
        "refused: %s", err.text);
    ok(!labels(2.5, 0, (int16_t[]){0, 1, 2, 3}, got) &&
            strstr(err.text, "value 2.5 at (x 1, y 0)"),
        "a step of more than 1 allows nothing: %s", err.text);
    ok(!labels(1, 0.25, (int16_t[]){0, 1, 2, 3}, got) &&
            strstr(err.text, "value 0.25 at (x 0, y 0)"),
        "nor does one of 1: %s", err.text);
    ok(labels(1, 0, (int16_t[]){0, 1, 2, 3}, got) && !rec.label_rounding.n,
        "whole numbers are not rounded");
}

int
main(void)
{
    scratch_file();
    test_round_trips();
    test_meaning();
    test_odd_fields();
    test_odd_places();
    test_rounding();
    seg_record_free(&rec);
    seg_arena_free(&arena);
    return done();
}
