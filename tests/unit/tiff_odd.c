/* TIFF files of other programs: several images with one directory, samples of
   all depths, chunks that are left out, pages that are flagged. */
#define _DEFAULT_SOURCE
#include <math.h>

#include "tests/unit/tiff_page.h"

/* ---- several images with one directory ---- */

enum { SIDE = 4, TEXT_ROOM = 200 };

/* `stored` images of SIDE x SIDE pixels of `size` bytes and `bands` bands; byte
   i of image k is 50 k + i.  The description follows them. */
static void
make_stack(int big, int size, int bands, int stored, const char *text)
{
    uint8_t bytes[8 * SIDE * SIDE * 8 * 3 + TEXT_ROOM] = {0};
    size_t one = (size_t)(SIDE * SIDE * size * bands), n = one * (size_t)stored;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(50 * (i / one) + i % one % 50);
    plain_page(SIDE, SIDE, 8 * size, one);
    page[BANDS].value = (uint64_t)bands;
    page[FORMAT].value = size == 4 ? 3 : 1; /* floats are not converted */
    page[COLORS].value = bands == 3 ? 2 : 1;
    if (bands == 3) /* three equal values, stored after the text */
        page[BITS] = (struct entry){258, SHORT, 3, 8 + n + TEXT_ROOM - 8};
    for (int k = 0; k < 3; k++)
        bytes[n + TEXT_ROOM - 8 + (size_t)(2 * k + big)] = (uint8_t)(8 * size);
    page[DESCRIPTION] = (struct entry){270, ASCII, strlen(text) + 1, 8 + n};
    memcpy(bytes + n, text, strlen(text) + 1);
    save_page(big, bytes, n + TEXT_ROOM);
}

/* 1 if all images are read and begin with the right bytes. */
static int
is_stack(int images, int big, int size)
{
    struct seg_images all;

    seg_record_clear(&rec);
    if (seg_images_open(&all, &rec.arena, path, &image, &err)) {
        note("%s", err.text);
        return 0;
    }
    if (all.n != (size_t)images) {
        note("%zu images", all.n);
        return 0;
    }
    for (int k = 0; k < images; k++) {
        if (seg_images_read(&rec, "x", &all, (size_t)k, &image, &err)) {
            note("%s", err.text);
            return 0;
        }
        const uint8_t *p = seg_record_find(&rec, "x")->data;
        if (p[big ? size - 1 : 0] != 50 * k ||
            p[size + (big ? size - 1 : 0)] != 50 * k + size)
            return 0;
    }
    return 1;
}

static void
test_stacks(void)
{
    static const char imagej[] = "ImageJ=1.53t\nimages=3\nslices=3\n";
    static const struct {
        const char *name, *text;
    } texts[] = {{"ImageJ", imagej},
        {"ImageJ, axes alone", "ImageJ=1.53t\nchannels=3\nframes=1\n"},
        {"tifffile", "{\"axes\": \"ZYX\", \"shape\": [3, 4, 4]}"},
        {"tifffile, truncated",
            "{\"shape\": [1, 3, 4, 4], \"truncated\": true}"},
        {"tifffile, an old one", "shape=(3, 4, 4)"}};
    char text[TEXT_ROOM];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        make_stack(0, 1, 1, 3, texts[i].text);
        ok(is_stack(3, 0, 1), "%s: three images", texts[i].name);
    }
    for (int big = 0; big < 2; big++)
        for (int size = 1; size < 8; size *= 2)
            for (int bands = 1; bands < 4; bands += 2) {
                make_stack(big, size, bands, 3, imagej);
                ok(is_stack(3, big, size), "ImageJ: %d bytes, %d bands%s", size,
                    bands, big ? ", MM" : "");
            }
    make_stack(0, 1, 3, 2, "{\"shape\": [2, 4, 4, 3]}");
    ok(is_stack(2, 0, 1), "a shape that counts bands");
    make_stack(0, 1, 1, 3, "{\"shape\": [4, 4]}");
    ok(is_stack(1, 0, 1), "a shape of one image");
    make_stack(0, 1, 1, 3, "{\"shape\": [32, 64, 3]}");
    ok(is_stack(1, 0, 1), "a shape of another image");
    make_stack(0, 1, 1, 3, "ImageJ=1.53t\nimages=99999999999\n");
    snprintf(text, sizeof text,
        "of the 99999999999 images that its "
        "ImageDescription (tag 270) promises");
    ok(refused(text), "refused: %s", err.text);
    make_stack(0, 1, 1, 3, "ImageJ=1.53t\nimages=40\n");
    ok(refused("of the 40 images that its ImageDescription"), "refused: %s",
        err.text);
}

