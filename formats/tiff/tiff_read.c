#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "formats/codec/exif.h"
#include "formats/geometry/geo.h"
#include "formats/tiff/libtiff.h"
#include "formats/tiff/tiff.h"
#include "formats/tiff/tiff_samples.h"

struct seg_tiff_reader {
    struct seg_libtiff io;
    struct seg_tiff_page page;
    struct seg_tiff_info info;
    struct seg_record meta; /* its arena holds this struct and the buffers */
    enum seg_type stored;   /* type of the samples after unpacking */
    int colored, inverted;  /* palette to RGB; 0 is white */
    uint8_t *chunk;         /* one chunk as stored */
    char *plain; /* one row of chunks before conversion; NULL: no conversion */
    int shift;   /* of palette entries, to 8 bits */
    uint64_t blank; /* the sample in chunks that are left out */
};

/* ---- tags ---- */

static int
unsupported(const struct seg_tiff_reader *r, const char *tag, int value,
    const char *wanted, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA,
        "%s: not supported: TIFF with %s %d; %s expected", r->io.path, tag,
        value, wanted);
}

static int
check_samples(struct seg_tiff_reader *r, struct seg_err *e)
{
    static const char *const format[] = {
        "?", "unsigned", "signed", "float", "?", "complex", "complex"};
    const struct seg_tiff_page *p = &r->page;

    if (seg_tiff_sample_type(&r->stored, p))
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: TIFF samples of %d bits, %s; whole numbers of "
            "1 "
            "to 32 or 64 bits or floats of 16, 24, 32 or 64 expected",
            r->io.path, p->bits,
            format[p->format > 0 && p->format < 7 ? p->format : 0]);
    if (p->predictor == 2 && p->bits % 8)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: TIFF with Predictor (tag 317) 2 for samples of "
            "%d bits",
            r->io.path, p->bits);
    return 0;
}

static int
check_page(struct seg_tiff_reader *r, struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;

    if (check_samples(r, e))
        return -1;
    if (p->colors > SEG_TIFF_SEPARATED || p->colors < 0)
        return unsupported(r, "PhotometricInterpretation (tag 262)", p->colors,
            "0 to 5: gray, RGB, palette, mask or separated", e);
    if (p->colors == SEG_TIFF_PALETTE &&
        (p->c != 1 || (r->stored != SEG_U8 && r->stored != SEG_U16)))
        return seg_fail(e, SEG_EDATA,
            "%s: damaged TIFF: a palette for %zu bands of %d bits", r->io.path,
            p->c, p->bits);
    return 0;
}

static size_t
line_bytes(const struct seg_tiff_page *p, size_t pixels)
{
    return (pixels * (p->planar ? 1 : p->c) * (size_t)p->bits + 7) / 8;
}

/* The most bytes that one stored byte can expand to. */
static size_t
expands(int compression)
{
    switch (compression) {
    case 1:
        return 1;
    case 32773: /* PackBits */
        return 64;
    case 8:
    case 32946: /* deflate */
        return 1032;
    case 5: /* LZW: no entry is longer than the table */
        return 4096;
    default:
        return 1 << 16;
    }
}

/* Fails if the file is too small for the image.  Chunks that are left out take
   no bytes. */
static int
check_bytes(
    struct seg_tiff_reader *r, size_t chunk, size_t all, struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;
    size_t bytes, held = r->io.bytes;
    uint64_t stored;

    if ((all > chunk ? all : chunk) / expands(p->compression) <= held)
        return 0;
    if (seg_libtiff_count_stored(&r->io, p, &stored, e))
        return -1;
    if (!seg_mul(&bytes, chunk, stored) &&
        bytes / expands(p->compression) <= held)
        return 0;
    return seg_fail(e, SEG_EDATA,
        "%s: damaged TIFF: %zux%zu pixels of %zu bands in chunks of %zux%zu "
        "are more than %zu bytes can hold",
        r->io.path, p->w, p->h, p->c, p->chunk_w, p->chunk_h, held);
}

