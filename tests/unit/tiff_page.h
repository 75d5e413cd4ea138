/* Pages of TIFF files with tags that a test changes, written and read. */
#ifndef SEG_TESTS_UNIT_TIFF_PAGE_H
#define SEG_TESTS_UNIT_TIFF_PAGE_H

#include <fcntl.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"
#include "tests/unit/tiff_made.h"

static struct seg_err err;
static struct seg_record rec;
static struct made made;
static const struct seg_image_opts image = {.mode = SEG_IMAGE_PIXELS},
                                   label = {.mode = SEG_IMAGE_LABEL};

/* The tags of a page, which a test changes before it makes the file. */
enum {
    KIND,
    W,
    H,
    BITS,
    PACKING,
    COLORS,
    DESCRIPTION,
    OFFSETS,
    BANDS,
    ROWS,
    SIZES,
    PLANES,
    FORMAT,
    EXTRA,
    LAST
};
static struct entry page[LAST];

static void
plain_page(int w, int h, int bits, size_t bytes)
{
    const struct entry plain[LAST] = {[KIND] = {254, LONG, 1, 0},
        [W] = {256, LONG, 1, (uint64_t)w},
        [H] = {257, LONG, 1, (uint64_t)h},
        [BITS] = {258, SHORT, 1, (uint64_t)bits},
        [PACKING] = {259, SHORT, 1, 1},
        [COLORS] = {262, SHORT, 1, 1},
        [DESCRIPTION] = {270, ASCII, 1, 0},
        [OFFSETS] = {273, LONG, 1, 8},
        [BANDS] = {277, SHORT, 1, 1},
        [ROWS] = {278, LONG, 1, (uint64_t)h},
        [SIZES] = {279, LONG, 1, bytes},
        [PLANES] = {284, SHORT, 1, 1},
        [FORMAT] = {339, SHORT, 1, 1},
        [EXTRA] = {65000, SHORT, 1, 0}};

    memcpy(page, plain, sizeof page);
}

static void
save(void)
{
    int fd = open(path, O_RDWR | O_TRUNC);

    if (write(fd, made.p, made.n) != (ssize_t)made.n)
        note("cannot write %s", path);
    close(fd);
}

static void
save_page(int big, const void *bytes, size_t n)
{
    make_tiff(&made, big, bytes, n, page, LAST, 0);
    save();
}

/* Reads the file at path as one tensor; NULL on error. */
static const struct seg_tensor *
read_one(const struct seg_image_opts *opts)
{
    seg_record_clear(&rec);
    err.text[0] = 0;
    return seg_image_read(&rec, "x", path, opts, &err)
               ? NULL
               : seg_record_find(&rec, "x");
}

static int
holds(const struct seg_tensor *t, enum seg_type type, const double *want,
    size_t n)
{
    if (!t || t->type != type || seg_tensor_count(t) != n) {
        note("%s", t ? "another type or size" : err.text);
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        if (seg_tensor_get(t, i) != want[i]) {
            note("%zu: %.17g, not %.17g", i, seg_tensor_get(t, i), want[i]);
            return 0;
        }
    return 1;
}

static int __attribute__((unused)) refused(const char *text)
{
    int good =
        !read_one(&image) && err.kind == SEG_EDATA && strstr(err.text, text);

    if (!good)
        note("%s", err.text);
    return good;
}

#endif
