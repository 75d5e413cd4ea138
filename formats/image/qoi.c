/*
 * QOI, the "Quite OK Image" format: RGB or RGBA of u8, without loss.
 *
 * The file has a header of 14 bytes, chunks and an end mark.  A chunk is one
 * pixel, or a run of pixels equal to the one before; a pixel is stored as it
 * is, as the difference to the one before, or as an index of the table of
 * pixels seen before.  The pixels of an RGB file may have an alpha value too,
 * which counts for the table and is left out of the image.
 *
 * There is no checksum.  So a run beyond the last pixel, and chunks after it,
 * are bad data; a file of which only the end mark is cut is read with a
 * warning.
 *
 * Source: Szablewski, The Quite OK Image Format, Specification 1.0, 2022,
 * https://qoiformat.org/qoi-specification.pdf
 */
#include <string.h>

#include "formats/codec/image_format.h"
#include "formats/stream/stream.h"

enum { HEADER = 14, MARK = 8, WIDTH_AT = 4, HEIGHT_AT = 8 };
enum { CHANNELS_AT = 12, SPACE_AT = 13 };

static const char mark[] = {0, 0, 0, 0, 0, 0, 0, 1};

/* The first byte of a chunk.  Below RGB the two high bits are the kind. */
enum {
    INDEX = 0x00,
    DIFF = 0x40, /* each of the differences -2 .. 1 in two bits */
    LUMA = 0x80, /* green -32 .. 31, red and blue -8 .. 7 from that of green */
    RUN = 0xc0,  /* of 1 to 62 pixels */
    RGB = 0xfe,
    RGBA = 0xff,
    KIND = 0xc0,
    LOW = 0x3f,
    LONGEST = 62
};

/* The state that reader and writer share. */
struct pixels {
    uint8_t last[4]; /* the pixel before */
    uint8_t seen[64][4];
};

static const struct pixels start = {.last = {0, 0, 0, 255}};

static uint8_t *
seen_at(struct pixels *s, const uint8_t p[4])
{
    return s->seen[(p[0] * 3 + p[1] * 5 + p[2] * 7 + p[3] * 11) % 64];
}

/* ---- reading ---- */

struct reading {
    const struct seg_file *file;
    const uint8_t *at, *end; /* of the chunks */
    size_t w, h, c;
    struct pixels state;
    struct seg_err *e;
};

static int
damaged(const struct reading *r, const char *reason)
{
    return seg_fail(
        r->e, SEG_EDATA, "%s: damaged QOI: %s", r->file->path, reason);
}

