/*
 * Malicious image files: each must be refused as bad data, in one line with the
 * name of the file, within two seconds and 256 MiB.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formats/codec/gzip.h"
#include "formats/geometry/nifti_header.h"
#include "formats/image/image.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"
#include "tests/unit/tiff_made.h"

enum { SECONDS = 2, MEMORY_KIB = 256 << 10 };

static struct seg_err *err; /* shared with the child */
static struct made made;

/* Reads all pages; 0 if all are read. */
static int
read_all(size_t max_bytes)
{
    struct seg_image_opts opts = {.max_bytes = max_bytes, .axis = 2};
    struct seg_record rec = {0};
    struct seg_arena arena = {0};
    struct seg_images images;

    if (seg_images_open(&images, &arena, path, &opts, err))
        return -1;
    for (size_t i = 0; i < images.n; i++) {
        seg_record_clear(&rec);
        if (seg_images_read(&rec, "image", &images, i, &opts, err))
            return -1;
    }
    return 0;
}

static void
judge(const char *what, const void *bytes, size_t n, size_t max_bytes)
{
    int fd = open(path, O_WRONLY | O_TRUNC), status;
    int bad = write(fd, bytes, n) != (ssize_t)n;
    struct rusage use;

    close(fd);
    memset(err, 0, sizeof *err);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS);
        _exit(read_all(max_bytes) ? err->kind : 0);
    }
    bad = bad || wait4(child, &status, 0, &use) != child;
    int good = !bad && WIFEXITED(status) &&
               WEXITSTATUS(status) == (max_bytes ? SEG_EMEM : SEG_EDATA) &&
               !strncmp(err->text, path, strlen(path)) &&
               !strchr(err->text, '\n');
#ifndef __SANITIZE_ADDRESS__
    good = good && use.ru_maxrss < MEMORY_KIB;
#endif
    ok(good, "%s: %s", what, err->text + strlen(path) * (*err->text == '/'));
    if (!good)
        note("status %x, %ld KiB, %s", (unsigned)status, use.ru_maxrss,
            err->text);
}

/* ---- TIFF ---- */

enum { W, H, BITS, PACKING, COLORS, OFFSET, BANDS, ROWS, COUNT, ENTRIES };

/* A valid page of 4 x 4 bytes, whose entries are then damaged. */
static const struct entry sound[ENTRIES] = {[W] = {256, LONG, 1, 4},
    [H] = {257, LONG, 1, 4},
    [BITS] = {258, SHORT, 1, 8},
    [PACKING] = {259, SHORT, 1, 1},
    [COLORS] = {262, SHORT, 1, 1},
    [OFFSET] = {273, LONG, 1, 8},
    [BANDS] = {277, SHORT, 1, 1},
    [ROWS] = {278, LONG, 1, 4},
    [COUNT] = {279, LONG, 1, 16}};

static void
spoil(const char *what, int which, struct entry e, struct entry more)
{
    static const uint8_t pixels[64] = {1, 200, 3, 255, 17, 0, 130, 9};
    struct entry entry[ENTRIES + 1];

    memcpy(entry, sound, sizeof sound);
    entry[which] = e;
    entry[ENTRIES] = more;
    make_tiff(
        &made, which % 2, pixels, 64, entry, ENTRIES + (more.tag != 0), 0);
    judge(what, made.p, made.n, 0);
}

/* The same for more than one entry. */
static void
spoil_all(const char *what, int packing, uint64_t w, uint64_t h, uint64_t rows,
    uint64_t bands)
{
    static const uint8_t pixels[64] = {0x78, 0x9c, 0x80, 0x55, 0xff};
    struct entry entry[ENTRIES];

    memcpy(entry, sound, sizeof sound);
    entry[PACKING].value = (uint64_t)packing;
    entry[W].value = w;
    entry[H].value = h;
    entry[ROWS].value = rows;
    entry[BANDS].value = bands;
    entry[COUNT].value = 64;
    make_tiff(&made, 0, pixels, 64, entry, ENTRIES, 0);
    judge(what, made.p, made.n, 0);
}