/*
 * Sets *chunk to the bytes of a chunk.  Fails if they exceed max or if the file
 * is too small for them.  Very large strips are read by lines.
 */
static int
check_sizes(
    struct seg_tiff_reader *r, size_t max, size_t *chunk, struct seg_err *e)
{
    enum { STRIP = 16 << 20 };
    struct seg_tiff_page *p = &r->page;
    size_t samples, all, lines;

    if (seg_mul(&samples, p->chunk_w, p->c) || samples > SIZE_MAX / 512 ||
        seg_mul(chunk, line_bytes(p, p->chunk_w), p->chunk_h) ||
        seg_mul(&samples, p->w, p->c) || samples > SIZE_MAX / 512 ||
        seg_mul(&lines, p->h, p->planar ? p->c : 1) ||
        seg_mul(&all, line_bytes(p, p->w), lines))
        return seg_fail(e, SEG_EDATA,
            "%s: damaged TIFF: %zux%zu pixels of %zu bands", r->io.path, p->w,
            p->h, p->c);
    if (check_bytes(r, *chunk, all, e))
        return -1;
    if (!p->tiled && *chunk > STRIP) {
        p->by_line = 1;
        p->chunk_h = 1;
        *chunk = line_bytes(p, p->w);
    }
    if (*chunk > seg_file_most(max))
        return seg_fail(e, seg_file_over(max),
            "%s: a chunk of %zux%zu pixels takes more than %zu bytes",
            r->io.path, p->chunk_w, p->chunk_h, seg_file_most(max));
    return 0;
}

/* Palette entries have 16 bits; if all are below 256 the writer meant 8. */
static int
palette_shift(const struct seg_tiff_page *p)
{
    for (int k = 0; k < 3; k++)
        for (size_t i = 0; i < (size_t)1 << p->bits; i++)
            if (p->rgb[k][i] > 255)
                return 8;
    return 0;
}

/* Sets the size and type of the result, and if samples are converted. */
static void
plan(struct seg_tiff_reader *r, const struct seg_image_opts *opts)
{
    const struct seg_tiff_page *p = &r->page;
    int image = opts->mode != SEG_IMAGE_LABEL;

    r->colored = image && p->colors == SEG_TIFF_PALETTE;
    r->inverted =
        image && p->colors == SEG_TIFF_WHITE_IS_0 && p->format == SEG_TIFF_UINT;
    r->info = (struct seg_tiff_info){.h = p->h,
        .w = p->w,
        .c = r->colored ? 3 : seg_image_channels(opts, p->c),
        .type = r->stored,
        .rows = p->chunk_h,
        .geo = seg_record_meta(&r->meta, "seg.geo"),
        .nodata = seg_record_meta(&r->meta, "seg.nodata"),
        .alpha = seg_record_meta(&r->meta, "seg.alpha"),
        .palette = seg_record_meta(&r->meta, SEG_STORED_PALETTE)};
    if (r->stored == SEG_F16 || r->stored > SEG_F32)
        r->info.type = SEG_F32;
    if (r->colored) {
        r->info.type = SEG_U8;
        r->shift = palette_shift(p);
    }
}

/* ---- chunks to rows ---- */

/* Unpacks the rows y0 .. y1 - 1 of the current chunk, at (x, y) of plane s,
   into to; a chunk that is left out becomes the blank sample. */
static void
unpack_chunk(struct seg_tiff_reader *r, char *to, size_t y0, size_t y1,
    size_t y, size_t x, size_t s, int left_out)
{
    const struct seg_tiff_page *p = &r->page;
    size_t size = seg_type_size(r->stored), step = p->planar ? p->c : 1;
    size_t pitch = line_bytes(p, p->chunk_w), first = y > y0 ? y : y0;
    size_t end = y + p->chunk_h < y1 ? y + p->chunk_h : y1;
    size_t wide = p->w - x < p->chunk_w ? p->w - x : p->chunk_w;
    size_t n = wide * (p->planar ? 1 : p->c);

    for (size_t row = first; row < end; row++) {
        char *out = to + (((row - y0) * p->w + x) * p->c + s) * size;

        for (size_t i = 0; left_out && i < n; i++)
            memcpy(out + i * step * size, &r->blank, size);
        if (!left_out)
            seg_tiff_unpack_samples(
                out, r->stored, step, r->chunk + (row - y) * pitch, n, p);
    }
}

