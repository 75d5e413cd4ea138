/*
 * PNG, through libpng.
 *
 * Every bit depth, color type and interlacing is read.  Before memory is
 * allocated, the size in the header is compared with the limits and with the
 * most that the bytes of the file can expand to.  A wrong checksum of pixels is
 * bad data.  Metadata is skipped except EXIF.  A tRNS chunk (one color declared
 * transparent) is ignored: the image has the channels of its color type, and
 * only an alpha channel is alpha.
 */
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>
#include <unistd.h>

#include "formats/codec/exif.h"
#include "formats/image/png.h"
#include "formats/image/png_chunks.h"

/* All memory of libpng comes from the arena; failed: an allocation failed. */
struct memory {
    struct seg_arena arena;
    int failed;
    struct seg_err *e;
};

/* libpng returns errors by longjmp, so no state is kept in local variables. */
struct reading {
    struct memory memory;
    struct seg_png_chunks chunks;
    const char *path;
    struct seg_err *e;
    png_structp png;
    png_infop info;
    int longer; /* there is compressed data after the last pixel */
};

static png_voidp
take(png_structp png, png_alloc_size_t n)
{
    struct memory *m = png_get_mem_ptr(png);
    void *p = seg_take_dirty(&m->arena, n, 1, m->e);

    m->failed |= !p;
    return p;
}

static void
give_back(png_structp png, png_voidp p)
{
    (void)png; /* the arena is freed as a whole */
    (void)p;
}

static void
read_failed(png_structp png, png_const_charp text)
{
    struct reading *r = png_get_error_ptr(png);

    if (!r->memory.failed)
        seg_fail(r->e, SEG_EDATA, "%s: damaged PNG: %s", r->path, text);
    png_longjmp(png, 1);
}

/* Data after the last pixel is harmless.  All other warnings of libpng are
   about pixels, since it sees no metadata, and become errors. */
static void
read_warning(png_structp png, png_const_charp text)
{
    struct reading *r = png_get_error_ptr(png);

    if (!strstr(text, "Extra compressed data") &&
        !strstr(text, "Too much image data"))
        read_failed(png, text);
    r->longer = 1;
}

static void
read_bytes(png_structp png, png_bytep to, size_t n)
{
    struct reading *r = png_get_io_ptr(png);

    if (seg_png_chunks_read(&r->chunks, to, n, r->e))
        png_longjmp(png, 1);
}

enum { SIDE = 1 << 20 };

static void
set_up(struct reading *r)
{
    enum { CHUNK = 8 << 20 };

    png_set_read_fn(r->png, r, read_bytes);
    png_set_user_limits(r->png, SIDE, SIDE);
    png_set_chunk_malloc_max(r->png, CHUNK);
    png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(r->png, 1); /* read_warning decides */
    /* an index without a color may be a valid class id */
    png_set_check_for_invalid_index(r->png, 0);
}

/* libpng would report an image above its limits as damaged. */
static int
check_sides(const struct reading *r)
{
    enum { TYPE_AT = 12, WIDTH_AT = 16, HEIGHT_AT = 20 };
    const struct seg_file *file = r->chunks.file;
    const uint8_t *p = (const uint8_t *)file->data;

    if (file->bytes < HEIGHT_AT + 4 || memcmp(p + TYPE_AT, "IHDR", 4))
        return 0;
    png_uint_32 w = png_get_uint_32(p + WIDTH_AT);
    png_uint_32 h = png_get_uint_32(p + HEIGHT_AT);
    if (w <= SIDE && h <= SIDE)
        return 0;
    return seg_fail(r->e, SEG_EDATA,
        "%s: not supported: a PNG of %ux%u pixels; up to %d a side expected",
        r->path, w, h, SIDE);
}

static int
check_header(const struct reading *r)
{
    enum { DEFLATE_EXPANDS = 1032 }; /* the most that one byte becomes */
    size_t h = png_get_image_height(r->png, r->info), packed;

    if (seg_mul(&packed, png_get_rowbytes(r->png, r->info), h) ||
        packed / DEFLATE_EXPANDS > r->chunks.file->bytes)
        return seg_fail(r->e, SEG_EDATA,
            "%s: damaged PNG: %ux%zu pixels are more than %zu bytes can hold",
            r->path, png_get_image_width(r->png, r->info), h,
            r->chunks.file->bytes);
    return 0;
}

