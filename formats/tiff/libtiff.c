#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <tiffio.h>

#include "formats/geometry/geo.h"
#include "formats/tiff/libtiff.h"
#include "formats/tiff/tiff_bytes.h"
#include "formats/tiff/tiff_messages.h"
#include "lib/base/foreign.h"

/* ---- libtiff's memory ---- */

/* These replace libtiff's own functions, so that a failed allocation jumps back
   instead of returning NULL, which libtiff does not always check. */
void *
_TIFFmalloc(tmsize_t n)
{
    return n > 0 ? seg_foreign_resize(NULL, (size_t)n) : NULL;
}

void *
_TIFFrealloc(void *p, tmsize_t n)
{
    return seg_foreign_resize(p, (size_t)n);
}

void
_TIFFfree(void *p)
{
    seg_foreign_free(p);
}

static int
no_memory(struct seg_libtiff *t, struct seg_err *e)
{
    return seg_fail(e, SEG_EMEM, "%s: out of memory in libtiff", t->path);
}

/* After a jump libtiff's structures are inconsistent: they are not freed. */
static int
jumped(struct seg_libtiff *t, struct seg_err *e)
{
    t->tiff = NULL;
    return no_memory(t, e);
}

static int
leave(struct seg_libtiff *t, int status, struct seg_err *e)
{
    return seg_foreign_leave() ? no_memory(t, e) : status;
}

/* ---- messages of libtiff ---- */

/* The first message is the cause of the others, unless it is about the value of
   a tag that does not affect pixels. */
static int __attribute__((format(printf, 4, 0))) keep_message(
    TIFF *tiff, void *to, const char *module, const char *fmt, va_list args)
{
    struct seg_libtiff *t = to;
    char line[sizeof t->text], *text = line;
    size_t n = strlen(t->path);

    (void)tiff;
    (void)module;
    vsnprintf(line, sizeof line, fmt, args);
    if (!strncmp(text, t->path, n) &&
        text[n] == ':') /* our messages begin with the path */
        text += n + 2;
    if (seg_tiff_message_unknown_tag(text))
        return 1;
    int pixels = seg_tiff_message_about_pixels(text);
    if (!*t->text || t->about_a_value || (pixels && !t->about_pixels))
        memmove(t->text, text, strlen(text) + 1);
    t->about_pixels |= pixels;
    t->about_a_value = !pixels && seg_tiff_message_bad_value(t->text);
    return 1;
}

static int __attribute__((format(printf, 4, 0)))
ignore(TIFF *tiff, void *to, const char *module, const char *fmt, va_list args)
{
    (void)tiff;
    (void)to;
    (void)module;
    (void)fmt;
    (void)args;
    return 1;
}

static void
clear_messages(struct seg_libtiff *t)
{
    t->about_pixels = t->about_a_value = 0;
    *t->text = 0;
}

static int
damaged(struct seg_libtiff *t, const char *reason, struct seg_err *e)
{
    if (t->failed)
        return seg_fail(
            e, SEG_EIO, "%s: cannot read: %s", t->path, strerror(t->failed));
    const char *text = *t->text ? t->text : reason;
    if (strstr(text, "(0 elements of")) /* the message is about memory */
        text = "a directory without entries";

    return seg_fail(e, SEG_EDATA, "%s: %s TIFF: %s", t->path,
        seg_tiff_message_unsupported(text) ? "not supported:" : "damaged",
        text);
}

/* Limits one allocation of libtiff to the size of the file, or ANYWAY. */
static TIFF *
attach(struct seg_libtiff *t, const char *mode)
{
    enum { ANYWAY = 32 << 20 };
    TIFFOpenOptions *opts = TIFFOpenOptionsAlloc();

    if (!opts)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(opts, keep_message, t);
    TIFFOpenOptionsSetWarningHandlerExtR(opts, ignore, NULL);
    if (*mode == 'r')
        TIFFOpenOptionsSetMaxSingleMemAlloc(
            opts, (tmsize_t)(t->bytes > ANYWAY ? t->bytes : ANYWAY));
    TIFF *tiff = TIFFClientOpenExt(t->path, mode, t, seg_tiff_bytes_read,
        seg_tiff_bytes_write, seg_tiff_bytes_seek, seg_tiff_bytes_close,
        seg_tiff_bytes_size, NULL, NULL, opts);
    TIFFOpenOptionsFree(opts);
    return tiff;
}

