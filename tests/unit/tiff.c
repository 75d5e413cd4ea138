/* TIFF: all layouts written and read, layouts that are only read, rows. */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/geometry/geo.h"
#include "formats/image/image.h"
#include "formats/tiff/tiff.h"
#include "lib/base/rng.h"
#include "tests/unit/common_type.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"
#include "tests/unit/tiff_made.h"

static struct seg_err err;
static struct seg_record from, to;
static const struct seg_image_opts image = {.mode = SEG_IMAGE_PIXELS},
                                   label = {.mode = SEG_IMAGE_LABEL};

static struct seg_tensor *
make(enum seg_type type, size_t h, size_t w, size_t c)
{
    struct seg_rng r = seg_rng_make(1, "tiff", "pixels", h * w * c);
    size_t shape[3] = {h, w, c};

    seg_record_clear(&from);
    struct seg_tensor *t =
        seg_record_add(&from, "image", type, c ? 3 : 2, shape, &err);
    for (size_t i = 0; t && i < t->bytes; i++)
        ((uint8_t *)t->data)[i] = (uint8_t)seg_rng_bits(&r);
    return t;
}

static int
write_file(const struct seg_tensor *t, struct seg_tiff_write_opts form)
{
    int fd = open(path, O_RDWR | O_TRUNC);
    int status = seg_tiff_write(fd, path, t, form, &err);

    close(fd);
    return status;
}

static int
same(const struct seg_tensor *t, const struct seg_tensor *u)
{
    return u && u->type == t->type && u->bytes == t->bytes &&
           u->shape[0] == t->shape[0] && u->shape[1] == t->shape[1] &&
           !memcmp(u->data, t->data, t->bytes);
}

static int
comes_back(const struct seg_tensor *t, struct seg_tiff_write_opts form)
{
    seg_record_clear(&to);
    return !write_file(t, form) &&
           !seg_image_read(&to, "image", path, &image, &err) &&
           same_common_type(seg_record_find(&to, "image"), t);
}

/* The same row by row, in the stored type, several rows in each call. */
static int
comes_back_by_rows(const struct seg_tensor *t, struct seg_tiff_write_opts form)
{
    enum { STEP = 7 };
    struct seg_tiff_writer *w;
    struct seg_tiff_reader *r;
    const struct seg_tiff_info *s;
    size_t h = t->shape[0], pitch = t->bytes / h;
    struct seg_tensor *u;
    int fd = open(path, O_RDWR | O_TRUNC), good;

    form.h = h;
    form.w = t->shape[1];
    form.c = t->shape[2];
    form.type = t->type;
    good = !seg_tiff_create(&w, fd, path, &form, &err);
    for (size_t y = 0; good && y < h; y += STEP)
        good = !seg_tiff_write_rows(w, (const char *)t->data + y * pitch,
            h - y < STEP ? h - y : STEP, &err);
    good = good && !seg_tiff_finish(w, &err);
    seg_tiff_free(w);
    close(fd);
    if (!good || seg_tiff_open(&r, &s, path, 0, &image, &err))
        return 0;
    seg_record_clear(&to);
    u = seg_record_add(
        &to, "image", s->type, 3, (size_t[]){s->h, s->w, s->c}, &err);
    /* from bottom to top: any order is allowed */
    for (size_t y1 = h; good && y1 > 0;) {
        size_t y0 = y1 > STEP ? y1 - STEP : 0;

        good =
            !seg_tiff_read_rows(r, (char *)u->data + y0 * pitch, y0, y1, &err);
        y1 = y0;
    }
    seg_tiff_close(r);
    return good && same(t, u);
}

