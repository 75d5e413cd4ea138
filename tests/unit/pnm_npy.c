/* PNM, PAM and npy: round trips, files of other programs, refusals. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "lib/base/rng.h"
#include "lib/image/transform.h"
#include "tests/unit/common_type.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static struct seg_err err;
static struct seg_record from, to;
static const struct seg_image_opts image = {.mode = SEG_IMAGE_PIXELS},
                                   label = {.mode = SEG_IMAGE_LABEL};

extern const struct seg_image_format seg_npy_format, seg_pnm_format;

static int
comes_back(const struct seg_image_format *f, enum seg_type type, size_t h,
    size_t width, size_t c)
{
    struct seg_rng r = seg_rng_make(1, "pnm", "pixels", h * width * c);
    struct seg_tensor *t, *u;
    int fd = open(path, O_WRONLY | O_TRUNC), bad;

    seg_record_clear(&from);
    seg_record_clear(&to);
    t = seg_record_add(
        &from, "image", type, c ? 3 : 2, (size_t[]){h, width, c}, &err);
    for (size_t i = 0; i < t->bytes; i++)
        ((uint8_t *)t->data)[i] = (uint8_t)seg_rng_bits(&r);
    bad = f->write(fd, path, t, &(struct seg_image_write_opts){0}, &err);
    close(fd);
    if (bad || seg_image_read(&to, "image", path, c ? &image : &label, &err))
        return 0;
    u = seg_record_find(&to, "image");
    return u->rank == t->rank && same_common_type(u, t);
}

static void
test_round_trips(void)
{
    static const enum seg_type types[] = {
        SEG_U8, SEG_U16, SEG_I8, SEG_I16, SEG_U32, SEG_I32, SEG_F32};
    static const size_t sizes[][2] = {{1, 1}, {7, 5}, {300, 1}, {2, 3000}};

    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 4; k++)
            for (size_t c = i < 2 ? 0 : 1; c < 6; c++) {
                ok(comes_back(
                       &seg_npy_format, types[i], sizes[k][0], sizes[k][1], c),
                    "npy, %s, %zu x %zu, %zu channels", seg_type_name(types[i]),
                    sizes[k][1], sizes[k][0], c);
                if (i < 2)
                    ok(comes_back(&seg_pnm_format, types[i], sizes[k][0],
                           sizes[k][1], c),
                        "PAM, %s, %zu x %zu, %zu channels",
                        seg_type_name(types[i]), sizes[k][1], sizes[k][0], c);
            }
}

static const struct seg_tensor *
read_bytes(const void *bytes, size_t n, const struct seg_image_opts *opts)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    int bad = write(fd, bytes, n) != (ssize_t)n;

    close(fd);
    seg_record_clear(&to);
    return bad || seg_image_read(&to, "t", path, opts, &err)
               ? NULL
               : seg_record_find(&to, "t");
}

#define S(text) text, sizeof text - 1

static void
test_others(void)
{
    static const struct {
        const char *bytes;
        size_t n, count;
        double value[8];
    } files[] = {{S("P1\n# c\n3 2\n1 0 1\n0 1 0\n"), 6, {0, 1, 0, 1, 0, 1}},
        {S("P1 3 2 101010"), 6, {0, 1, 0, 1, 0, 1}},
        {S("P2\n3 1\n9\n1 2 9\n"), 3, {1, 2, 9}},
        {S("P2 2 1 300 1 300"), 2, {1, 300}},
        {S("P3 1 1 255 7 8 9\n"), 3, {7, 8, 9}},
        {S("P4 3 2\n\xa0\x40"), 6, {0, 1, 0, 1, 0, 1}},
        {S("P5 2 1 255\nAB"), 2, {65, 66}},
        {S("P5 1 1\n#x\n65535\nAB"), 1, {65 * 256 + 66}},
        {S("P6 1 1 255 ABC"), 3, {65, 66, 67}},
        {S("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\n# c\nENDHDR\nAB"), 2,
            {65, 66}},
        {S("\x93NUMPY\x01\x00\x3e\x00{'descr': '>f8', 'fortran_order': False, "
           "'shape': (1, 1), }  \n\x3f\xf8\0\0\0\0\0\0"),
            1, {1.5}},
        {S("\x93NUMPY\x02\x00\x3e\x00\x00\x00{'descr': '<f2', 'fortran_order': "
           "False, 'shape': (1, 1), }  \n\x00\x3e"),
            1, {1.5}},
        {S("\x93NUMPY\x01\x00\x3e\x00{'descr': '|b1', 'fortran_order': False, "
           "'shape': (1, 2), }  \n\x01\x00"),
            2, {1, 0}}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct seg_tensor *t =
            read_bytes(files[i].bytes, files[i].n, &image);
        int good = t && seg_tensor_count(t) == files[i].count;
        for (size_t k = 0; good && k < files[i].count; k++)
            good = seg_tensor_get(t, k) == files[i].value[k];
        if (!ok(good, "%.2s, file %zu", files[i].bytes, i) && !t)
            note("%s", err.text);
    }
    const struct seg_tensor *t = read_bytes("P1 3 1 101", 10, &label);
    ok(t && t->rank == 2 && seg_tensor_get(t, 0) == 1,
        "the bits of a label stay");
    t = read_bytes("P6 1 1 255 ABC", 14, &label);
    ok(t && t->rank == 3 && t->shape[2] == 3, "and so do its colors");
    t = read_bytes("P6 1 1 256 ABCDEF", 17, &label);
    ok(!t && err.kind == SEG_EDATA, "refused: %s", err.text);
}

/* An image of 3 x 2 in all orientations: its pixels at the top left and right.
   */
static void
test_turning(void)
{
    static const char want[9][7] = {"", "abcdef", "cbafed", "fedcba", "defabc",
        "adbecf", "daebfc", "fcebda", "cfbead"};
    struct seg_tensor in = {.type = SEG_U8,
        .rank = 3,
        .shape = {2, 3, 1},
        .bytes = 6,
        .data = "abcdef"};

    for (int o = 1; o <= 8; o++) {
        char bytes[7] = {0};
        struct seg_tensor out = in;

        out.shape[0] = o > 4 ? 3 : 2;
        out.shape[1] = o > 4 ? 2 : 3;
        out.data = bytes;
        seg_image_orient(&out, &in, o);
        ok(!memcmp(bytes, want[o], 6), "orientation %d: %s", o, bytes);
    }
    float hu[6] = {-1000, -160, 40, 240, 241, 139};
    uint8_t gray[6];
    struct seg_tensor ct = {.type = SEG_F32,
                          .rank = 2,
                          .shape = {1, 6},
                          .bytes = sizeof hu,
                          .data = hu},
                      out = {.type = SEG_U8,
                          .rank = 2,
                          .shape = {1, 6},
                          .bytes = 6,
                          .data = gray};
    seg_image_map_intensity(&out, &ct, 40, 400);
    ok(!memcmp(gray, "\0\0\x80\xff\xff\xbf", 6), "a window of values");
}

int
main(void)
{
    scratch_file();
    test_round_trips();
    test_others();
    test_turning();
    seg_record_free(&from);
    seg_record_free(&to);
    return done();
}
