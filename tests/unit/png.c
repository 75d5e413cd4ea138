/* seg_png_write and seg_image_read: round trips, limits, refusals. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "formats/image/png.h"
#include "lib/base/rng.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static struct seg_err err;
static struct seg_record from, to;
static const struct seg_image_opts image = {.mode = SEG_IMAGE_PIXELS};

static struct seg_tensor *
make(enum seg_type type, int rank, size_t h, size_t w, size_t c)
{
    struct seg_rng r = seg_rng_make(1, "png", "pixels", h * w * c);
    size_t shape[3] = {h, w, c};

    seg_record_clear(&from);
    struct seg_tensor *t =
        seg_record_add(&from, "image", type, rank, shape, &err);
    for (size_t i = 0; t && i < t->bytes; i++)
        ((uint8_t *)t->data)[i] = (uint8_t)seg_rng_bits(&r);
    return t;
}

static int
write_file(const struct seg_tensor *t, const struct seg_palette *palette)
{
    int fd = open(path, O_WRONLY | O_TRUNC);
    int status = seg_png_write(fd, path, t, palette, &err);

    close(fd);
    return status;
}

static int
comes_back(const struct seg_tensor *t)
{
    seg_record_clear(&to);
    if (write_file(t, NULL) || seg_image_read(&to, "image", path, &image, &err))
        return 0;
    const struct seg_tensor *u = seg_record_find(&to, "image");
    return u->type == t->type && u->rank == 3 && u->bytes == t->bytes &&
           u->shape[0] == t->shape[0] && u->shape[1] == t->shape[1] &&
           !memcmp(u->data, t->data, t->bytes);
}

static void
test_round_trips(void)
{
    static const size_t size[][2] = {{1, 1}, {7, 5}, {300, 1}, {2, 70000}};

    for (size_t c = 1; c <= 4; c++)
        for (int wide = 0; wide < 2; wide++)
            for (int i = 0; i < 4; i++)
                ok(comes_back(make(
                       wide ? SEG_U16 : SEG_U8, 3, size[i][0], size[i][1], c)),
                    "%zu x %zu, %zu channels, %d bits", size[i][1], size[i][0],
                    c, wide ? 16 : 8);
}

static void
test_palette(void)
{
    struct seg_palette p = {.n = 256};
    struct seg_tensor *t = make(SEG_U8, 2, 9, 11, 0);
    static const struct seg_image_opts label = {.mode = SEG_IMAGE_LABEL};

    for (int i = 0; i < 256; i++)
        for (int k = 0; k < 3; k++)
            p.rgb[i][k] = (uint8_t)(i * (k + 3));
    seg_record_clear(&to);
    ok(!write_file(t, &p) &&
            !seg_image_read(&to, "label", path, &label, &err) &&
            !memcmp(seg_record_find(&to, "label")->data, t->data, t->bytes),
        "palette: numbers come back as labels");
    int bad = seg_image_read(&to, "image", path, &image, &err);
    for (size_t i = 0; !bad && i < t->bytes; i++)
        bad = memcmp((uint8_t *)seg_record_find(&to, "image")->data + 3 * i,
            p.rgb[((uint8_t *)t->data)[i]], 3);
    ok(!bad, "and as colors");
    p.n = 3;
    memcpy(t->data, "\0\1\2\3", 4);
    ok(write_file(t, &p) < 0 && err.kind == SEG_EDATA &&
            strstr(err.text, "value 3 at (x 3, y 0) has no color among 3"),
        "refused: %s", err.text);
}

static void
test_refusals(void)
{
    ok(write_file(make(SEG_F32, 3, 2, 2, 1), NULL) < 0 && err.kind == SEG_EDATA,
        "refused: %s", err.text);
    ok(write_file(make(SEG_U8, 3, 2, 2, 5), NULL) < 0, "refused: %s", err.text);
    ok(write_file(make(SEG_U8, 3, 0, 2, 1), NULL) < 0, "refused: %s", err.text);
    ok(write_file(make(SEG_U8, 1, 2, 0, 0), NULL) < 0, "refused: %s", err.text);

    int full = open("/dev/full", O_WRONLY);
    ok(seg_png_write(full, "full", make(SEG_U8, 3, 200, 200, 3), NULL, &err) <
                0 &&
            err.kind == SEG_EIO,
        "a full device: %s", err.text);
    close(full);

    static const struct seg_image_opts small = {.max_bytes = 99};
    seg_record_clear(&to);
    ok(!write_file(make(SEG_U8, 3, 10, 10, 1), NULL) &&
            seg_image_read(&to, "image", path, &small, &err) < 0 &&
            err.kind == SEG_EMEM && !to.ntensors,
        "over the limit: %s", err.text);
    ok(seg_image_read(&to, "image", "/gone/x.png", &image, &err) < 0 &&
            err.kind == SEG_ENOINPUT,
        "no such file: %s", err.text);
}

int
main(void)
{
    scratch_file();
    test_round_trips();
    test_palette();
    test_refusals();
    seg_record_free(&from);
    seg_record_free(&to);
    return done();
}