/* ---- reading ---- */

int
seg_libtiff_open(struct seg_libtiff *t, const struct seg_file *file, int fd,
    struct seg_err *e)
{
    struct stat s;
    struct seg_foreign memory;

    *t = (struct seg_libtiff){
        .path = file->path, .data = file->data, .bytes = file->bytes, .fd = fd};
    if (!t->data) {
        if (fstat(fd, &s) || !S_ISREG(s.st_mode))
            return seg_fail(e, SEG_ENOINPUT, "%s: not a regular file", t->path);
        t->bytes = (size_t)s.st_size;
    }
    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    t->tiff = attach(t, "rm");
    return leave(t, t->tiff ? 0 : damaged(t, "cannot be opened", e), e);
}

/* ---- tags of a page ---- */

static int
predictor_of(TIFF *tiff, int compression)
{
    uint16_t predictor = 1;

    if (compression == COMPRESSION_LZW ||
        compression == COMPRESSION_ADOBE_DEFLATE ||
        compression == COMPRESSION_DEFLATE || compression == COMPRESSION_ZSTD ||
        compression == COMPRESSION_LZMA)
        TIFFGetFieldDefaulted(tiff, TIFFTAG_PREDICTOR, &predictor);
    return predictor;
}

static void
read_tags(TIFF *tiff, struct seg_tiff_page *p)
{
    uint32_t w = 0, h = 0, rows = 0, tile_w = 0, tile_h = 0, kind = 0,
             depth = 1, tile_d = 1;
    uint16_t c = 1, bits = 1, format = 1, colors, planar = 1, compression = 1,
             orientation = 1;

    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &w);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &h);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &c);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_w);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_h);
    TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
    TIFFGetField(tiff, TIFFTAG_IMAGEDEPTH, &depth);
    TIFFGetField(tiff, TIFFTAG_TILEDEPTH, &tile_d);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &colors))
        colors = SEG_TIFF_GRAY;
    if (compression == COMPRESSION_JPEG && colors == PHOTOMETRIC_YCBCR) {
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        colors = SEG_TIFF_RGB;
    }
    *p = (struct seg_tiff_page){.h = h,
        .w = w,
        .c = c,
        .kind = (int)(kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)),
        .bits = bits,
        .format = format == SAMPLEFORMAT_VOID ? SEG_TIFF_UINT : format,
        .colors = colors,
        .compression = compression,
        .predictor = predictor_of(tiff, compression),
        .planar = c > 1 && planar == PLANARCONFIG_SEPARATE,
        .tiled = TIFFIsTiled(tiff),
        .orientation = orientation,
        .depth = depth ? depth : 1,
        .chunk_d = TIFFIsTiled(tiff) && tile_d ? tile_d : 1};
    p->chunk_w = p->tiled ? tile_w : w;
    p->chunk_h = p->tiled ? tile_h : rows < h ? rows : h;
}

/* ---- pages ---- */

/* The number of images that fit from the first strip to the directory or the
   end of the file, one after the other.  1 unless the strips of the first image
   are uncompressed and without gaps. */
static uint64_t
contiguous_images(
    struct seg_libtiff *t, const struct seg_tiff_page *p, uint64_t dir)
{
    uint32_t n = TIFFNumberOfStrips(t->tiff);
    uint64_t bytes = seg_tiff_uncompressed_bytes(p), at, first;

    if (!bytes)
        return 1;
    first = at = TIFFGetStrileOffset(t->tiff, 0);
    for (uint32_t i = 0; n > 1 && i < n; i++) {
        if (TIFFGetStrileOffset(t->tiff, i) != at)
            return 1;
        at += TIFFGetStrileByteCount(t->tiff, i);
    }
    uint64_t end = dir > first && dir < t->bytes ? dir : t->bytes;
    if (!first || first >= end || (n > 1 && at - first != bytes))
        return 1;
    return (end - first) / bytes;
}