/* Some files leave out the rows of the last tiles that are below the image.
   Codecs of pixel blocks (JPEG) do not allow that. */
static int
needs_whole_tiles(const struct seg_tiff_page *p)
{
    enum { OLD_DEFLATE = 32946, PACK_BITS = 32773 };

    return p->tiled && p->compression != SEG_TIFF_RAW &&
           p->compression != SEG_TIFF_LZW &&
           p->compression != SEG_TIFF_DEFLATE &&
           p->compression != OLD_DEFLATE && p->compression != PACK_BITS;
}

/* Unpacks rows y0 .. y1 - 1.  Planes are the outer loop, so that each is read
   from top to bottom. */
static int
read_stored(struct seg_tiff_reader *r, char *to, size_t y0, size_t y1,
    struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;
    size_t planes = p->planar ? p->c : 1;

    for (size_t s = 0; s < planes; s++)
        for (size_t y = y0 / p->chunk_h * p->chunk_h; y < y1; y += p->chunk_h) {
            size_t high = p->h - y > p->chunk_h || needs_whole_tiles(p)
                              ? p->chunk_h
                              : p->h - y;

            for (size_t x = 0; x < p->w; x += p->chunk_w) {
                int left_out = seg_libtiff_read_chunk(&r->io, p, y, x, s,
                    r->chunk, high * line_bytes(p, p->chunk_w), e);

                if (left_out < 0)
                    return -1;
                unpack_chunk(r, to, y0, y1, y, x, s, left_out);
            }
        }
    return 0;
}

/* ---- conversion ---- */

/* Row y: palette indices to RGB. */
static int
color(struct seg_tiff_reader *r, uint8_t *to, size_t y, const char *from,
    struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;
    uint16_t wide;

    for (size_t x = 0; x < p->w; x++) {
        size_t index = (uint8_t)from[x];

        if (r->stored == SEG_U16) {
            memcpy(&wide, from + 2 * x, 2);
            index = wide;
        }
        if (index >> p->bits)
            return seg_fail(e, SEG_EDATA,
                "%s: damaged TIFF: index %zu at (x %zu, y %zu)", r->io.path,
                index, x, y);
        for (int k = 0; k < 3; k++)
            to[3 * x + (size_t)k] = (uint8_t)(p->rgb[k][index] >> r->shift);
    }
    return 0;
}

/* Converts one row of chunks at a time, so that each chunk is decoded once. */
static int
convert(struct seg_tiff_reader *r, char *to, size_t y0, size_t y1,
    struct seg_err *e)
{
    size_t n = r->info.w * r->page.c, high = r->page.chunk_h, end;
    size_t pitch = r->colored ? 3 * r->info.w : n * sizeof(float);

    for (size_t y = y0; y < y1; y = end, to += (end - y0) * pitch, y0 = end) {
        end = (y / high + 1) * high < y1 ? (y / high + 1) * high : y1;
        struct seg_tensor band = {.type = r->stored,
            .rank = 1,
            .shape = {(end - y) * n},
            .bytes = (end - y) * n * seg_type_size(r->stored),
            .data = r->plain};

        if (read_stored(r, r->plain, y, end, e))
            return -1;
        if (r->inverted)
            seg_tiff_invert_samples(
                r->plain, r->stored, (end - y) * n, r->page.bits);
        if (!r->colored)
            seg_tensor_floats((float *)to, &band);
        for (size_t i = y; r->colored && i < end; i++)
            if (color(r, (uint8_t *)to + (i - y) * pitch, i,
                    r->plain + (i - y) * n * seg_type_size(r->stored), e))
                return -1;
    }
    return 0;
}