/* Interlaced images are read in seven passes over all rows. */
static void
read_pixels(struct reading *r, uint8_t *to, size_t pitch)
{
    int passes = png_set_interlace_handling(r->png);
    size_t h = png_get_image_height(r->png, r->info);

    if (png_get_bit_depth(r->png, r->info) == 16 &&
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(r->png);
    png_set_packing(r->png);
    png_start_read_image(r->png);
    for (int pass = 0; pass < passes; pass++)
        for (size_t y = 0; y < h; y++)
            png_read_row(r->png, to + y * pitch, NULL);
}

/* Palette indices, in the last third of rgb, become RGB in place, from the
   first to the last: writing never passes reading. */
static int
to_rgb(struct reading *r, uint8_t *rgb, size_t h, size_t w)
{
    size_t pixels = h * w;
    png_colorp palette;
    int n = 0;

    png_get_PLTE(r->png, r->info, &palette, &n);
    for (size_t i = 0; i < pixels; i++) {
        int index = rgb[2 * pixels + i];

        if (index >= n)
            return seg_fail(r->e, SEG_EDATA,
                "%s: damaged PNG: index %d at (x %zu, y %zu), palette of %d "
                "colors",
                r->path, index, i % w, i / w, n);
        rgb[3 * i] = palette[index].red;
        rgb[3 * i + 1] = palette[index].green;
        rgb[3 * i + 2] = palette[index].blue;
    }
    return 0;
}

/* The palette of a label image is later compared with the label map. */
static int
note_palette(struct reading *r, struct seg_record *rec)
{
    uint8_t rgb[256][3];
    png_colorp palette;
    int n = 0;

    if (png_get_color_type(r->png, r->info) != PNG_COLOR_TYPE_PALETTE)
        return 0;
    png_get_PLTE(r->png, r->info, &palette, &n);
    for (int i = 0; i < n; i++) {
        rgb[i][0] = palette[i].red;
        rgb[i][1] = palette[i].green;
        rgb[i][2] = palette[i].blue;
    }
    return seg_image_note_palette(rec, (const uint8_t(*)[3])rgb, n, r->e);
}

/* Copies metadata to the record and warns of irregular files. */
static int
note_metadata(struct reading *r, struct seg_record *rec,
    const struct seg_image_opts *opts)
{
    enum { ZLIB_END = 16 }; /* an empty block and a checksum may be left */
    struct seg_png_chunks *c = &r->chunks;
    size_t extra;

    seg_png_chunks_finish(c, &extra);
    if (opts->mode != SEG_IMAGE_PIXELS && c->class_ids &&
        seg_record_set(rec, "seg.ids", "1", r->e))
        return -1;
    if (c->exif && seg_exif_note(rec, c->exif, c->exif_bytes, r->e))
        return -1;
    if (extra > ZLIB_END &&
        seg_record_warn(rec, r->e,
            "%s: %zu bytes follow the last pixel: not used", r->path, extra))
        return -1;
    if (r->longer &&
        seg_record_warn(rec, r->e,
            "%s: compressed data after the last pixel: not used", r->path))
        return -1;
    if (!c->ended)
        return seg_record_warn(rec, r->e,
            "%s: the PNG has no end mark (IEND): all pixels are there",
            r->path);
    return c->damaged ? seg_record_warn(rec, r->e,
                            "%s: metadata with a wrong checksum: chunk %s, "
                            "%zu in all, not used",
                            r->path, c->first, c->damaged)
                      : 0;
}

static int
decode(struct reading *r, struct seg_record *rec, const char *name,
    const struct seg_image_opts *opts)
{
    if (setjmp(png_jmpbuf(r->png)))
        return -1;
    set_up(r);
    if (check_sides(r))
        return -1;
    png_read_info(r->png, r->info);
    if (check_header(r))
        return -1;
    size_t h = png_get_image_height(r->png, r->info);
    size_t w = png_get_image_width(r->png, r->info);
    size_t channels = png_get_channels(r->png, r->info);
    int indexed = opts->mode != SEG_IMAGE_LABEL &&
                  png_get_color_type(r->png, r->info) == PNG_COLOR_TYPE_PALETTE;
    enum seg_type type =
        png_get_bit_depth(r->png, r->info) == 16 ? SEG_U16 : SEG_U8;
    struct seg_tensor *t = seg_image_add(rec, name, type, h, w,
        indexed ? 3 : seg_image_channels(opts, channels), r->path, opts, r->e);
    if (!t)
        return -1;
    read_pixels(r, (uint8_t *)t->data + (indexed ? 2 * h * w : 0),
        w * channels * seg_type_size(type));
    if (indexed && to_rgb(r, t->data, h, w))
        return -1;
    if (opts->mode == SEG_IMAGE_LABEL && note_palette(r, rec))
        return -1;
    return note_metadata(r, rec, opts);
}

static int
read_image(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct reading r = {.memory.e = e, .path = file->path, .e = e};
    int status;

    seg_png_chunks_start(&r.chunks, file);
    r.png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &r, read_failed,
        read_warning, &r.memory, take, give_back);
    r.info = r.png ? png_create_info_struct(r.png) : NULL;
    if (!r.info)
        status = seg_fail(e, SEG_EMEM, "%s: out of memory", file->path);
    else
        status = decode(&r, rec, name, opts);
    png_destroy_read_struct(&r.png, &r.info, NULL);
    seg_arena_free(&r.memory.arena);
    if (status)
        seg_record_drop(rec, name);
    return status;
}