static int
add_directory(struct seg_libtiff *t, struct seg_tiff_page_list *pages,
    const struct seg_tiff_page *p, struct seg_err *e)
{
    struct seg_tiff_declared declared;
    uint64_t at = TIFFCurrentDirOffset(t->tiff);

    if (p->depth > t->bytes)
        return damaged(t, "ImageDepth is larger than the file", e);
    seg_tiff_find_declared(&declared, seg_tiff_bytes_at, t, at,
        &(struct seg_tiff_sides){p->h, p->w, p->c ? p->c : 1});
    return seg_tiff_add_directory(
        pages, p, &declared, at, contiguous_images(t, p, at), e);
}

static int
add_directories(
    struct seg_libtiff *t, struct seg_tiff_page_list *pages, struct seg_err *e)
{
    struct seg_tiff_page p;

    clear_messages(t);
    if (!TIFFSetDirectory(t->tiff, 0))
        return damaged(t, "no directory", e);
    read_tags(t->tiff, &pages->like);
    for (;;) {
        read_tags(t->tiff, &p);
        if (seg_tiff_is_page(pages, &p) && add_directory(t, pages, &p, e))
            return -1;
        if (TIFFLastDirectory(t->tiff))
            break;
        clear_messages(t);
        if (!TIFFReadDirectory(t->tiff))
            return damaged(t, "its pages do not end", e);
    }
    return t->failed ? damaged(t, "", e) : seg_tiff_end_pages(pages, e);
}

static int
find_pages(
    struct seg_libtiff *t, struct seg_tiff_page_list *pages, struct seg_err *e)
{
    if (add_directories(t, pages, e))
        return -1;
    pages->all_reduced = !pages->n;
    return pages->all_reduced ? add_directories(t, pages, e) : 0;
}

int
seg_libtiff_pages(struct seg_libtiff *t, size_t *pages,
    struct seg_tiff_page_ref *ref, struct seg_err *e)
{
    struct seg_foreign memory;
    struct seg_tiff_page_list p = {.path = t->path, .ref = ref};

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    int status = find_pages(t, &p, e);
    *pages = p.n;
    return leave(t, status, e);
}

/* ---- one page ---- */

static int
select_page(struct seg_libtiff *t, const struct seg_tiff_page_ref *ref,
    struct seg_tiff_page *p, struct seg_err *e)
{
    uint16_t *rgb[3] = {NULL, NULL, NULL};

    clear_messages(t);
    if (!TIFFSetSubDirectory(t->tiff, ref->at) || t->about_pixels)
        return damaged(t, "no such page", e);
    read_tags(t->tiff, p);
    if (!TIFFIsCODECConfigured((uint16_t)p->compression))
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: TIFF with Compression (tag 259) %d", t->path,
            p->compression);
    if (p->colors == SEG_TIFF_PALETTE &&
        !TIFFGetField(t->tiff, TIFFTAG_COLORMAP, &rgb[0], &rgb[1], &rgb[2]))
        return damaged(t, "a palette image without a palette", e);
    for (int k = 0; k < 3; k++)
        p->rgb[k] = rgb[k];
    p->big_endian = seg_tiff_read_header(seg_tiff_bytes_at, t).big_endian;
    p->alpha = seg_tiff_alpha(seg_tiff_bytes_at, t, ref->at);
    p->slice = ref->slice;
    p->offsets = seg_tiff_count_offsets(seg_tiff_bytes_at, t, ref->at);
    p->shift = seg_tiff_slice_offset(p);
    if (p->chunk_d > 1 && p->compression != SEG_TIFF_RAW)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: compressed TIFF with TileDepth (tag 32998) %zu",
            t->path, p->chunk_d);
    return p->w && p->h && p->c && p->chunk_w && p->chunk_h
               ? 0
               : damaged(t, "no pixels", e);
}

int
seg_libtiff_select(struct seg_libtiff *t, const struct seg_tiff_page_ref *ref,
    struct seg_tiff_page *p, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    return leave(t, select_page(t, ref, p, e), e);
}

/* ---- chunks ---- */

static uint32_t
chunk_number(struct seg_libtiff *t, const struct seg_tiff_page *p, size_t y,
    size_t x, size_t s)
{
    return p->tiled ? TIFFComputeTile(t->tiff, (uint32_t)x, (uint32_t)y,
                          (uint32_t)p->slice, (uint16_t)s)
                    : TIFFComputeStrip(t->tiff, (uint32_t)y, (uint16_t)s);
}

