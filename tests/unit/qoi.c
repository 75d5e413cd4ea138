/* QOI: each kind of chunk, round trips, odd, cut and damaged files. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "lib/base/rng.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

extern const struct seg_image_format seg_qoi_format;

enum { HEADER = 14, MARK = 8, MOST = 4096 };

static struct seg_err err;
static struct seg_record from, to;

/* A file of w x 1 pixels of c channels with these chunks; its length. */
static size_t
make_file(uint8_t file[MOST], int w, int c, const void *chunks, size_t n)
{
    memcpy(file, "qoif\0\0\0\0\0\0\0\1\0\0", HEADER);
    file[7] = (uint8_t)w;
    file[12] = (uint8_t)c;
    memcpy(file + HEADER, chunks, n);
    memcpy(file + HEADER + n, "\0\0\0\0\0\0\0\1", MARK);
    return HEADER + n + MARK;
}

/* NULL if the file is refused. */
static const struct seg_tensor *
read_file(const void *file, size_t n)
{
    static const struct seg_image_opts opts = {.mode = SEG_IMAGE_PIXELS};
    int fd = open(path, O_WRONLY | O_TRUNC);
    int bad = write(fd, file, n) != (ssize_t)n;

    close(fd);
    memset(&err, 0, sizeof err);
    seg_record_clear(&to);
    return bad || seg_image_read(&to, "image", path, &opts, &err)
               ? NULL
               : seg_record_find(&to, "image");
}

static struct seg_tensor *
make_image(size_t h, size_t w, size_t c)
{
    seg_record_clear(&from);
    return seg_record_add(&from, "image", SEG_U8, 3, (size_t[]){h, w, c}, &err);
}

static int
write_image(const struct seg_tensor *t)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    int status = seg_qoi_format.write(
        fd, path, t, &(struct seg_image_write_opts){0}, &err);

    close(fd);
    return status;
}

/* The first bytes of the scratch file; their number. */
static size_t
written(uint8_t file[MOST])
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, file, MOST);

    close(fd);
    return n > 0 ? (size_t)n : 0;
}

/* ---- chunks ---- */

#define S(text) text, sizeof text - 1

/* The first pixel before is black and opaque.  The table has the pixel p at
   3 r + 5 g + 7 b + 11 a modulo 64. */
static const struct chunks {
    const char *name, *bytes;
    size_t n;
    int only_read; /* the writer has a shorter or another form */
    int w, c;
    const char *pixels;
} chunks[] = {
    {"RGB", S("\xfe\xc8\x64\x32"), 0, 1, 3, "\xc8\x64\x32"},
    {"RGBA", S("\xff\xc8\x64\x32\x07"), 0, 1, 4, "\xc8\x64\x32\x07"},
    {"RGB keeps alpha", S("\xff\xc8\x64\x32\x07\xfe\1\2\3"), 0, 2, 4,
        "\xc8\x64\x32\x07\1\2\3\x07"},
    {"DIFF, wrapping around", S("\x53"), 0, 1, 3, "\xff\xfe\1"},
    {"DIFF, the least and the most", S("\xfe\x64\x64\x64\x40\x7f"), 0, 3, 3,
        "ddd\x62\x62\x62\x63\x63\x63"},
    {"LUMA, wrapping around", S("\x53\xbe\x0f"), 0, 2, 3,
        "\xff\xfe\1\x15\x1c\x26"},
    {"LUMA, the least and the most", S("\xfe\x64\x64\x64\x80\0\xbf\xff"), 0, 3,
        3, "ddd\x3c\x44\x3c\x62\x63\x62"},
    {"RUN of the first pixel", S("\xc1\xfe\xc8\x64\x32"), 0, 3, 3,
        "\0\0\0\0\0\0\xc8\x64\x32"},
    {"RUN of one", S("\xfe\1\2\x64\xc0"), 0, 2, 3, "\1\2d\1\2d"},
    {"INDEX", S("\x53\xfe\xc8\x64\x32\x2f"), 0, 3, 3,
        "\xff\xfe\1\xc8\x64\x32\xff\xfe\1"},
    {"INDEX of a pixel never seen", S("\0"), 0, 1, 4, "\0\0\0\0"},
    {"INDEX of a pixel seen in a run", S("\xc0\xfe\xc8\x64\x32\x35"), 1, 3, 3,
        "\0\0\0\xc8\x64\x32\0\0\0"},
    {"alpha in a file of three channels", S("\xff\1\2\3\4\xfe\xc8\x64\x32\x0e"),
        1, 3, 3, "\1\2\3\xc8\x64\x32\1\2\3"},
};

static void
test_chunks(void)
{
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        const struct chunks *k = chunks + i;
        uint8_t file[MOST], seen[MOST];
        size_t n = make_file(file, k->w, k->c, k->bytes, k->n);
        const struct seg_tensor *t = read_file(file, n);

        ok(t && t->bytes == (size_t)(k->w * k->c) &&
                t->shape[2] == (size_t)k->c &&
                !memcmp(t->data, k->pixels, t->bytes) && !to.warnings,
            "%s is read", k->name);
        if (!t || k->only_read)
            continue;
        ok(!write_image(t) && written(seen) == n && !memcmp(seen, file, n),
            "%s is written", k->name);
    }
}

/* ---- round trips ---- */

