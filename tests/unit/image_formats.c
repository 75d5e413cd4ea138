/* The table of image formats: each row is complete, and each writer's files are
   recognized and read by their own format alone. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/image/image.h"
#include "formats/stream/kind.h"
#include "tests/unit/scratch.h"
#include "tests/unit/tap.h"

static struct seg_err err;
static struct seg_record from, to;

static int
has_suffixes(const struct seg_image_format *f)
{
    for (int k = 0; f->suffix[k]; k++)
        if (f->suffix[k][0] != '.' || !seg_image_has_suffix(f->suffix[k]))
            return 0;
    return f->suffix[0] != NULL;
}

/* 1 if the two formats share a name or a suffix. */
static int
clash(const struct seg_image_format *f, const struct seg_image_format *g)
{
    for (int i = 0; f->suffix[i]; i++)
        for (int k = 0; g->suffix[k]; k++)
            if (!strcmp(f->suffix[i], g->suffix[k]))
                return 1;
    return !strcmp(f->name, g->name) || !strcmp(f->title, g->title);
}

static void
test_row(const struct seg_image_format *f)
{
    const struct seg_file empty = {"empty", "", 0}, one = {"one", "x", 1};
    int clashes = 0;

    for (int i = 0; seg_image_formats[i]; i++)
        clashes += seg_image_formats[i] != f && clash(seg_image_formats[i], f);
    ok(has_suffixes(f) && !clashes, "%s: suffixes, and no clash", f->name);
    ok(f->read ? !f->count_pages && !f->read_page
               : f->count_pages && f->read_page,
        "%s: reads an image or pages", f->name);
    ok(!f->probe(&empty) && !f->probe(&one), "%s: short files are no %s",
        f->name, f->title);
    ok(!f->keeps || f->write || f->sharing == SEG_SLICES_OF_VOLUME,
        "%s: --format auto chooses only formats that are written", f->name);
}

/* Gray levels for c = 0, else c channels. */
static const struct seg_tensor *
make(enum seg_type type, size_t c)
{
    size_t shape[3] = {3, 5, c};

    seg_record_clear(&from);
    struct seg_tensor *t =
        seg_record_add(&from, "image", type, c ? 3 : 2, shape, &err);
    for (size_t i = 0; i < t->bytes; i++)
        ((uint8_t *)t->data)[i] = (uint8_t)(7 * i + 1);
    return t;
}

static int
write_file(const struct seg_image_format *f, const struct seg_tensor *t)
{
    const struct seg_image_write_opts opts = {.tile = 0};
    int fd = open(path, O_WRONLY | O_TRUNC);
    int status = f->write(fd, path, t, &opts, &err);

    close(fd);
    return status;
}

static int
same(const struct seg_tensor *t)
{
    const struct seg_tensor *u = seg_record_find(&to, "image");

    return u && u->type == t->type && u->rank == t->rank &&
           u->bytes == t->bytes && !memcmp(u->data, t->data, t->bytes);
}

/* A tensor that does not fit, for example gray in a QOI, must be refused. */
static void
test_refusal(const struct seg_image_format *f, const struct seg_tensor *t)
{
    ok(write_file(f, t) && err.kind == SEG_EDATA &&
            strstr(err.text, "does not fit"),
        "%s: %s of %d axes is not written", f->name, seg_type_name(t->type),
        t->rank);
}

static void
test_round_trip(const struct seg_image_format *f, enum seg_type type, size_t c)
{
    const struct seg_tensor *t = make(type, c);
    const struct seg_image_opts opts = {
        .mode = c ? SEG_IMAGE_PIXELS : SEG_IMAGE_LABEL};
    struct seg_images images;
    const char *remedy = NULL;

    if (f->keeps && !f->keeps(&from, t)) {
        test_refusal(f, t);
        return;
    }
    seg_record_clear(&to);
    if (!ok(!write_file(f, t) &&
                !seg_images_open(&images, &to.arena, path, &opts, &err) &&
                !seg_images_read(&to, "image", &images, 0, &opts, &err) &&
                images.format == f && images.n == 1 && same(t),
            "%s: %s of %zu channels is the same after reading", f->name,
            seg_type_name(type), c)) {
        note("%s", err.text);
        return;
    }
    for (int i = 0; seg_image_formats[i]; i++)
        if (seg_image_formats[i] != f &&
            seg_image_formats[i]->probe(&images.file))
            ok(0, "%s is not recognized as %s", f->name,
                seg_image_formats[i]->name);
    ok(seg_kind_not_stream(images.file.data, images.file.bytes, &remedy) &&
            remedy && strstr(remedy, "seg-import"),
        "%s: programs that expect a stream advise seg-import", f->name);
}

static int
chosen(const struct seg_tensor *t, const char *key, const char *name)
{
    if (key && seg_record_set(&from, key, "x", &err))
        return 0;
    return !strcmp(seg_image_format_for(&from, t)->name, name);
}

static void
test_choice(void)
{
    ok(chosen(make(SEG_U8, 3), NULL, "png"), "auto: RGB is PNG");
    ok(chosen(make(SEG_U16, 0), NULL, "png"), "16-bit gray is PNG");
    ok(chosen(make(SEG_U8, 5), NULL, "tiff"), "five channels are TIFF");
    ok(chosen(make(SEG_F32, 1), NULL, "tiff"), "floats are TIFF");
    ok(chosen(make(SEG_U8, 3), "seg.geo", "tiff"), "a georeference is TIFF");
    ok(chosen(make(SEG_U8, 0), "seg.volume", "nifti"), "a slice is NIfTI");
    ok(chosen(make(SEG_F64, 1), NULL, "npy"), "other types are npy");
    ok(chosen(make(SEG_F64, 1), "seg.volume", "npy"), "in a volume as well");
}

static void
test_lists(void)
{
    char text[SEG_IMAGE_LIST];
    struct seg_images images;
    const struct seg_image_opts opts = {.axis = 2};
    int fd = open(path, O_WRONLY | O_TRUNC);

    seg_image_suffixes(text, "or");
    ok(!strncmp(text, ".png, .jpg, ", 12) && strstr(text, " or "),
        "suffixes for messages: %s", text);
    ok(!seg_image_has_suffix(".txt") && seg_image_has_suffix(".PNG"),
        "suffixes in capital letters count");
    ok(write(fd, "\1\2\3", 3) == 3, "a file of three bytes");
    close(fd);
    ok(seg_images_open(&images, &to.arena, path, &opts, &err) < 0 &&
            strstr(err.text, "neither PNG, JPEG, TIFF, ") &&
            strstr(err.text, " nor "),
        "a file of no format is refused by the titles of all");
}

int
main(void)
{
    scratch_file();
    for (int i = 0; seg_image_formats[i]; i++) {
        const struct seg_image_format *f = seg_image_formats[i];

        test_row(f);
        for (int k = 0; f->write && k < 4; k++)
            test_round_trip(f, k & 1 ? SEG_U16 : SEG_U8, k & 2 ? 3 : 0);
    }
    test_choice();
    test_lists();
    seg_record_free(&from);
    seg_record_free(&to);
    return done();
}