int
seg_tiff_read_rows(struct seg_tiff_reader *r, void *to, size_t y0, size_t y1,
    struct seg_err *e)
{
    if (r->plain)
        return convert(r, to, y0, y1, e);
    if (read_stored(r, to, y0, y1, e))
        return -1;
    if (r->inverted)
        seg_tiff_invert_samples(
            to, r->stored, (y1 - y0) * r->info.w * r->page.c, r->page.bits);
    return 0;
}

/* ---- opening ---- */

/* The sample in chunks that are left out: GDAL_NODATA, or 0. */
static void
read_blank(struct seg_tiff_reader *r)
{
    enum { NODATA = 42113 };
    struct seg_tiff_tag tag = {NODATA, 'a', 0, NULL};
    char text[64];

    r->blank = 0;
    if (!seg_libtiff_get_tag(&r->io, &tag))
        return;
    size_t n = tag.n < sizeof text ? tag.n : sizeof text - 1;
    memcpy(text, tag.value, n);
    text[n] = 0;
    seg_tiff_make_sample(&r->blank, r->stored, strtod(text, NULL), &r->page);
}

/* Sets seg.alpha if the file marks its last band as alpha.  Four bands that are
   not marked get "none", as seg-export would take the last for alpha. */
static int
note_alpha(struct seg_tiff_reader *r, struct seg_err *e)
{
    static const char *const kind[] = {"none", "associated", "unassociated"};
    const struct seg_tiff_page *p = &r->page;
    int likely = p->c == 4 && (r->stored == SEG_U8 || r->stored == SEG_U16) &&
                 !seg_record_meta(&r->meta, "seg.geo");

    return p->alpha || likely
               ? seg_record_set(&r->meta, "seg.alpha", kind[p->alpha], e)
               : 0;
}

/* The palette of a label image is later compared with the label map. */
static int
note_palette(struct seg_tiff_reader *r, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;
    uint8_t rgb[256][3];

    if (opts->mode != SEG_IMAGE_LABEL || p->colors != SEG_TIFF_PALETTE ||
        p->bits > 8)
        return 0;
    for (int i = 0; i < 1 << p->bits; i++)
        for (int k = 0; k < 3; k++)
            rgb[i][k] = (uint8_t)(p->rgb[k][i] >> palette_shift(p));
    return seg_image_note_palette(
        &r->meta, (const uint8_t(*)[3])rgb, 1 << p->bits, e);
}

static int
find_tag(void *page, struct seg_tiff_tag *tag)
{
    return seg_libtiff_get_tag(page, tag);
}

static int
note_meta(struct seg_tiff_reader *r, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    const struct seg_tiff_page *p = &r->page;

    if (*r->io.text && seg_record_warn(&r->meta, e, "%s: odd TIFF: %s",
                           r->io.path, r->io.text))
        return -1;
    if (p->orientation > 1 && p->orientation <= 8 &&
        seg_exif_set(&r->meta, p->orientation, e))
        return -1;
    if (seg_geo_read(&r->meta, find_tag, &r->io, r->io.path, e))
        return -1;
    read_blank(r);
    return opts->mode == SEG_IMAGE_PIXELS ? note_alpha(r, e) : 0;
}

static int
start(struct seg_tiff_reader *r, const struct seg_tiff_page_ref *at,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    size_t max = opts->max_bytes;
    size_t chunk, plain;

    if (seg_libtiff_select(&r->io, at, &r->page, e) || check_page(r, e) ||
        note_meta(r, opts, e) || check_sizes(r, max, &chunk, e) ||
        note_palette(r, opts, e))
        return -1;
    plan(r, opts);
    r->chunk = seg_take_dirty(&r->meta.arena, chunk, 1, e);
    if (!r->chunk)
        return -1;
    if (!r->colored && r->info.type == r->stored)
        return 0;
    if (seg_mul(&plain, r->page.w * r->page.c, r->page.chunk_h) ||
        seg_mul(&plain, plain, seg_type_size(r->stored)) ||
        plain > seg_file_most(max))
        return seg_fail(e, seg_file_over(max),
            "%s: a row of chunks of %zux%zu pixels takes more than %zu bytes",
            r->io.path, r->page.w, r->page.chunk_h, seg_file_most(max));
    r->plain = seg_take_dirty(&r->meta.arena, plain, 1, e);
    return r->plain ? 0 : -1;
}