static void
test_depth(void)
{
    make_stack(0, 1, 1, 3, "");
    page[EXTRA] = (struct entry){32997, LONG, 1, 3};
    save_page(0, made.p + 8, 3 * SIDE * SIDE);
    ok(is_stack(3, 0, 1), "ImageDepth 3 in strips");
    page[EXTRA].value = 30;
    save_page(0, made.p + 8, 3 * SIDE * SIDE);
    ok(refused("ImageDepth (tag 32997) 30 in strips"), "refused: %s", err.text);
    make_stack(0, 1, 1, 3, "");
    page[EXTRA] = (struct entry){33629, LONG, 3, 8};
    save_page(0, made.p + 8, 3 * SIDE * SIDE);
    ok(is_stack(3, 0, 1), "a MetaMorph stack");
}

/* Tiles of 16 x 16 x 2 pixels, two of them for a depth of 3. */
static void
test_deep_tiles(void)
{
    enum { TILE = 16 * 16, ALL = 4 * TILE };
    uint8_t bytes[ALL + 16] = {0};
    struct entry e[] = {{256, LONG, 1, 16}, {257, LONG, 1, 16},
        {258, SHORT, 1, 8}, {259, SHORT, 1, 1}, {262, SHORT, 1, 1},
        {277, SHORT, 1, 1}, {322, LONG, 1, 16}, {323, LONG, 1, 16},
        {324, LONG, 2, 8 + ALL}, {325, LONG, 2, 8 + ALL + 8},
        {32997, LONG, 1, 3}, {32998, LONG, 1, 2}};
    const uint32_t where[4] = {8, 8 + 2 * TILE, 2 * TILE, 2 * TILE};

    for (size_t i = 0; i < ALL; i++)
        bytes[i] = (uint8_t)(50 * (i / TILE) + i % TILE % 50);
    memcpy(bytes + ALL, where, sizeof where);
    make_tiff(&made, 0, bytes, sizeof bytes, e, 12, 0);
    save();
    ok(is_stack(3, 0, 1), "ImageDepth 3 in tiles of depth 2");
}

/* ---- depths ---- */

static void
pack(uint8_t *to, size_t bit, uint64_t v, int bits)
{
    for (int i = bits - 1; i >= 0; i--, bit++)
        to[bit / 8] |= (uint8_t)((v >> i & 1) << (7 - bit % 8));
}

/* Each row begins at a byte boundary. */
static void
test_bits(void)
{
    enum { WIDE = 5, HIGH = 3, N = WIDE * HIGH };
    double want[N], less[N];

    for (int bits = 1; bits <= 32; bits++) {
        uint8_t bytes[HIGH * WIDE * 4] = {0};
        size_t line = (size_t)(WIDE * bits + 7) / 8;
        uint64_t max = (1ull << bits) - 1;

        if (bits % 8 == 0)
            continue;
        for (size_t i = 0; i < N; i++) {
            uint64_t v = i * 0x9e3779b97f4a7c15u >> 20 & max;

            want[i] = (double)(float)v;
            less[i] = (double)(float)(max - v);
            pack(bytes, i / WIDE * line * 8 + i % WIDE * (size_t)bits, v, bits);
        }
        enum seg_type type = bits < 8 ? SEG_U8 : bits < 16 ? SEG_U16 : SEG_F32;
        plain_page(WIDE, HIGH, bits, HIGH * line);
        save_page(bits % 2, bytes, HIGH * line);
        ok(holds(read_one(&image), type, want, N), "%d bits", bits);
        page[COLORS].value = 0;
        save_page(bits % 2, bytes, HIGH * line);
        ok(holds(read_one(&image), type, less, N), "%d bits, 0 is white", bits);
    }
}

static void
test_signed_bits(void)
{
    enum { N = 6 };

    for (int bits = 2; bits < 32; bits++) {
        uint8_t bytes[N * 4] = {0};
        double want[N];
        int64_t half = 1ll << (bits - 1);

        if (bits % 8 == 0)
            continue;
        for (int64_t i = 0; i < N; i++) {
            int64_t v = i == 0 ? -half : i == 1 ? half - 1 : i % 4 - 2;

            want[i] = (double)(float)v;
            pack(bytes, (size_t)(i * bits), (uint64_t)v, bits);
        }
        plain_page(N, 1, bits, (size_t)(N * bits + 7) / 8);
        page[FORMAT].value = 2;
        save_page(bits % 2, bytes, sizeof bytes);
        enum seg_type type = bits > 8 && bits < 16 ? SEG_I16 : SEG_F32;
        ok(holds(read_one(&image), type, want, N), "%d bits, signed", bits);
    }
}