/* A random walk with runs, so that every kind of chunk occurs. */
static void
paint(struct seg_tensor *t)
{
    static const int steps[] = {1, 4, 12, 60, 256};
    struct seg_rng r = seg_rng_make(1, "qoi", "pixels", t->bytes);
    size_t c = t->shape[2], n = t->shape[0] * t->shape[1];
    uint8_t *p = t->data;

    memset(p, 77, c);
    for (size_t i = 1; i < n; i++) {
        int step = steps[seg_rng_bits(&r) % 5];

        p += c;
        for (size_t k = 0; k < c; k++) {
            int v = (int)(seg_rng_bits(&r) % 256) % step - step / 2;
            p[k] = (uint8_t)((p - c)[k] + (k < 3 || step > 12 ? v : 0));
        }
        if (i > 70 && step == 60)
            memcpy(p, p - (seg_rng_bits(&r) % 70 + 1) * c, c);
    }
}

/* form: 0 black, 1 gray, 2 random */
static int
comes_back(size_t h, size_t w, size_t c, int form)
{
    static const struct seg_image_opts opts = {.mode = SEG_IMAGE_PIXELS};
    struct seg_tensor *t = make_image(h, w, c);
    const struct seg_tensor *u;

    memset(t->data, form ? 77 : 0, t->bytes);
    if (form == 2)
        paint(t);
    seg_record_clear(&to);
    if (write_image(t) || seg_image_read(&to, "image", path, &opts, &err))
        return 0;
    u = seg_record_find(&to, "image");
    return u->bytes == t->bytes && !to.warnings &&
           !memcmp(u->data, t->data, t->bytes);
}

static void
test_round_trips(void)
{
    static const size_t sizes[][2] = {
        {1, 1}, {1, 62}, {1, 63}, {124, 1}, {125, 1}, {90, 110}};

    for (int i = 0; i < 6; i++)
        for (size_t c = 3; c < 5; c++)
            for (int form = 0; form < 3; form++)
                ok(comes_back(sizes[i][0], sizes[i][1], c, form),
                    "%zu x %zu %s pixels of %zu channels", sizes[i][1],
                    sizes[i][0],
                    (const char *[]){"black", "gray", "random"}[form], c);
}

static void
test_unfit(void)
{
    struct seg_tensor *t = make_image(2, 2, 3);
    static const size_t gray[] = {2, 2}, five[] = {2, 2, 5};

    ok(t && !write_image(t), "RGB of u8 is written");
    t = seg_record_add(&from, "image", SEG_U16, 3, (size_t[]){2, 2, 3}, &err);
    ok(write_image(t) && err.kind == SEG_EDATA &&
            strstr(err.text, "does not fit in a QOI"),
        "u16 is refused");
    t = seg_record_add(&from, "image", SEG_U8, 2, gray, &err);
    ok(write_image(t) && err.kind == SEG_EDATA, "gray is refused");
    t = seg_record_add(&from, "image", SEG_U8, 3, five, &err);
    ok(write_image(t) && err.kind == SEG_EDATA, "five channels are refused");
}

/* ---- odd and damaged files ---- */

static int
warns(const char *text)
{
    return to.warnings && strstr(to.warnings, text);
}

static void
test_odd(void)
{
    uint8_t file[MOST];
    size_t n = make_file(file, 1, 3, "\xfe\1\2\3", 4);

    memcpy(file + n, "more", 4);
    ok(read_file(file, n + 4) && warns("4 bytes follow the image"),
        "bytes after the end mark cause a warning");
    ok(read_file(file, n - MARK) && warns("no end mark"),
        "no end mark causes a warning");
    file[13] = 1;
    ok(read_file(file, n) && !to.warnings, "color space 1");
    file[13] = 9;
    ok(read_file(file, n) && warns("color space 9"),
        "an unknown color space causes a warning");
}

/* 1 if the file was refused as bad data, in one line. */
static int
refused(const void *file, size_t n)
{
    return !read_file(file, n) && err.kind == SEG_EDATA &&
           !strncmp(err.text, path, strlen(path)) && !strchr(err.text, '\n');
}

static void
test_damage(void)
{
    static const char bytes[] = "\xc4\xfe\xc8\x64\x32\xff\1\2\3\4\x6a\x95\x77"
                                "\xff\1\2\3\0\0\xc7\x75";
    uint8_t file[MOST];
    size_t n = make_file(file, 20, 4, bytes, sizeof bytes - 1), cut = 0;
    int read = 0, bad = 0;

    ok(read_file(file, n) && !to.warnings, "a sound file is read");
    for (size_t k = 4; k < n - MARK; k++)
        cut += refused(file, k);
    ok(cut == n - MARK - 4, "cut anywhere before its end mark: refused");
    for (size_t k = n - MARK; k < n; k++)
        read += read_file(file, k) && warns("no end mark");
    ok(read == MARK, "cut in its end mark: read with a warning");
    memmove(file + n - MARK - 1, file + n - MARK, MARK);
    ok(refused(file, n - 1) && strstr(err.text, "cut off after 19 of 20"),
        "the last pixel missing: the end mark is not taken for pixels");
    n = make_file(file, 20, 4, bytes, sizeof bytes - 1);
    for (size_t i = 4 * 8; i < n * 8; i++) {
        file[i / 8] ^= (uint8_t)(1 << i % 8);
        bad += !read_file(file, n) && !refused(file, n);
        file[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    ok(!bad, "a bit flipped: read, or refused in one line");
    file[HEADER] ^= 1;
    ok(refused(file, n), "a run too short: refused");
    file[HEADER] ^= 1 | 2;
    ok(refused(file, n), "a run too long: refused");
}

int
main(void)
{
    scratch_file();
    test_chunks();
    test_round_trips();
    test_unfit();
    test_odd();
    test_damage();
    seg_record_free(&from);
    seg_record_free(&to);
    return done();
}