static void
test_round_trips(void)
{
    static const enum seg_type types[] = {
        SEG_U8, SEG_I8, SEG_U16, SEG_I16, SEG_U32, SEG_I32, SEG_F32};
    static const size_t bands[] = {1, 2, 3, 4, 13};
    static const char *const packing[] = {"deflate", "LZW", "plain"};
    char text[80];

    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 5; k++)
            for (int layout = 0; layout < 12; layout++) {
                size_t big = layout / 6 % 2 ? 67 : 9;
                struct seg_tiff_write_opts form = {.compression = layout % 3,
                    .tile = layout / 3 % 2 ? 16 : 0,
                    .planar = (i + k + layout / 6) % 2,
                    .big = layout % 2};
                struct seg_tensor *t = make(types[i], big, big + 14, bands[k]);

                ok(comes_back(t, form) && comes_back_by_rows(t, form),
                    "%s, %s, %s%s%s", seg_tensor_describe(text, sizeof text, t),
                    packing[form.compression], form.tile ? "tiles" : "strips",
                    form.planar ? ", planes" : "", form.big ? ", big" : "");
            }
    ok(comes_back(make(SEG_U8, 1, 1, 1), (struct seg_tiff_write_opts){0}),
        "one pixel");
    ok(comes_back(make(SEG_U16, 3000, 300, 3), (struct seg_tiff_write_opts){0}),
        "many strips");
    ok(comes_back_by_rows(make(SEG_U16, 300, 3000, 3),
           (struct seg_tiff_write_opts){.tile = 256}),
        "large tiles");
}

static void
test_palette(void)
{
    struct seg_palette p = {.n = 256};
    struct seg_tensor *t = make(SEG_U8, 9, 11, 0);
    int bad;

    for (int i = 0; i < 256; i++)
        for (int k = 0; k < 3; k++)
            p.rgb[i][k] = (uint8_t)(i * (k + 3));
    seg_record_clear(&to);
    ok(!write_file(t, (struct seg_tiff_write_opts){.palette = &p}) &&
            !seg_image_read(&to, "label", path, &label, &err) &&
            seg_record_find(&to, "label")->rank == 2 &&
            same(t, seg_record_find(&to, "label")),
        "palette: numbers come back as labels");
    bad = seg_image_read(&to, "image", path, &image, &err);
    for (size_t i = 0; !bad && i < t->bytes; i++)
        bad = memcmp((uint8_t *)seg_record_find(&to, "image")->data + 3 * i,
            p.rgb[((uint8_t *)t->data)[i]], 3);
    ok(!bad, "and as colors");
    ok(write_file(make(SEG_U8, 4, 4, 3),
           (struct seg_tiff_write_opts){.palette = &p}) < 0 &&
            err.kind == SEG_EDATA,
        "refused: %s", err.text);
    ok(write_file(make(SEG_F64, 4, 4, 1), (struct seg_tiff_write_opts){0}) <
                0 &&
            err.kind == SEG_EDATA,
        "refused: %s", err.text);
    int full = open("/dev/full", O_WRONLY);
    ok(seg_tiff_write(full, "full", make(SEG_U8, 200, 200, 3),
           (struct seg_tiff_write_opts){0}, &err) < 0 &&
            err.kind == SEG_EIO,
        "a full device: %s", err.text);
    close(full);
}

/* ---- what we read and do not write ---- */

static struct made made;

static const struct seg_tensor *
read_made(const char *name, const struct seg_image_opts *opts)
{
    int fd = open(path, O_RDWR | O_TRUNC);
    int bad = write(fd, made.p, made.n) != (ssize_t)made.n;

    close(fd);
    seg_record_clear(&to);
    return bad || seg_image_read(&to, name, path, opts, &err)
               ? NULL
               : seg_record_find(&to, name);
}

