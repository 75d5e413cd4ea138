/* TIFF without memory: each allocation fails in turn, those of libtiff and of
   the libraries below it too.  The result is right, or SEG_EMEM. */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "formats/tiff/tiff.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static long countdown; /* to the allocation that fails; 0: none does */
static int all_after;  /* all later ones fail as well */
static int failed;     /* an allocation failed */

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__
#define CAN_FAIL 1
static int
fails(void)
{
    if (!countdown || (countdown > 1 && --countdown))
        return 0;
    countdown = all_after;
    failed = 1;
    errno = ENOMEM;
    return 1;
}

#include "tests/unit/failing_malloc.h"
#else
#define CAN_FAIL 0
#endif

static struct seg_err err;
static const struct seg_image_opts opts = {.mode = SEG_IMAGE_PIXELS};
static uint8_t pixels[64 * 48 * 3];
static struct seg_tensor image = {.name = "image",
    .type = SEG_U8,
    .rank = 3,
    .shape = {48, 64, 3},
    .bytes = sizeof pixels,
    .data = pixels};

static int
write_image(const struct seg_tiff_write_opts *form)
{
    int fd = open(path, O_RDWR | O_TRUNC);
    int status = seg_tiff_write(fd, path, &image, *form, &err);

    close(fd);
    return status;
}

static int
read_image(struct seg_record *rec)
{
    return seg_image_read(rec, "image", path, &opts, &err) ||
                   memcmp(seg_record_find(rec, "image")->data, pixels,
                       sizeof pixels)
               ? -1
               : 0;
}

static int
read_rows(void)
{
    struct seg_tiff_reader *r;
    const struct seg_tiff_info *s;
    static uint8_t rows[sizeof pixels];

    if (seg_tiff_open(&r, &s, path, 0, &opts, &err))
        return -1;
    int status = seg_tiff_read_rows(r, rows, 0, s->h, &err);
    seg_tiff_close(r);
    return status || memcmp(rows, pixels, sizeof pixels) ? -1 : 0;
}

/* 0: done; 1: out of memory; -1: something else. */
static int
attempt(int how, const struct seg_tiff_write_opts *form)
{
    struct seg_record rec = {.ntensors = 0};
    int status;

    err.kind = 0;
    status = how == 0   ? write_image(form)
             : how == 1 ? read_image(&rec)
                        : read_rows();
    countdown = 0;
    seg_record_free(&rec);
    return !status ? 0 : err.kind == SEG_EMEM ? 1 : -1;
}

/* Fails allocation 1, 2 and so on until none fails any more. */
static void
sweep(int how, const struct seg_tiff_write_opts *form, const char *name)
{
    static const char *const verbs[] = {"write", "read", "read by rows"};
    int bad = 0, n = 0;

    failed = 1;
    for (long at = 1; failed; at++) {
        failed = 0;
        countdown = at;
        int status = attempt(how, form);

        if (status < 0)
            bad++;
        bad += status == 1 && !failed;
        n += status == 1;
        if (status < 0 && bad < 3)
            note("allocation %ld: %s", at, err.text);
    }
    if (attempt(0, form)) /* writes the complete file again */
        bad++;
    ok(!bad && n > 10, "%s %s%s: %d allocations fail", verbs[how], name,
        all_after ? " from then on" : "", n);
}

int
main(void)
{
    static const char geo[] = "scale 10,10,0\ntie 0,0,0,500000,4600020,0\n"
                              "keys 1,1,0,1,1025,0,1,1\nnodata 7\n";
    static const struct {
        const char *name;
        struct seg_tiff_write_opts form;
    } forms[] = {{"strips, plain", {.compression = SEG_COMPRESS_NONE}},
        {"strips, deflate", {.compression = SEG_COMPRESS_DEFLATE}},
        {"tiles, LZW", {.compression = SEG_COMPRESS_LZW, .tile = 16}},
        {"planes, geo", {.planar = 1, .big = 1, .geo = geo}}};

    if (!CAN_FAIL) {
        ok(1, "allocations cannot be made to fail here");
        return done();
    }
    scratch_file();
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(i * 7 % 251);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (all_after = 0; all_after < 2; all_after++)
            for (int how = 0; how < 3; how++)
                sweep(how, &forms[i].form, forms[i].name);
    return done();
}