static void
test_tiff(void)
{
    const struct entry none = {0, 0, 0, 0};

    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 3; k++) {
            make_tiff(&made, i, "0123456789abcdef", 16, sound, ENTRIES, 0);
            made.n = (size_t[]){8, 27, 70}[k];
            judge("TIFF, cut", made.p, made.n, 0);
        }
    make_tiff(&made, 0, "0123456789abcdef", 16, sound, ENTRIES, 24);
    judge("TIFF, a page that is its own next", made.p, made.n, 0);
    make_tiff(&made, 0, "0123456789abcdef", 16, sound, ENTRIES, 9999);
    judge("TIFF, a next page beyond the end", made.p, made.n, 0);
    memcpy(made.p, "II*\0\xff\xff\xff\x7f", 8);
    judge("TIFF, a first page beyond the end", made.p, made.n, 0);
    memcpy(made.p, "II*\0\x04\x00\x00\x00", 8);
    judge("TIFF, a page in the header", made.p, made.n, 0);
    memset(made.p, 0xff, 400);
    memcpy(made.p, "II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", 16);
    judge("BigTIFF, 2^64 entries", made.p, 400, 0);

    spoil("TIFF, no width", W, (struct entry){256, LONG, 1, 0}, none);
    spoil("TIFF, no height", H, (struct entry){257, LONG, 1, 0}, none);
    spoil("TIFF, 4294967295 wide", W, (struct entry){256, LONG, 1, ~0u}, none);
    spoil("TIFF, 4294967295 high", H, (struct entry){257, LONG, 1, ~0u}, none);
    spoil("TIFF, 33 bits", BITS, (struct entry){258, SHORT, 1, 33}, none);
    spoil("TIFF, 0 bits", BITS, (struct entry){258, SHORT, 1, 0}, none);
    spoil("TIFF, 128 bits", BITS, (struct entry){258, SHORT, 1, 128}, none);
    spoil("TIFF, an unknown compression", PACKING,
        (struct entry){259, SHORT, 1, 12345}, none);
    spoil("TIFF, LogLuv", COLORS, (struct entry){262, SHORT, 1, 32845}, none);
    spoil("TIFF, pixels beyond the end", OFFSET,
        (struct entry){273, LONG, 1, 1 << 30}, none);
    spoil("TIFF, a billion strips", OFFSET,
        (struct entry){273, LONG, 1 << 30, 8}, none);
    spoil(
        "TIFF, 65535 bands", BANDS, (struct entry){277, SHORT, 1, 65535}, none);
    spoil("TIFF, no bands", BANDS, (struct entry){277, SHORT, 1, 0}, none);
    spoil("TIFF, tiles of 2^30 pixels", ROWS,
        (struct entry){322, LONG, 1, 1 << 30},
        (struct entry){323, LONG, 1, 1 << 30});
    spoil("TIFF, complex", BITS, (struct entry){258, SHORT, 1, 64},
        (struct entry){339, SHORT, 1, 6});
    spoil_all("TIFF, 60000 x 60000 in 64 bytes", 1, 60000, 60000, 60000, 1);
    spoil_all("TIFF, a bomb of deflate", 8, 40000, 40000, 40000, 1);
    spoil_all("TIFF, a bomb of LZW", 5, 30000, 30000, 100, 1);
    spoil_all("TIFF, damaged deflate", 8, 16, 16, 16, 1);
    spoil_all("TIFF, damaged LZW", 5, 16, 16, 16, 1);
    spoil_all("TIFF, damaged PackBits", 32773, 40, 40, 40, 1);
    spoil_all("TIFF, damaged fax", 4, 400, 400, 400, 1);
    spoil_all("TIFF, strips that are not there", 1, 8, 8, 1, 1);
}

/* ---- NIfTI ---- */

struct wrong {
    const char *what;
    enum seg_nifti_field field;
    int index;
    double value;
};

static void
make_nifti(const struct wrong *w)
{
    struct seg_nifti_header h;

    seg_nifti_default_header(&h);
    seg_nifti_set(&h, NIFTI_DIM, 0, 3);
    for (int i = 1; i < 8; i++)
        seg_nifti_set(&h, NIFTI_DIM, i, 4);
    seg_nifti_set(&h, NIFTI_DATATYPE, 0, 2);
    seg_nifti_set(&h, NIFTI_BITPIX, 0, 8);
    seg_nifti_set(&h, NIFTI_VOX_OFFSET, 0, 352);
    if (w)
        seg_nifti_set(&h, w->field, w->index, w->value);
    memset(made.p, 0, sizeof made.p);
    memcpy(made.p, h.p, h.n);
    made.n = 352 + 64;
}

static void
judge_packed(const char *what, const void *bytes, size_t n, size_t zeros,
    size_t cut, size_t max)
{
    static uint8_t packed[1 << 20];
    static const char zero[1 << 16];
    int fd = open(path, O_RDWR | O_TRUNC), bad;
    struct seg_gzip *g;
    struct seg_err e;
    ssize_t got;

    bad = seg_gzip_open(&g, fd, path, &e) || seg_gzip_put(g, bytes, n, &e);
    for (size_t i = 0; !bad && i < zeros; i += sizeof zero)
        bad = seg_gzip_put(g, zero, sizeof zero, &e);
    bad = bad || seg_gzip_end(g, &e);
    seg_gzip_free(g);
    got = pread(fd, packed, sizeof packed, 0);
    close(fd);
    if (bad || got < (ssize_t)cut)
        ok(0, "%s cannot be made", what);
    else
        judge(what, packed, (size_t)got - cut, max);
}