static int
holds(const struct seg_tensor *t, const double *want, size_t n)
{
    if (!t || seg_tensor_count(t) != n) {
        note("%s", t ? "another size" : err.text);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        if (seg_tensor_get(t, i) != want[i]) {
            note("%zu: %g, not %g", i, seg_tensor_get(t, i), want[i]);
            return 0;
        }
    return 1;
}

/* A page of w x h pixels in one strip. */
static void
make_page(int big, int w, int h, int bits, int format, int colors,
    const void *pixels, size_t bytes, uint64_t palette_at)
{
    struct entry e[] = {{256, LONG, 1, (uint64_t)w},
        {257, LONG, 1, (uint64_t)h}, {258, SHORT, 1, (uint64_t)bits},
        {259, SHORT, 1, 1}, {262, SHORT, 1, (uint64_t)colors},
        {273, LONG, 1, 8}, {277, SHORT, 1, 1}, {278, LONG, 1, (uint64_t)h},
        {279, LONG, 1, bytes}, {339, SHORT, 1, (uint64_t)format},
        {320, SHORT, bits < 9 ? 3u << bits : 0, palette_at}};

    make_tiff(&made, big, pixels, bytes, e, palette_at ? 11 : 10, 0);
}

static void
test_depths(void)
{
    static const uint8_t bits1[] = {0xa5, 0x80, 0x3c, 0x00};
    static const uint8_t bits2[] = {0x1b, 0xc0, 0xe4, 0x40};
    static const uint8_t bits4[] = {0x12, 0x34, 0xf0, 0x56, 0x78, 0x90};
    static const double want1[] = {
        1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0};
    static const double less1[] = {
        0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 1};
    static const double want2[] = {0, 1, 2, 3, 3, 3, 2, 1, 0, 1};
    static const double want4[] = {1, 2, 3, 4, 15, 5, 6, 7, 8, 9};
    static const double less4[] = {14, 13, 12, 11, 0, 10, 9, 8, 7, 6};

    make_page(0, 9, 2, 1, 1, 1, bits1, 4, 0);
    ok(holds(read_made("image", &image), want1, 18), "1 bit");
    make_page(1, 9, 2, 1, 1, 0, bits1, 4, 0);
    ok(holds(read_made("image", &image), less1, 18), "1 bit, 0 is white");
    ok(holds(read_made("label", &label), want1, 18), "not so for a label");
    make_page(0, 5, 2, 2, 1, 1, bits2, 4, 0);
    ok(holds(read_made("image", &image), want2, 10), "2 bits");
    make_page(0, 5, 2, 4, 1, 1, bits4, 6, 0);
    ok(holds(read_made("image", &image), want4, 10), "4 bits");
    make_page(0, 5, 2, 4, 1, 0, bits4, 6, 0);
    ok(holds(read_made("image", &image), less4, 10), "4 bits, 0 is white");
}

static void
test_floats(void)
{
    static const double want[] = {1.5, -0.25, 65504, 0};
    static const uint16_t half[] = {0x3e00, 0xb400, 0x7bff, 0};

    make_page(0, 2, 2, 64, 3, 1, want, sizeof want, 0);
    const struct seg_tensor *t = read_made("image", &image);
    ok(holds(t, want, 4) && t->type == SEG_F32, "64-bit floats become f32");
    make_page(0, 2, 2, 16, 3, 1, half, sizeof half, 0);
    t = read_made("image", &image);
    ok(holds(t, want, 4) && t->type == SEG_F32, "16-bit floats become f32");
    make_page(0, 1, 2, 128, 1, 1, want, sizeof want, 0);
    ok(!read_made("image", &image) && err.kind == SEG_EDATA, "refused: %s",
        err.text);
    make_page(0, 1, 1, 16, 6, 1, want, sizeof want, 0);
    ok(!read_made("image", &image) && err.kind == SEG_EDATA, "refused: %s",
        err.text);
}

/* Palette entries of 8 bits instead of 16. */
static void
test_small_palette(void)
{
    uint8_t bytes[2 + 24] = {0x1b, 0x00};
    static const double want[] = {
        10, 50, 90, 20, 60, 100, 30, 70, 110, 40, 80, 120};
    static const double numbers[] = {0, 1, 2, 3};

    for (int i = 0; i < 12; i++)
        bytes[2 + 2 * i] = (uint8_t)(10 + 10 * i);
    make_page(0, 4, 1, 2, 1, 3, bytes, sizeof bytes, 10);
    ok(holds(read_made("image", &image), want, 12), "a palette of 8 bits");
    ok(holds(read_made("label", &label), numbers, 4), "its numbers");
    for (int i = 0; i < 12; i++)
        bytes[2 + 2 * i + 1] = bytes[2 + 2 * i];
    make_page(0, 4, 1, 2, 1, 3, bytes, sizeof bytes, 10);
    ok(holds(read_made("image", &image), want, 12), "a palette of 16 bits");
}

/* ---- georeference ---- */

static void
set_geo(const char *text)
{
    if (seg_record_set(&to, "seg.geo", text, &err))
        ok(0, "%s", err.text);
}

static void
test_geo(void)
{
    static const char text[] =
        "scale 10,10,0\ntie 0,0,0,500000.125,4600020.1,0\n"
        "keys 1,1,0,1,1025,0,1,1\ndoubles 298.257223563\n"
        "ascii WGS 84 \\\\ b|\nnodata -9999\n"
        "metadata <a>\\n</a>\\xc3\\xa4\n";
    struct seg_tiff_write_opts form = {.geo = text};
    const char *back;

    ok(comes_back(make(SEG_U8, 5, 6, 2), form), "with tags");
    back = seg_record_meta(&to, "seg.geo");
    ok(back && !strcmp(back, text), "tags come back");
    ok(!seg_geo_crop(&to, 3, 4, 1, 1, &err) &&
            strstr(seg_record_meta(&to, "seg.geo"),
                "tie -3,-4,0,500000.125,4600020.1,0\n"),
        "a window moves the tie point");
    ok(!seg_geo_crop(&to, -3, -4, 1, 1, &err) &&
            !strcmp(seg_record_meta(&to, "seg.geo"), text),
        "and back");
    ok(!seg_geo_crop(&to, 2, 0, 0.5, 2, &err) &&
            strstr(seg_record_meta(&to, "seg.geo"), "scale 20,5,0\ntie -1,0,0"),
        "a larger pixel");
    set_geo("matrix 2,0,0,100,0,-2,0,200,0,0,0,0,0,0,0,1\n");
    ok(!seg_geo_crop(&to, 3, 4, 0.5, 1, &err) &&
            !strcmp(seg_record_meta(&to, "seg.geo"),
                "matrix 4,0,0,106,0,-2,0,192,0,0,0,0,0,0,0,1\n"),
        "a matrix: %s", seg_record_meta(&to, "seg.geo"));
    set_geo("scale 1,1,0\ntie 0,0,0,0.5,0.5,0\nkeys 1,1,0,1,1025,0,1,2\n");
    ok(!seg_geo_crop(&to, 0, 0, 2, 2, &err) &&
            strstr(seg_record_meta(&to, "seg.geo"), "tie 0.5,0.5,0,0.5"),
        "pixels that are points");
    static const char *const bad[] = {"scale 1,x\n", "scale\n", "what 1\n",
        "scale 1,\n", "keys 70000\n", "keys -1\n", "scale 1 2\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct seg_geo g;
        ok(seg_geo_parse(&g, &to.arena, bad[i], "x", &err) < 0 &&
                err.kind == SEG_EDATA && !strncmp(err.text, "x: seg.geo: ", 12),
            "refused: %s", err.text);
    }
    back = seg_geo_drop_values(&to.arena, text, &err);
    ok(back && !strstr(back, "nodata") && !strstr(back, "metadata") &&
            strstr(back, "ascii") && strstr(back, "tie"),
        "what holds for the grid");
}

/* ---- pages ---- */

static void
test_pages(void)
{
    static const uint8_t pixels[] = {7, 8, 9, 10};
    struct entry first[] = {{256, LONG, 1, 1}, {257, LONG, 1, 1},
        {258, SHORT, 1, 8}, {262, SHORT, 1, 1}, {273, LONG, 1, 8},
        {279, LONG, 1, 1}};
    struct entry overview[] = {{254, LONG, 1, 1}, {256, LONG, 1, 1},
        {257, LONG, 1, 1}, {258, SHORT, 1, 8}, {262, SHORT, 1, 1},
        {273, LONG, 1, 9}, {279, LONG, 1, 1}};
    struct seg_images images;
    static struct made all;
    size_t size = 2 + 6 * 12 + 4;

    make_tiff(&made, 0, pixels, 4, first, 6, (uint32_t)(12 + size));
    all = made;
    make_tiff(&made, 0, pixels, 4, overview, 7, (uint32_t)(12 + 2 * size + 12));
    memcpy(all.p + all.n, made.p + 12, made.n - 12);
    all.n += made.n - 12;
    first[4].value = 10;
    make_tiff(&made, 0, pixels, 4, first, 6, 0);
    memcpy(all.p + all.n, made.p + 12, made.n - 12);
    all.n += made.n - 12;
    made = all;
    ok(holds(read_made("image", &image), (double[]){7}, 1), "the first page");
    seg_record_clear(&to);
    ok(!seg_images_open(&images, &to.arena, path, &image, &err) &&
            images.n == 2,
        "two pages, the overview not counted");
    ok(!seg_images_read(&to, "image", &images, 1, &image, &err) &&
            holds(seg_record_find(&to, "image"), (double[]){9}, 1),
        "the second page");
    ok(seg_images_read(&to, "image", &images, 2, &image, &err) < 0,
        "no third: %s", err.text);
}

/* ---- a scene larger than what may be held ---- */

enum { TALL = 6000, WIDE = 2000, BANDS = 4, STRIPE = 256, HELD_KIB = 48 << 10 };

static void
fill(uint16_t *row, size_t y)
{
    for (size_t i = 0; i < WIDE * BANDS; i++)
        row[i] = (uint16_t)(y * 31 + i * 7);
}

/* Writes and reads 96 MB, 256 rows at a time; 0 on success. */
static int
pass_scene(const struct seg_tiff_write_opts *form)
{
    static uint16_t rows[STRIPE][WIDE * BANDS], want[WIDE * BANDS];
    struct seg_tiff_writer *w;
    struct seg_tiff_reader *r;
    const struct seg_tiff_info *s;
    int fd = open(path, O_RDWR | O_TRUNC), bad;

    bad = seg_tiff_create(&w, fd, path, form, &err);
    for (size_t y = 0; !bad && y < TALL; y++) {
        fill(want, y);
        bad = seg_tiff_write_rows(w, want, 1, &err);
    }
    if (bad || seg_tiff_finish(w, &err) ||
        seg_tiff_open(&r, &s, path, 0, &image, &err))
        return 1;
    for (size_t y = 0; !bad && y < TALL; y += STRIPE) {
        size_t end = y + STRIPE < TALL ? y + STRIPE : TALL;

        bad = seg_tiff_read_rows(r, rows, y, end, &err);
        for (size_t i = y; !bad && i < end; i++) {
            fill(want, i);
            bad = memcmp(want, rows[i - y], sizeof want);
        }
    }
    return bad != 0;
}

static void
test_scene(void)
{
    for (int tiled = 0; tiled < 2; tiled++) {
        const struct seg_tiff_write_opts form = {.h = TALL,
            .w = WIDE,
            .c = BANDS,
            .type = SEG_U16,
            .compression = SEG_COMPRESS_NONE,
            .tile = tiled ? STRIPE : 0,
            .planar = tiled,
            .big = tiled};
        struct rusage use;
        int status;

        fflush(stdout);
        pid_t child = fork();
        if (child == 0)
            _exit(pass_scene(&form));
        int good = wait4(child, &status, 0, &use) == child && !status;
#ifndef __SANITIZE_ADDRESS__
        good = good && use.ru_maxrss < HELD_KIB;
#endif
        ok(good, "96 MB by rows in less than %d MiB, %s", HELD_KIB >> 10,
            tiled ? "tiles in planes" : "strips");
        if (!good)
            note("status %x, %ld KiB", (unsigned)status, use.ru_maxrss);
    }
}

int
main(void)
{
    scratch_file();
    test_round_trips();
    test_palette();
    test_depths();
    test_floats();
    test_small_palette();
    test_geo();
    test_pages();
    test_scene();
    seg_record_free(&from);
    seg_record_free(&to);
    return done();
}