int
seg_libtiff_count_stored(struct seg_libtiff *t, const struct seg_tiff_page *p,
    uint64_t *n, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    uint32_t all =
        p->tiled ? TIFFNumberOfTiles(t->tiff) : TIFFNumberOfStrips(t->tiff);
    *n = 0;
    for (uint32_t i = 0; i < all; i++)
        *n += TIFFGetStrileOffset(t->tiff, i) != 0;
    return leave(t, 0, e);
}

/* bytes: of the part of the chunk inside the image, or of the whole tile. */
static int
read_chunk(struct seg_libtiff *t, const struct seg_tiff_page *p, size_t y,
    size_t x, size_t s, void *to, size_t bytes, struct seg_err *e)
{
    uint32_t number = chunk_number(t, p, y, x, s);
    int bad = 0;
    tmsize_t got;

    clear_messages(t);
    uint64_t stored = TIFFGetStrileByteCountWithErr(t->tiff, number, &bad);
    uint64_t at = TIFFGetStrileOffset(t->tiff, number);
    if (!bad && !stored && !at && number < p->offsets)
        return 1;
    if (bad || !stored || !at)
        return damaged(t, "a chunk is missing", e);
    t->shift = p->shift;
    t->pixels = 1;
    if (p->by_line)
        got = TIFFReadScanline(t->tiff, to, (uint32_t)y, (uint16_t)s) < 0
                  ? -1
                  : (tmsize_t)bytes;
    else if (p->tiled)
        got = TIFFReadEncodedTile(t->tiff, number, to, (tmsize_t)bytes);
    else
        got = TIFFReadEncodedStrip(t->tiff, number, to, (tmsize_t)bytes);
    t->shift = 0;
    t->pixels = 0;
    if (got != (tmsize_t)bytes ||
        *t->text) /* fax decoders continue after a bad code */
        return damaged(t, "a chunk is too short", e);
    return 0;
}

int
seg_libtiff_read_chunk(struct seg_libtiff *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *to, size_t bytes, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    return leave(t, read_chunk(t, p, y, x, s, to, bytes, e), e);
}

/* libtiff returns the count of a tag that it does not know in 32 bits, of
   others in 16 or 32 bits as their definition says. */
int
seg_libtiff_get_tag(struct seg_libtiff *t, struct seg_tiff_tag *tag)
{
    static const struct {
        char kind;
        TIFFDataType type;
    } types[] = {{'d', TIFF_DOUBLE}, {'s', TIFF_SHORT}, {'a', TIFF_ASCII}};
    const TIFFField *f = TIFFFindField(t->tiff, (uint32_t)tag->tag, TIFF_ANY);
    uint32_t n = 0;
    uint16_t few = 0;
    const void *value = NULL;
    int found;

    if (!f)
        return 0;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == tag->kind && types[i].type != TIFFFieldDataType(f))
            return 0;
    if (!TIFFFieldPassCount(f)) {
        found = tag->kind == 'a' &&
                TIFFGetField(t->tiff, (uint32_t)tag->tag, &value);
    } else if (TIFFFieldReadCount(f) == TIFF_VARIABLE2) {
        found = TIFFGetField(t->tiff, (uint32_t)tag->tag, &n, &value);
    } else {
        found = TIFFGetField(t->tiff, (uint32_t)tag->tag, &few, &value);
        n = few;
    }
    if (!found || !value)
        return 0;
    tag->value = value;
    tag->n = tag->kind != 'a'        ? n
             : TIFFFieldPassCount(f) ? strnlen(value, n)
                                     : strlen(value);
    return tag->n > 0;
}

/* ---- writing ---- */