/* The positions of all pages, in memory from a. */
static const struct seg_tiff_page_ref *
find_pages(struct seg_libtiff *io, size_t *pages, struct seg_arena *a,
    struct seg_err *e)
{
    if (seg_libtiff_pages(io, pages, NULL, e))
        return NULL;
    struct seg_tiff_page_ref *ref = seg_take(a, *pages, sizeof *ref, e);
    return ref && !seg_libtiff_pages(io, pages, ref, e) ? ref : NULL;
}

static int
open_file(struct seg_tiff_reader *r, int fd, const char *path, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_file file = {seg_take_string(&r->meta.arena, path, e), NULL, 0};
    const struct seg_tiff_page_ref *ref;
    size_t pages = 0;

    if (!file.path || seg_libtiff_open(&r->io, &file, fd, e))
        return -1;
    ref = find_pages(&r->io, &pages, &r->meta.arena, e);
    if (!ref)
        return -1;
    if (page >= pages)
        return seg_fail(e, SEG_EDATA, "%s: page %zu of %zu", path, page, pages);
    if (start(r, ref + page, opts, e))
        return -1;
    r->info.pages = pages;
    r->info.warnings = r->meta.warnings;
    return 0;
}

int
seg_tiff_open(struct seg_tiff_reader **r, const struct seg_tiff_info **info,
    const char *path, size_t page, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct seg_record meta = {.arena.limit = opts->max_bytes};

    *r = seg_take(&meta.arena, 1, sizeof **r, e);
    if (!*r)
        return -1;
    (*r)->meta = meta;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 ? seg_fail(e, SEG_ENOINPUT, "%s: cannot open: %s", path,
                              strerror(errno))
                        : open_file(*r, fd, path, page, opts, e);
    (*r)->io.fd = fd;
    *info = &(*r)->info;
    if (status) {
        seg_tiff_close(*r);
        *r = NULL;
    }
    return status;
}

void
seg_tiff_close(struct seg_tiff_reader *r)
{
    if (!r)
        return;
    seg_libtiff_close(&r->io);
    if (r->io.fd >= 0)
        close(r->io.fd);
    struct seg_record meta = r->meta; /* its arena holds r itself */
    seg_record_free(&meta);
}

/* ---- whole images ---- */

int
seg_tiff_count_pages(struct seg_images *images, struct seg_arena *a,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_libtiff io;

    (void)opts;
    images->page_data = NULL;
    if (!seg_libtiff_open(&io, &images->file, -1, e))
        images->page_data = find_pages(&io, &images->n, a, e);
    seg_libtiff_close(&io);
    return images->page_data ? 0 : -1;
}

static int
read_all(struct seg_tiff_reader *r, struct seg_record *rec, const char *name,
    const struct seg_tiff_page_ref *at, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    if (start(r, at, opts, e))
        return -1;
    const struct seg_tiff_info *s = &r->info;
    struct seg_tensor *t = seg_image_add(
        rec, name, s->type, s->h, s->w, s->c, r->io.path, opts, e);
    if (!t || seg_tiff_read_rows(r, t->data, 0, s->h, e))
        return -1;
    if (r->meta.warnings)
        rec->warnings = seg_take_text(&rec->arena, e, "%s%s",
            rec->warnings ? rec->warnings : "", r->meta.warnings);
    return r->meta.warnings && !rec->warnings
               ? -1
               : seg_record_inherit(rec, &r->meta, e);
}

int
seg_tiff_read_page(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e)
{
    struct seg_tiff_reader r = {.meta.arena.limit = opts->max_bytes};
    const struct seg_tiff_page_ref *refs = images->page_data;
    int status = seg_libtiff_open(&r.io, &images->file, -1, e) ||
                         read_all(&r, rec, name, &refs[page], opts, e)
                     ? -1
                     : 0;

    seg_libtiff_close(&r.io);
    seg_record_free(&r.meta);
    if (status)
        seg_record_drop(rec, name);
    return status;
}