/* ---- writing ---- */

struct writing {
    struct memory memory;
    int fd, failed; /* failed: errno */
    const char *path;
    struct seg_err *e;
    png_structp png;
    png_infop info;
    size_t held;
    uint8_t buffer[64 << 10];
};

static void
write_failed(png_structp png, png_const_charp text)
{
    struct writing *w = png_get_error_ptr(png);

    if (w->failed)
        seg_fail(w->e, SEG_EIO, "%s: cannot write: %s", w->path,
            strerror(w->failed));
    else if (!w->memory.failed)
        seg_fail(w->e, SEG_ESOFT, "%s: libpng: %s", w->path, text);
    png_longjmp(png, 1);
}

/* libpng only warns if there is no memory for a text. */
static void
write_warning(png_structp png, png_const_charp text)
{
    struct writing *w = png_get_error_ptr(png);

    if (w->memory.failed)
        write_failed(png, text);
}

static void
write_flush(png_structp png)
{
    struct writing *w = png_get_io_ptr(png);
    size_t at = 0;

    while (at < w->held) {
        ssize_t n = write(w->fd, w->buffer + at, w->held - at);

        if (n < 0 && errno != EINTR) {
            w->failed = errno;
            png_error(png, "write");
        }
        at += n > 0 ? (size_t)n : 0;
    }
    w->held = 0;
}

static void
write_bytes(png_structp png, png_bytep from, size_t n)
{
    struct writing *w = png_get_io_ptr(png);

    while (n) {
        size_t free = sizeof w->buffer - w->held, part = n < free ? n : free;

        memcpy(w->buffer + w->held, from, part);
        w->held += part;
        from += part;
        n -= part;
        if (w->held == sizeof w->buffer)
            write_flush(png);
    }
}