static void
test_nifti(void)
{
    static const struct wrong wrong[] = {{"NIfTI, 9 axes", NIFTI_DIM, 0, 9},
        {"NIfTI, no axes", NIFTI_DIM, 0, 0},
        {"NIfTI, -1 voxels", NIFTI_DIM, 2, -1},
        {"NIfTI, no voxels", NIFTI_DIM, 3, 0},
        {"NIfTI, more voxels than there are", NIFTI_DIM, 3, 5},
        {"NIfTI, far more", NIFTI_DIM, 3, 32767},
        {"NIfTI, complex", NIFTI_DATATYPE, 0, 32},
        {"NIfTI, bits of another type", NIFTI_BITPIX, 0, 16},
        {"NIfTI, voxels at -1", NIFTI_VOX_OFFSET, 0, -1},
        {"NIfTI, voxels at 352.5", NIFTI_VOX_OFFSET, 0, 352.5},
        {"NIfTI, voxels at 10^30", NIFTI_VOX_OFFSET, 0, 1e30},
        {"NIfTI, voxels at nan", NIFTI_VOX_OFFSET, 0, 0. / 0.}};

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        make_nifti(&wrong[i]);
        judge(wrong[i].what, made.p, made.n, 0);
    }
    make_nifti(NULL);
    judge("NIfTI, cut", made.p, made.n - 1, 0);
    memcpy(made.p + 344, "ni1", 4);
    judge("NIfTI, a header alone", made.p, made.n, 0);
    make_nifti(&(struct wrong){"", NIFTI_DIM, 0, 7});
    for (int i = 0; i < 7; i++)
        memcpy(made.p + 42 + 2 * i, "\xff\x7f", 2);
    judge("NIfTI, 32767^7 voxels", made.p, made.n, 0);
    judge_packed("NIfTI in gzip, 32767^7 voxels", made.p, made.n, 0, 0, 0);
    make_nifti(NULL);
    judge_packed("NIfTI in gzip, cut", made.p, made.n, 0, 9, 0);
    judge_packed(
        "NIfTI in gzip, a bomb behind", made.p, made.n, 100 << 20, 0, 0);
    memcpy(made.p + 42, "\0\x04\0\x04\x40\0", 6);
    judge_packed(
        "NIfTI in gzip, a bomb", made.p, made.n, 64 << 20, 0, 32 << 20);
    judge_packed(
        "NIfTI in gzip, less than promised", made.p, made.n, 40 << 20, 0, 0);
    judge("NIfTI, a header and nothing else", made.p, 348, 0);
    judge_packed("gzip of a text", "hello, world", 12, 0, 0, 0);
    judge_packed("gzip of zeros", "", 0, 100 << 20, 0, 0);
    judge("gzip of nothing", "\x1f\x8b", 2, 0);
    judge("gzip, damaged", "\x1f\x8b\x08\0\0\0\0\0\0\3\xff\xff\xff\xff", 14, 0);
}

/* ---- the small ones ---- */

#define S(text) text, sizeof text - 1
#define NPY(type, order, shape)                                                \
    "\x93NUMPY\x01\x00\x50\x00{'descr': '" type "', 'fortran_order': " order   \
    ", 'shape': (" shape "), }"
#define QOI(w, h, c) "qoif\0\0\0" w "\0\0\0" h c "\0"