static size_t
get_u32(const uint8_t *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static int
read_header(struct reading *r)
{
    const uint8_t *p = (const uint8_t *)r->file->data;
    size_t n = r->file->bytes, pixels;

    if (n < HEADER)
        return damaged(r, "its header is cut off");
    r->w = get_u32(p + WIDTH_AT);
    r->h = get_u32(p + HEIGHT_AT);
    r->c = p[CHANNELS_AT];
    if (r->c != 3 && r->c != 4)
        return seg_fail(r->e, SEG_EDATA,
            "%s: damaged QOI: %zu channels; 3 or 4 expected", r->file->path,
            r->c);
    if (seg_mul(&pixels, r->w, r->h) || pixels / LONGEST > n - HEADER)
        return seg_fail(r->e, SEG_EDATA,
            "%s: damaged QOI: %zux%zu pixels are more than %zu bytes can hold",
            r->file->path, r->w, r->h, n - HEADER);
    r->at = p + HEADER;
    r->end = p + n;
    if (n - HEADER >= MARK && !memcmp(r->end - MARK, mark, MARK))
        r->end -= MARK;
    r->state = start;
    return 0;
}

static size_t
bytes_of(uint8_t tag)
{
    return tag == RGBA ? 5 : tag == RGB ? 4 : (tag & KIND) == LUMA ? 2 : 1;
}

/* Sums wrap around: 255 + 1 = 0. */
static void
add(uint8_t p[4], int red, int green, int blue)
{
    p[0] = (uint8_t)(p[0] + red);
    p[1] = (uint8_t)(p[1] + green);
    p[2] = (uint8_t)(p[2] + blue);
}

/* Reads a chunk into state.last; the number of pixels, or 0 if the chunk is cut
   off. */
static size_t
read_chunk(struct reading *r)
{
    const uint8_t *p = r->at;
    uint8_t *last = r->state.last;
    size_t left = (size_t)(r->end - p), run = 1;

    if (!left || left < bytes_of(*p))
        return 0;
    int low = *p & LOW, green = low - 32;
    r->at += bytes_of(*p);
    if (*p >= RGB)
        memcpy(last, p + 1, *p == RGB ? 3 : 4);
    else if ((*p & KIND) == INDEX)
        memcpy(last, r->state.seen[low], 4);
    else if ((*p & KIND) == DIFF)
        add(last, (low >> 4) - 2, (low >> 2 & 3) - 2, (low & 3) - 2);
    else if ((*p & KIND) == LUMA)
        add(last, green + (p[1] >> 4) - 8, green, green + (p[1] & 15) - 8);
    else
        run = (size_t)low + 1;
    memcpy(seen_at(&r->state, last), last, 4);
    return run;
}

static int
read_pixels(struct reading *r, uint8_t *to)
{
    size_t all = r->w * r->h, run;

    for (size_t i = 0; i < all; i += run) {
        run = read_chunk(r);
        if (!run)
            return seg_fail(r->e, SEG_EDATA,
                "%s: damaged QOI: cut off after %zu of %zu pixels",
                r->file->path, i, all);
        if (run > all - i)
            return damaged(r, "a run goes beyond the last pixel");
        for (size_t k = 0; k < run; k++, to += r->c)
            memcpy(to, r->state.last, r->c);
    }
    return 0;
}

/* Checks the bytes after the last pixel, and warns of irregular files. */
static int
check_end(struct reading *r, struct seg_record *rec)
{
    const char *path = r->file->path, *rest = (const char *)r->at;
    size_t n = (size_t)(r->file->data + r->file->bytes - rest);
    int space = ((const uint8_t *)r->file->data)[SPACE_AT];

    if (memcmp(rest, mark, n < MARK ? n : MARK))
        return seg_fail(r->e, SEG_EDATA,
            "%s: damaged QOI: %zu bytes after the last pixel; the end mark "
            "expected",
            path, n);
    if (space > 1 &&
        seg_record_warn(rec, r->e,
            "%s: unknown color space %d; 0 or 1 expected: not used", path,
            space))
        return -1;
    if (n < MARK)
        return seg_record_warn(rec, r->e,
            "%s: the QOI has no end mark: all pixels are there", path);
    return n == MARK ? 0
                     : seg_record_warn(rec, r->e,
                           "%s: %zu bytes follow the image: not used", path,
                           n - MARK);
}

static int
read_image(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct reading r = {.file = file, .e = e};

    if (read_header(&r))
        return -1;
    struct seg_tensor *t = seg_image_add(rec, name, SEG_U8, r.h, r.w,
        seg_image_channels(opts, r.c), file->path, opts, e);
    if (!t)
        return -1;
    if (read_pixels(&r, t->data) || check_end(&r, rec)) {
        seg_record_drop(rec, name);
        return -1;
    }
    return 0;
}

/* ---- writing ---- */

struct writing {
    int fd;
    const char *path;
    struct seg_err *e;
    struct pixels state;
    size_t run; /* pixels equal to state.last that are not written yet */
    size_t n;
    uint8_t bytes[8192];
};

static int
flush(struct writing *w)
{
    size_t n = w->n;

    w->n = 0;
    return seg_write_all(w->fd, w->path, w->bytes, n, w->e);
}

static int
put(struct writing *w, const void *bytes, size_t n)
{
    if (n > sizeof w->bytes - w->n && flush(w))
        return -1;
    memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
    return 0;
}

static int
put_byte(struct writing *w, int byte)
{
    return put(w, &(uint8_t){(uint8_t)byte}, 1);
}

static int
put_header(struct writing *w, size_t width, size_t height, size_t c)
{
    uint8_t h[HEADER] = "qoif";

    for (int i = 0; i < 4; i++) {
        h[WIDTH_AT + i] = (uint8_t)(width >> (24 - 8 * i));
        h[HEIGHT_AT + i] = (uint8_t)(height >> (24 - 8 * i));
    }
    h[CHANNELS_AT] = (uint8_t)c;
    return put(w, h, sizeof h);
}

static int
put_run(struct writing *w)
{
    size_t n = w->run;

    w->run = 0;
    return n ? put_byte(w, RUN | (int)(n - 1)) : 0;
}

static int
within(int v, int least, int most)
{
    return v >= least && v <= most;
}

/* The pixel p as one of the chunks other than a run. */
static int
put_pixel(struct writing *w, const uint8_t p[4])
{
    const uint8_t *last = w->state.last;
    uint8_t *seen = seen_at(&w->state, p);
    int red = (int8_t)(p[0] - last[0]), green = (int8_t)(p[1] - last[1]),
        blue = (int8_t)(p[2] - last[2]), from_red = (int8_t)(red - green),
        from_blue = (int8_t)(blue - green);

    if (!memcmp(seen, p, 4))
        return put_byte(w, INDEX | (int)((seen - w->state.seen[0]) / 4));
    memcpy(seen, p, 4);
    if (p[3] != last[3])
        return put_byte(w, RGBA) || put(w, p, 4);
    if (within(red, -2, 1) && within(green, -2, 1) && within(blue, -2, 1))
        return put_byte(
            w, DIFF | (red + 2) << 4 | (green + 2) << 2 | (blue + 2));
    if (within(green, -32, 31) && within(from_red, -8, 7) &&
        within(from_blue, -8, 7))
        return put_byte(w, LUMA | (green + 32)) ||
               put_byte(w, (from_red + 8) << 4 | (from_blue + 8));
    return put_byte(w, RGB) || put(w, p, 3);
}

static int
put_pixels(struct writing *w, const uint8_t *from, size_t n, size_t c)
{
    for (size_t i = 0; i < n; i++, from += c) {
        uint8_t p[4] = {0, 0, 0, 255};

        memcpy(p, from, c);
        if (!memcmp(p, w->state.last, 4)) {
            if (++w->run == LONGEST && put_run(w))
                return -1;
            continue;
        }
        if (put_run(w) || put_pixel(w, p))
            return -1;
        memcpy(w->state.last, p, 4);
    }
    return put_run(w);
}

static int
fits(const struct seg_tensor *t)
{
    return t->type == SEG_U8 && t->rank == 3 &&
           (t->shape[2] == 3 || t->shape[2] == 4) && t->bytes &&
           t->shape[0] <= UINT32_MAX && t->shape[1] <= UINT32_MAX;
}

static int
write_image(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_image_write_opts *opts, struct seg_err *e)
{
    struct writing w = {.fd = fd, .path = path, .e = e, .state = start};
    char text[120];

    (void)opts;
    if (!fits(t))
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s does not fit in a QOI: [H,W,3] or [H,W,4], u8 "
            "expected",
            path, t->name, seg_tensor_describe(text, sizeof text, t));
    return put_header(&w, t->shape[1], t->shape[0], t->shape[2]) ||
                   put_pixels(
                       &w, t->data, t->shape[0] * t->shape[1], t->shape[2]) ||
                   put(&w, mark, MARK) || flush(&w)
               ? -1
               : 0;
}

/* ---- the format ---- */

static int
probe(const struct seg_file *file)
{
    return seg_file_begins(file, "qoif", 4);
}

/* A QOI keeps neither georeference nor position in a volume. */
static int
keeps(const struct seg_record *rec, const struct seg_tensor *t)
{
    return fits(t) && !seg_record_meta(rec, "seg.geo") &&
           !seg_record_meta(rec, "seg.volume");
}

const struct seg_image_format seg_qoi_format = {
    .name = "qoi",
    .title = "QOI",
    .suffix = {".qoi"},
    .probe = probe,
    .read = read_image,
    .keeps = keeps,
    .write = write_image,
};