static int
encode(struct writing *w, const struct seg_tensor *t,
    const struct seg_palette *palette)
{
    static const int color[] = {0, PNG_COLOR_TYPE_GRAY,
        PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
        PNG_COLOR_TYPE_RGB_ALPHA};
    size_t c = seg_tensor_bands(t);
    size_t pitch = t->shape[1] * c * seg_type_size(t->type);
    png_color entry[256];
    png_text note = {.compression = PNG_TEXT_COMPRESSION_NONE,
        .key = (char *)seg_png_keyword,
        .text = (char *)seg_png_ids};

    if (setjmp(png_jmpbuf(w->png)))
        return -1;
    png_set_write_fn(w->png, w, write_bytes, write_flush);
    png_set_IHDR(w->png, w->info, (png_uint_32)t->shape[1],
        (png_uint_32)t->shape[0], t->type == SEG_U16 ? 16 : 8,
        palette ? PNG_COLOR_TYPE_PALETTE : color[c], PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (palette) {
        for (int i = 0; i < palette->n; i++)
            entry[i] = (png_color){
                palette->rgb[i][0], palette->rgb[i][1], palette->rgb[i][2]};
        png_set_PLTE(w->png, w->info, entry, palette->n);
    }
    if (palette && palette->ids)
        png_set_text(w->png, w->info, &note, 1);
    png_set_compression_level(w->png, 6);
    png_write_info(w->png, w->info);
    if (t->type == SEG_U16 && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
        png_set_swap(w->png);
    for (size_t y = 0; y < t->shape[0]; y++)
        png_write_row(w->png, (const uint8_t *)t->data + y * pitch);
    png_write_end(w->png, w->info);
    write_flush(w->png);
    return 0;
}

/* The first pixel whose value has no palette entry, or t->bytes. */
static size_t
find_without_color(const struct seg_tensor *t, int n)
{
    const uint8_t *p = t->data;
    size_t i = 0;

    while (i < t->bytes && p[i] < n)
        i++;
    return i;
}

int
seg_png_write(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_palette *palette, struct seg_err *e)
{
    struct writing w = {.memory.e = e, .fd = fd, .path = path, .e = e};
    char text[120];
    int status;

    if ((t->type != SEG_U8 && t->type != SEG_U16) || t->rank < 2 ||
        t->rank > 3 || !t->bytes || (t->rank == 3 && t->shape[2] > 4) ||
        t->shape[0] > PNG_UINT_31_MAX || t->shape[1] > PNG_UINT_31_MAX)
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s does not fit in a PNG: [H,W] or [H,W,C] with C "
            "1 to 4, u8 or u16 expected",
            path, t->name, seg_tensor_describe(text, sizeof text, t));
    if (palette && (t->rank != 2 || t->type != SEG_U8))
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s cannot have a palette: [H,W] u8 expected", path,
            t->name, seg_tensor_describe(text, sizeof text, t));
    if (palette) {
        size_t i = find_without_color(t, palette->n), width = t->shape[1];
        if (i < t->bytes)
            return seg_fail(e, SEG_EDATA,
                "%s: tensor %s: value %d at (x %zu, y %zu) has no color among "
                "%d",
                path, t->name, ((const uint8_t *)t->data)[i], i % width,
                i / width, palette->n);
    }
    w.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &w, write_failed,
        write_warning, &w.memory, take, give_back);
    w.info = w.png ? png_create_info_struct(w.png) : NULL;
    if (!w.info)
        status = seg_fail(e, SEG_EMEM, "%s: out of memory", path);
    else
        status = encode(&w, t, palette);
    png_destroy_write_struct(&w.png, &w.info);
    seg_arena_free(&w.memory.arena);
    return status;
}

/* ---- the format ---- */

static int
probe(const struct seg_file *file)
{
    return seg_file_begins(file, "\x89PNG\r\n\x1a\n", 8);
}

/* A PNG keeps neither georeference nor position in a volume. */
static int
keeps(const struct seg_record *rec, const struct seg_tensor *t)
{
    return (t->type == SEG_U8 || t->type == SEG_U16) &&
           (t->rank == 2 || (t->rank == 3 && t->shape[2] <= 4)) &&
           !seg_record_meta(rec, "seg.geo") &&
           !seg_record_meta(rec, "seg.volume");
}

static int
write_image(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_image_write_opts *opts, struct seg_err *e)
{
    return seg_png_write(fd, path, t, opts->palette, e);
}

const struct seg_image_format seg_png_format = {
    .name = "png",
    .title = "PNG",
    .suffix = {".png"},
    .probe = probe,
    .read = read_image,
    .keeps = keeps,
    .write = write_image,
};