/* A tile of 16 x 16 pixels of which only the 2 rows of the image are stored. */
static void
test_short_tile(void)
{
    static const uint8_t bytes[] = {0x81 + 112, 5, 0x81 + 112, 6};
    struct entry e[] = {{256, LONG, 1, 16}, {257, LONG, 1, 2},
        {258, SHORT, 1, 8}, {259, SHORT, 1, 32773}, {262, SHORT, 1, 1},
        {277, SHORT, 1, 1}, {322, LONG, 1, 16}, {323, LONG, 1, 16},
        {324, LONG, 1, 8}, {325, LONG, 1, sizeof bytes}};
    double want[32];

    for (int i = 0; i < 32; i++)
        want[i] = i < 16 ? 5 : 6;
    make_tiff(&made, 0, bytes, sizeof bytes, e, 10, 0);
    save();
    ok(holds(read_one(&image), SEG_U8, want, 32), "rows below the image");
    e[9].value = 3;
    make_tiff(&made, 0, bytes, sizeof bytes, e, 10, 0);
    save();
    ok(refused("damaged TIFF: "), "refused: %s", err.text);
}

/* A fax line with a code that does not exist: libtiff continues after it. */
static void
test_bad_fax(void)
{
    static const uint8_t bytes[64] = {0};

    plain_page(64, 8, 1, 64);
    page[PACKING].value = 4;
    page[COLORS].value = 0;
    save_page(0, bytes, 64);
    ok(refused("damaged TIFF: "), "refused: %s", err.text);
}

static void
test_24_bits(void)
{
    static const uint8_t bytes[] = {3, 2, 1, 0x80, 0, 0xff};
    static const double want[] = {0x030201, 0x8000ff};
    static const uint8_t floats[] = {0, 0x80, 0x3f, 0, 0, 0xc1, 1, 0, 0};
    static const double wanted[] = {1.5, -4, 0x1p-78};

    plain_page(2, 1, 24, 6);
    save_page(0, bytes, 6);
    ok(holds(read_one(&image), SEG_F32, want, 2), "24 bits");
    save_page(1, bytes, 6);
    ok(holds(read_one(&image), SEG_F32, want, 2), "24 bits, MM");
    plain_page(3, 1, 24, 9);
    page[FORMAT].value = 3;
    save_page(0, floats, 9);
    ok(holds(read_one(&image), SEG_F32, wanted, 3), "floats of 24 bits");
}

/* Numbers of 64 bits: f32 as an image, labels as a label. */
static void
test_64_bits(void)
{
    static const int64_t small[] = {0, 1, 2, 300};
    static const int64_t signs[] = {-1, 5, 0, 7};
    static const uint64_t large[] = {1ull << 63, 0, 1, 2};
    static const double want[] = {0, 1, 2, 300}, minus[] = {-1, 5, 0, 7},
                        huge[] = {0x1p63, 0, 1, 2};

    for (int format = 1; format < 3; format++) {
        plain_page(2, 2, 64, 32);
        page[FORMAT].value = (uint64_t)format;
        save_page(0, small, 32);
        ok(holds(read_one(&image), SEG_F32, want, 4), "64 bits, format %d",
            format);
        ok(holds(read_one(&label), SEG_U16, want, 4), "and as a label");
    }
    save_page(0, signs, 32);
    ok(holds(read_one(&label), SEG_I16, minus, 4), "a label of -1");
    page[FORMAT].value = 1;
    save_page(0, large, 32);
    ok(holds(read_one(&image), SEG_F32, huge, 4), "2^63");
    ok(!read_one(&label) && strstr(err.text, "is no label"), "refused: %s",
        err.text);
}

static void
test_unsupported(void)
{
    static const uint8_t bytes[64] = {0};
    static const struct {
        int entry, value;
        const char *text;
    } no[] = {{FORMAT, 5, "not supported: TIFF samples of 64 bits, complex"},
        {FORMAT, 6, "not supported: TIFF samples of 64 bits, complex"},
        {COLORS, 8,
            "not supported: TIFF with PhotometricInterpretation (tag "
            "262) 8"},
        {COLORS, 32803, "not supported: TIFF with PhotometricInterpretation"},
        {PACKING, 12345,
            "not supported: TIFF with Compression (tag 259) "
            "12345"},
        {BITS, 128, "not supported: TIFF samples of 128 bits"}};

    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        plain_page(2, 2, 64, 32);
        page[no[i].entry].value = (uint64_t)no[i].value;
        save_page(0, bytes, 64);
        ok(refused(no[i].text), "%s", err.text);
    }
}