static int
put_header(TIFF *tiff, const struct seg_tiff_page *p)
{
    uint16_t extra[UINT16_MAX] = {0}, plain; /* 0: unspecified */
    int good =
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)p->w) &&
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)p->h) &&
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)p->c) &&
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, p->bits) &&
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, p->format) &&
        TIFFSetField(tiff, TIFFTAG_COMPRESSION,
            p->compression == SEG_TIFF_DEFLATE ? COMPRESSION_ADOBE_DEFLATE
                                               : p->compression) &&
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, p->colors) &&
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
            p->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);

    plain = p->colors == SEG_TIFF_RGB ? 3 : 1;
    if (p->c > plain)
        extra[p->c - plain - 1] = (uint16_t)p->alpha;
    if (good && p->c > plain)
        good =
            TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, (int)p->c - plain, extra);
    if (good && p->predictor > 1)
        good = TIFFSetField(tiff, TIFFTAG_PREDICTOR, p->predictor);
    if (good && p->colors == SEG_TIFF_PALETTE)
        good = TIFFSetField(
            tiff, TIFFTAG_COLORMAP, p->rgb[0], p->rgb[1], p->rgb[2]);
    if (!good || !p->tiled)
        return good &&
               TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)p->chunk_h);
    return TIFFSetField(tiff, TIFFTAG_TILEWIDTH, (uint32_t)p->chunk_w) &&
           TIFFSetField(tiff, TIFFTAG_TILELENGTH, (uint32_t)p->chunk_h);
}

/* Leaves libtiff after a call that writes. */
static int
end_write(struct seg_libtiff *t, int good, struct seg_err *e)
{
    int status = 0;

    if (!good && t->failed)
        status = seg_fail(
            e, SEG_EIO, "%s: cannot write: %s", t->path, strerror(t->failed));
    else if (!good)
        status = seg_fail(e, SEG_ESOFT, "%s: libtiff: %s", t->path, t->text);
    return leave(t, status, e);
}

/* Tags of GeoTIFF and GDAL that libtiff does not know. */
static const TIFFFieldInfo geo_tags[] = {
    {33550, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelPixelScale"},
    {33922, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTiepoint"},
    {34264, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "ModelTransformation"},
    {34735, -1, -1, TIFF_SHORT, FIELD_CUSTOM, 1, 1, "GeoKeyDirectory"},
    {34736, -1, -1, TIFF_DOUBLE, FIELD_CUSTOM, 1, 1, "GeoDoubleParams"},
    {34737, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GeoAsciiParams"},
    {42112, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDAL_METADATA"},
    {42113, -1, -1, TIFF_ASCII, FIELD_CUSTOM, 1, 0, "GDAL_NODATA"},
};

int
seg_libtiff_create(struct seg_libtiff *t, int fd, const char *path, int big,
    const struct seg_tiff_page *p, struct seg_err *e)
{
    struct seg_foreign memory;

    *t = (struct seg_libtiff){.path = path, .fd = fd};
    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    t->tiff = attach(t, big ? "wl8" : "wl");
    int good = t->tiff &&
               !TIFFMergeFieldInfo(
                   t->tiff, geo_tags, sizeof geo_tags / sizeof *geo_tags) &&
               put_header(t->tiff, p);
    return end_write(t, good, e);
}

int
seg_libtiff_set_tag(
    struct seg_libtiff *t, const struct seg_tiff_tag *tag, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    int good = tag->kind == 'a'
                   ? TIFFSetField(t->tiff, (uint32_t)tag->tag, tag->value)
                   : TIFFSetField(
                         t->tiff, (uint32_t)tag->tag, (int)tag->n, tag->value);
    return end_write(t, good, e);
}

int
seg_libtiff_write_chunk(struct seg_libtiff *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *from, size_t bytes, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    uint32_t number = chunk_number(t, p, y, x, s);
    tmsize_t put =
        p->tiled
            ? TIFFWriteEncodedTile(t->tiff, number, from, (tmsize_t)bytes)
            : TIFFWriteEncodedStrip(t->tiff, number, from, (tmsize_t)bytes);
    int good = put == (tmsize_t)bytes && !t->failed;
    return end_write(t, good, e);
}

int
seg_libtiff_finish(struct seg_libtiff *t, struct seg_err *e)
{
    struct seg_foreign memory;

    if (setjmp(memory.back))
        return jumped(t, e);
    seg_foreign_enter(&memory);
    int good = TIFFFlush(t->tiff) && !t->failed;
    return end_write(t, good, e);
}

void
seg_libtiff_close(struct seg_libtiff *t)
{
    struct seg_foreign memory;

    if (t->tiff && !setjmp(memory.back)) {
        seg_foreign_enter(&memory);
        TIFFClose(t->tiff);
        (void)seg_foreign_leave();
    }
    t->tiff = NULL;
}
