/*
 * Failed allocations inside libpng, libjpeg and zlib are not reported as
 * damage: each allocation of a reader and a writer fails in turn.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "formats/image/png.h"
#include "formats/nifti/nifti.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

/* ---- the allocator ---- */

#include "tests/unit/failing_malloc.h"

static long count, fail_at; /* 0: none fails */

static int
fails(void)
{
    if (++count != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

/* ---- files ---- */

static struct seg_err err;
static char want[2 << 20];
static size_t bytes;

/* Reads with fresh memory. */
static int
read_file(const char *file, char *pixels, size_t *n)
{
    static const struct seg_image_opts opts = {.axis = 2};
    struct seg_record rec = {0};
    int status = seg_image_read(&rec, "image", file, &opts, &err);

    if (!status) {
        const struct seg_tensor *t = seg_record_find(&rec, "image");

        *n = t->bytes < sizeof want ? t->bytes : sizeof want;
        memcpy(pixels, t->data, *n);
    }
    seg_record_free(&rec);
    return status;
}

static void
test_reader(const char *name, const char *file, long least)
{
    static char seen[sizeof want];
    long all, bad = 0, failed = 0;
    size_t n;

    fail_at = count = 0;
    int sound = !read_file(file, want, &bytes);
    all = count;
    for (long at = 1; sound && at <= all; at++) {
        fail_at = at;
        count = 0;
        int status = read_file(file, seen, &n);

        fail_at = 0;
        failed += status != 0;
        bad += status
                   ? err.kind != SEG_EMEM || !strstr(err.text, "out of memory")
                   : n != bytes || memcmp(seen, want, n);
    }
    ok(sound && !bad && failed >= least,
        "%s: %ld allocations, %ld of them fatal, %ld told wrongly", name, all,
        failed, bad);
}

/* ---- writers ---- */

typedef int (*writer)(int fd, const struct seg_tensor *t);

static int
write_png(int fd, const struct seg_tensor *t)
{
    return seg_png_write(fd, path, t, NULL, &err);
}

static int
write_nifti(int fd, const struct seg_tensor *t)
{
    struct seg_record rec = {.tensors = (struct seg_tensor *)t, .ntensors = 1};
    struct seg_nifti_writer s = {0};
    int status = seg_record_set(&rec, "seg.key", "k", &err) ||
                         seg_nifti_writer_start(&s, &rec, t, &err) ||
                         seg_nifti_writer_write(&s, fd, path, &err)
                     ? -1
                     : 0;

    seg_nifti_writer_free(&s);
    seg_arena_free(&rec.arena);
    return status;
}

static int
write_file(writer w, const struct seg_tensor *t)
{
    int fd = open(path, O_WRONLY | O_TRUNC), status = w(fd, t);

    close(fd);
    return status;
}

static void
test_writer(const char *name, writer w, const struct seg_tensor *t, long least)
{
    static char seen[sizeof want];
    long all, bad = 0, failed = 0;

    fail_at = count = 0;
    int sound = !write_file(w, t) && !read_file(path, want, &bytes);
    sound = sound && bytes == t->bytes && !memcmp(want, t->data, bytes);
    count = 0;
    sound = sound && !write_file(w, t);
    all = count;
    for (long at = 1; sound && at <= all; at++) {
        size_t n = 0;

        fail_at = at;
        count = 0;
        int status = write_file(w, t);
        fail_at = 0;
        failed += status != 0;
        bad += status ? err.kind != SEG_EMEM
                      : read_file(path, seen, &n) || n != bytes ||
                            memcmp(seen, want, n);
    }
    ok(sound && !bad && failed >= least,
        "%s: %ld allocations, %ld of them fatal, %ld told wrongly", name, all,
        failed, bad);
}

int
main(void)
{
    static uint8_t pixels[40 * 30000];
    struct seg_tensor t = {.name = "image",
        .type = SEG_U8,
        .rank = 3,
        .shape = {40, 30000, 1},
        .bytes = sizeof pixels,
        .data = pixels};

    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * i >> 3);
    scratch_file();
    test_writer("writing PNG", write_png, &t, 2);
    if (!write_file(write_png, &t))
        test_reader("PNG", path, 4);
    test_writer("writing NIfTI in gzip", write_nifti, &t, 6);
    if (!write_file(write_nifti, &t))
        test_reader("NIfTI in gzip", path, 3);
    test_reader("JPEG", "tests/golden/color.jpg", 9);
    test_reader("progressive JPEG", "tests/golden/progressive.jpg", 9);
    return done();
}

#else

int
main(void)
{
    printf("1..0 # SKIP this C library's allocator cannot be replaced\n");
    return 0;
}

#endif