/* ---- chunks that are left out ---- */

/* Four strips of a row of 4 samples each, of which the third is stored. */
static void
make_sparse(int bits, int format, const char *nodata)
{
    uint8_t bytes[4 * 8 + 32 + 20] = {0};
    uint32_t where[8] = {[2] = 8, [6] = (uint32_t)bits / 2};

    memset(bytes, 1, 32);
    memcpy(bytes + 32, where, 32);
    memcpy(bytes + 64, nodata, strlen(nodata) + 1);
    plain_page(4, 4, bits, 4);
    page[FORMAT].value = (uint64_t)format;
    page[ROWS].value = 1;
    page[OFFSETS] = (struct entry){273, LONG, 4, 40};
    page[SIZES] = (struct entry){279, LONG, 4, 56};
    page[EXTRA] = (struct entry){42113, ASCII, strlen(nodata) + 1, 72};
    if (strlen(nodata) < 4) /* then it is in the entry itself */
        memcpy(&page[EXTRA].value, nodata, 4);
    save_page(0, bytes, sizeof bytes);
}

static void
test_sparse(void)
{
    static const struct {
        int bits, format;
        const char *nodata;
        enum seg_type type;
        double blank, stored;
    } all[] = {{8, 1, "200.0", SEG_U8, 200, 1}, {8, 1, "-9999", SEG_U8, 0, 1},
        {8, 1, "99999", SEG_U8, 255, 1}, {8, 2, "-1.00", SEG_F32, -1, 1},
        {4, 1, "7.000", SEG_U8, 7, 0}, {12, 1, "3000.", SEG_U16, 3000, 16},
        {16, 2, "-32768", SEG_I16, -32768, 257},
        {32, 3, "-9999", SEG_F32, -9999, 0x1.020202p-125},
        {16, 3, "-9999", SEG_F32, -10000, 0x1.01p-16 * 0.25},
        {64, 2, "-9999", SEG_F32, -9999, 72340172838076673.},
        {64, 3, "1e300", SEG_F32, INFINITY, 0}};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        make_sparse(all[i].bits, all[i].format, all[i].nodata);
        const struct seg_tensor *t = read_one(&image);
        double row = t ? seg_tensor_get(t, 8) : -1;

        ok(t && t->type == all[i].type &&
                seg_tensor_get(t, 0) == all[i].blank &&
                seg_tensor_get(t, 7) == all[i].blank &&
                seg_tensor_get(t, 15) == all[i].blank && row != all[i].blank,
            "%d bits, format %d, nodata %s: %g", all[i].bits, all[i].format,
            all[i].nodata, t ? seg_tensor_get(t, 0) : NAN);
    }
    make_sparse(32, 3, "nan  ");
    const struct seg_tensor *t = read_one(&image);
    ok(t && isnan(seg_tensor_get(t, 0)) && !isnan(seg_tensor_get(t, 8)),
        "nodata nan");
    make_sparse(8, 1, "200.0");
    page[OFFSETS].count = 3;
    save_page(0, made.p + 8, made.n);
    ok(refused("damaged TIFF: a chunk is missing"), "refused: %s", err.text);
    make_sparse(8, 1, "200.0");
    made.p[40] = 8; /* an offset without a size */
    save();
    ok(refused("damaged TIFF: "), "refused: %s", err.text);
}

/* ---- pages that are not ---- */

static void
test_reduced(void)
{
    static const uint8_t bytes[] = {7, 8, 9, 10};
    static const double want[] = {7, 8, 9, 10};

    for (int kind = 1; kind < 8; kind++) {
        plain_page(2, 2, 8, 4);
        page[KIND].value = (uint64_t)kind;
        save_page(kind % 2, bytes, 4);
        ok(holds(read_one(&image), SEG_U8, want, 4), "NewSubfileType %d alone",
            kind);
        page[KIND] = (struct entry){255, SHORT, 1, (uint64_t)kind};
        save_page(kind % 2, bytes, 4);
        ok(holds(read_one(&image), SEG_U8, want, 4), "SubfileType %d alone",
            kind);
    }
    plain_page(2, 2, 8, 4);
    page[COLORS].value = 4;
    save_page(0, bytes, 4);
    ok(holds(read_one(&image), SEG_U8, want, 4), "a mask by its color");
}

int
main(void)
{
    scratch_file();
    test_stacks();
    test_depth();
    test_deep_tiles();
    test_bits();
    test_signed_bits();
    test_short_tile();
    test_bad_fax();
    test_24_bits();
    test_64_bits();
    test_unsupported();
    test_sparse();
    test_reduced();
    seg_record_free(&rec);
    return done();
}