static void
test_others(void)
{
    static const struct {
        const char *what, *bytes;
        size_t given, n; /* zeros are appended up to n bytes */
    } files[] = {{"PGM, cut", S("P5 9 9 255\nabc"), 0},
        {"PGM, another behind", S("P5 1 1 255\naP5 1 1 255\nb"), 0},
        {"PGM, a billion pixels", S("P5 32000 32000 255\nabc"), 0},
        {"PGM, a side too long", S("P5 99999999999999999999 1 255\n"), 0},
        {"PGM, no maximum", S("P5 1 1 0\na"), 0},
        {"PGM, a maximum too large", S("P5 1 1 65536\naa"), 0},
        {"PGM, above the maximum", S("P5 1 1 9\na"), 0},
        {"PGM, no number", S("P5 # a comment"), 0},
        {"PPM, cut in digits", S("P3 2 1 9 1 2 3 4 5"), 0},
        {"PGM, above the maximum in digits", S("P2 1 1 9 10"), 0},
        {"PBM, no bit", S("P1 2 1 1x"), 0},
        {"PAM, a header without end", S("P7\nWIDTH 1\nHEIGHT 1\n"), 0},
        {"PAM, no depth", S("P7\nWIDTH 1\nHEIGHT 1\nMAXVAL 1\nENDHDR\na"), 0},
        {"PAM, strange", S("P7\nWIDTH 1\nHELLO 1\nENDHDR\na"), 0},
        {"PAM, too large",
            S("P7\nWIDTH 1073741824\nHEIGHT 1073741824\nDEPTH 65535\nMAXVAL "
              "65535\nENDHDR\na"),
            0},
        {"npy, cut", S("\x93NUMPY\x01"), 7},
        {"npy, its header cut", S("\x93NUMPY\x01\x00\xff\xff{'descr'}"), 20},
        {"npy, version 9", S("\x93NUMPY\x09\x00\x03\x00{ }"), 13},
        {"npy, objects", S(NPY("|O8", "False", "1, 1") "          "), 90},
        {"npy, in Fortran order, less than promised",
            S(NPY("<f4", "True", "9, 9") "          "), 90},
        {"npy, in no order", S(NPY("<f4", "Maybe", "1, 1") "         "), 90},
        {"npy, complex", S(NPY("<c8", "False", "1, 1") "         "), 98},
        {"npy, text", S(NPY("<U1", "False", "1, 1") "         "), 94},
        {"npy, fields",
            S("\x93NUMPY\x01\x00\x50\x00{'descr': [('a', '<f4')], "
              "'fortran_order': False, 'shape': (1, 1), }"),
            94},
        {"npy, four axes", S(NPY("<f4", "False", "1, 1, 1, 1") "   "), 94},
        {"npy, no axis", S(NPY("<f4", "False", "") "             "), 94},
        {"npy, two arrays",
            S(NPY("|u1", "False", "1, 1") "                     a"
                                          "\x93NUMPY\x01"),
            100},
        {"npy, too large", S(NPY("<f4", "False", "4294967296, 4294967296")),
            90},
        {"npy, -1 rows", S(NPY("<f4", "False", "-1, 1") "         "), 90},
        {"npy, one axis", S(NPY("<f4", "False", "1,") "           "), 90},
        {"npy, no sense", S(NPY("<f4", "False", "a, b") "         "), 90},
        {"npy, less than promised", S(NPY("<f4", "False", "9, 9") "         "),
            90},
        {"PNG, 2^31 pixels wide",
            S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\0\0\0\1\x08\0\0\0"
              "\0"),
            29},
        {"PNG, cut", S("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), 16},
        {"QOI, its header cut", S("qoif\0\0\0\2\0\0\0\2"), 0},
        {"QOI, no pixels", S("qoif\0\0\0\0\0\0\0\2\3\0"), 40},
        {"QOI, 5 channels", S("qoif\0\0\0\1\0\0\0\1\5\0\xfe\1\2\3"), 26},
        {"QOI, 2^64 pixels",
            S("qoif\xff\xff\xff\xff\xff\xff\xff\xff\4\0\xfd\xfd"), 100},
        {"QOI, more pixels than there are", S(QOI("\2", "\2", "\4") "\xc2"), 0},
        {"QOI, cut in a chunk", S(QOI("\1", "\1", "\4") "\xff\1\2\3"), 0},
        {"QOI, no chunks but the end mark",
            S(QOI("\4", "\1", "\3") "\0\0\0\0\0\0\0\1"), 0},
        {"QOI, a bit of a run flipped, too long",
            S(QOI("\2", "\2", "\3") "\xc7\0\0\0\0\0\0\0\1"), 0},
        {"QOI, a bit of a run flipped, a chunk too many",
            S(QOI("\2", "\2", "\3") "\xc3\xfe\1\2\3\0\0\0\0\0\0\0\1"), 0},
        {"JPEG, cut", S("\xff\xd8\xff\xe0\0\x10JFIF"), 10},
        {"a BMP", S("BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"), 58},
        {"a GIF", S("GIF89a\1\0\1\0\x80\0\0"), 40},
        {"a pointer of Git LFS",
            S("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), 0},
        {"nothing", S(""), 0}, {"a text", S("hello, world"), 0},
        {"HTML", S("<!doctype html><img src=x>"), 0}};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char bytes[200] = {0};
        size_t n = files[i].n ? files[i].n : files[i].given;

        memcpy(bytes, files[i].bytes, files[i].given);
        judge(files[i].what, bytes, n, 0);
    }
}

int
main(void)
{
    err = mmap(NULL, sizeof *err, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (err == MAP_FAILED)
        return 1;
    scratch_file();
    test_tiff();
    test_nifti();
    test_others();
    return done();
}
