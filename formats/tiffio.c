#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tiffio.h>

#include "formats/tiffio.h"

/* ---- the file as libtiff sees it ---- */

static tmsize_t
read_bytes(thandle_t handle, void *to, tmsize_t n)
{
    struct seg_tiffio *t = handle;
    size_t got = 0, want = (size_t)n;

    if (t->data) {
        size_t left = t->at < t->bytes ? t->bytes - t->at : 0;

        got = want < left ? want : left;
        memcpy(to, t->data + t->at, got);
    }
    while (!t->data && got < want) {
        ssize_t k =
            pread(t->fd, (char *)to + got, want - got, (off_t)(t->at + got));

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            t->failed = errno;
        if (k <= 0)
            break;
        got += (size_t)k;
    }
    t->at += got;
    return (tmsize_t)got;
}

static tmsize_t
write_bytes(thandle_t handle, void *from, tmsize_t n)
{
    struct seg_tiffio *t = handle;
    size_t put = 0;

    while (put < (size_t)n) {
        ssize_t k = pwrite(t->fd, (const char *)from + put, (size_t)n - put,
            (off_t)(t->at + put));

        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0) {
            t->failed = errno;
            return -1;
        }
        put += (size_t)k;
    }
    t->at += put;
    if (t->at > t->bytes)
        t->bytes = t->at;
    return n;
}

static toff_t
seek(thandle_t handle, toff_t to, int whence)
{
    struct seg_tiffio *t = handle;

    t->at = whence == SEEK_SET   ? to
            : whence == SEEK_CUR ? t->at + to
                                 : t->bytes + to;
    return t->at;
}

static toff_t
size(thandle_t handle)
{
    return ((struct seg_tiffio *)handle)->bytes;
}

static int
do_nothing(thandle_t handle)
{
    (void)handle;
    return 0;
}

/* The first complaint is the cause of the others. */
static int __attribute__((format(printf, 4, 0))) complain(
    TIFF *tiff, void *to, const char *module, const char *fmt, va_list args)
{
    struct seg_tiffio *t = to;

    (void)tiff;
    (void)module;
    if (!*t->text)
        vsnprintf(t->text, sizeof t->text, fmt, args);
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

static int
damaged(struct seg_tiffio *t, const char *what, struct seg_err *e)
{
    if (t->failed)
        return seg_fail(
            e, SEG_EIO, "%s: cannot read: %s", t->path, strerror(t->failed));
    const char *text = *t->text ? t->text : what;
    size_t n = strlen(t->path);
    if (!strncmp(text, t->path, n) && text[n] == ':') /* not twice */
        text += n + 2;
    return seg_fail(e, SEG_EDATA, "%s: damaged TIFF: %s", t->path, text);
}

/* libtiff may take as much at once as the file has, and this much anyway. */
static TIFF *
attach(struct seg_tiffio *t, const char *mode)
{
    enum { ANYWAY = 32 << 20 };
    TIFFOpenOptions *how = TIFFOpenOptionsAlloc();

    if (!how)
        return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(how, complain, t);
    TIFFOpenOptionsSetWarningHandlerExtR(how, ignore, NULL);
    if (*mode == 'r')
        TIFFOpenOptionsSetMaxSingleMemAlloc(
            how, (tmsize_t)(t->bytes > ANYWAY ? t->bytes : ANYWAY));
    TIFF *tiff = TIFFClientOpenExt(t->path, mode, t, read_bytes, write_bytes,
        seek, do_nothing, size, NULL, NULL, how);
    TIFFOpenOptionsFree(how);
    return tiff;
}

/* ---- reading ---- */

int
seg_tiffio_open(struct seg_tiffio *t, const struct seg_file *file, int fd,
    struct seg_err *e)
{
    struct stat s;

    *t = (struct seg_tiffio){
        .path = file->path, .data = file->data, .bytes = file->bytes, .fd = fd};
    if (!t->data) {
        if (fstat(fd, &s) || !S_ISREG(s.st_mode))
            return seg_fail(e, SEG_ENOINPUT, "%s: not a regular file", t->path);
        t->bytes = (size_t)s.st_size;
    }
    t->tiff = attach(t, "rm");
    return t->tiff ? 0 : damaged(t, "cannot be opened", e);
}

/* Whether the directory that is open is a picture of its own. */
static int
is_picture(TIFF *tiff)
{
    uint32_t kind = 0;

    TIFFGetField(tiff, TIFFTAG_SUBFILETYPE, &kind);
    return !(kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK));
}

int
seg_tiffio_pages(
    struct seg_tiffio *t, size_t *pages, uint64_t *place, struct seg_err *e)
{
    *pages = 0;
    if (!TIFFSetDirectory(t->tiff, 0))
        return damaged(t, "no directory", e);
    do
        if (is_picture(t->tiff)) {
            if (place)
                place[*pages] = TIFFCurrentDirOffset(t->tiff);
            ++*pages;
        }
    while (TIFFReadDirectory(t->tiff));
    if (*t->text || t->failed || !TIFFLastDirectory(t->tiff))
        return damaged(t, "its pages do not end", e);
    return *pages ? 0 : damaged(t, "no picture, only overviews or masks", e);
}

static int
find_page(struct seg_tiffio *t, size_t n, struct seg_err *e)
{
    if (!TIFFSetDirectory(t->tiff, 0))
        return damaged(t, "no directory", e);
    while (!is_picture(t->tiff) || n--)
        if (!TIFFReadDirectory(t->tiff))
            return damaged(t, "no such page", e);
    return 0;
}

int
seg_tiffio_turn(struct seg_tiffio *t, size_t n, const uint64_t *place,
    struct seg_tiff_page *p, struct seg_err *e)
{
    uint32_t w = 0, h = 0, rows = 0, tile_w = 0, tile_h = 0;
    uint16_t c = 1, bits = 1, format = 1, colours, planar = 1, packing = 1,
             turned = 1, *rgb[3] = {NULL, NULL, NULL};

    if (place ? !TIFFSetSubDirectory(t->tiff, *place) : find_page(t, n, e))
        return place ? damaged(t, "no such page", e) : -1;
    TIFFGetField(t->tiff, TIFFTAG_IMAGEWIDTH, &w);
    TIFFGetField(t->tiff, TIFFTAG_IMAGELENGTH, &h);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_SAMPLESPERPIXEL, &c);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_PLANARCONFIG, &planar);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_COMPRESSION, &packing);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_ORIENTATION, &turned);
    TIFFGetFieldDefaulted(t->tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    TIFFGetField(t->tiff, TIFFTAG_TILEWIDTH, &tile_w);
    TIFFGetField(t->tiff, TIFFTAG_TILELENGTH, &tile_h);
    if (!TIFFGetField(t->tiff, TIFFTAG_PHOTOMETRIC, &colours))
        colours = SEG_TIFF_GREY;
    if (packing == COMPRESSION_JPEG && colours == PHOTOMETRIC_YCBCR) {
        TIFFSetField(t->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        colours = SEG_TIFF_RGB;
    }
    if (colours == SEG_TIFF_PALETTE &&
        !TIFFGetField(t->tiff, TIFFTAG_COLORMAP, &rgb[0], &rgb[1], &rgb[2]))
        return damaged(t, "a palette picture without a palette", e);
    *p = (struct seg_tiff_page){.h = h,
        .w = w,
        .c = c,
        .bits = bits,
        .format = format == SAMPLEFORMAT_VOID ? SEG_TIFF_UINT : format,
        .colours = colours,
        .compression = packing,
        .planar = c > 1 && planar == PLANARCONFIG_SEPARATE,
        .tiled = TIFFIsTiled(t->tiff),
        .orientation = turned,
        .rgb = {rgb[0], rgb[1], rgb[2]}};
    p->chunk_w = p->tiled ? tile_w : w;
    p->chunk_h = p->tiled ? tile_h : rows < h ? rows : h;
    return p->w && p->h && p->c && p->chunk_w && p->chunk_h
               ? 0
               : damaged(t, "no pixels", e);
}

static uint32_t
chunk_number(struct seg_tiffio *t, const struct seg_tiff_page *p, size_t y,
    size_t x, size_t s)
{
    return p->tiled ? TIFFComputeTile(
                          t->tiff, (uint32_t)x, (uint32_t)y, 0, (uint16_t)s)
                    : TIFFComputeStrip(t->tiff, (uint32_t)y, (uint16_t)s);
}

/* Bytes of strip or tile that lie within the picture, or of the whole tile. */
int
seg_tiffio_chunk(struct seg_tiffio *t, const struct seg_tiff_page *p, size_t y,
    size_t x, size_t s, void *to, size_t bytes, struct seg_err *e)
{
    uint32_t number = chunk_number(t, p, y, x, s);
    int bad = 0;
    tmsize_t got;

    *t->text = 0;
    uint64_t stored = TIFFGetStrileByteCountWithErr(t->tiff, number, &bad);
    if (bad || !stored || !TIFFGetStrileOffset(t->tiff, number))
        return damaged(t, "a chunk is missing", e);
    if (p->by_line)
        got = TIFFReadScanline(t->tiff, to, (uint32_t)y, (uint16_t)s) < 0
                  ? -1
                  : (tmsize_t)bytes;
    else if (p->tiled)
        got = TIFFReadEncodedTile(t->tiff, number, to, (tmsize_t)bytes);
    else
        got = TIFFReadEncodedStrip(t->tiff, number, to, (tmsize_t)bytes);
    if (got != (tmsize_t)bytes)
        return damaged(t, "a chunk is too short", e);
    return 0;
}

/* Fields that libtiff does not know are counted in 32 bits, others as told. */
int
seg_tiffio_tag(struct seg_tiffio *t, struct seg_tiff_tag *tag)
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

/* Above here, 32 bits do not count every byte. */
static int
put_header(TIFF *tiff, const struct seg_tiff_page *p)
{
    uint16_t unspecified[UINT16_MAX] = {0}, plain;
    int good =
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)p->w) &&
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)p->h) &&
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, (int)p->c) &&
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, p->bits) &&
        TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, p->format) &&
        TIFFSetField(tiff, TIFFTAG_COMPRESSION,
            p->compression == SEG_TIFF_DEFLATE ? COMPRESSION_ADOBE_DEFLATE
                                               : p->compression) &&
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, p->colours) &&
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
            p->planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);

    plain = p->colours == SEG_TIFF_RGB ? 3 : 1;
    if (good && p->c > plain)
        good = TIFFSetField(
            tiff, TIFFTAG_EXTRASAMPLES, (int)p->c - plain, unspecified);
    if (good && p->predictor > 1)
        good = TIFFSetField(tiff, TIFFTAG_PREDICTOR, p->predictor);
    if (good && p->colours == SEG_TIFF_PALETTE)
        good = TIFFSetField(
            tiff, TIFFTAG_COLORMAP, p->rgb[0], p->rgb[1], p->rgb[2]);
    if (!good || !p->tiled)
        return good &&
               TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, (uint32_t)p->chunk_h);
    return TIFFSetField(tiff, TIFFTAG_TILEWIDTH, (uint32_t)p->chunk_w) &&
           TIFFSetField(tiff, TIFFTAG_TILELENGTH, (uint32_t)p->chunk_h);
}

static int
unwritten(struct seg_tiffio *t, struct seg_err *e)
{
    if (t->failed)
        return seg_fail(
            e, SEG_EIO, "%s: cannot write: %s", t->path, strerror(t->failed));
    return seg_fail(e, SEG_ESOFT, "%s: libtiff: %s", t->path, t->text);
}

/* The tags that libtiff is to accept from us. */
static const TIFFFieldInfo ours[] = {
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
seg_tiffio_create(struct seg_tiffio *t, int fd, const char *path, int big,
    const struct seg_tiff_page *p, struct seg_err *e)
{
    *t = (struct seg_tiffio){.path = path, .fd = fd};
    t->tiff = attach(t, big ? "wl8" : "wl");
    if (!t->tiff ||
        TIFFMergeFieldInfo(t->tiff, ours, sizeof ours / sizeof *ours))
        return unwritten(t, e);
    return put_header(t->tiff, p) ? 0 : unwritten(t, e);
}

int
seg_tiffio_set(
    struct seg_tiffio *t, const struct seg_tiff_tag *tag, struct seg_err *e)
{
    int good = tag->kind == 'a'
                   ? TIFFSetField(t->tiff, (uint32_t)tag->tag, tag->value)
                   : TIFFSetField(
                         t->tiff, (uint32_t)tag->tag, (int)tag->n, tag->value);

    return good ? 0 : unwritten(t, e);
}

int
seg_tiffio_put(struct seg_tiffio *t, const struct seg_tiff_page *p, size_t y,
    size_t x, size_t s, void *from, size_t bytes, struct seg_err *e)
{
    uint32_t number = chunk_number(t, p, y, x, s);
    tmsize_t put =
        p->tiled
            ? TIFFWriteEncodedTile(t->tiff, number, from, (tmsize_t)bytes)
            : TIFFWriteEncodedStrip(t->tiff, number, from, (tmsize_t)bytes);

    return put == (tmsize_t)bytes && !t->failed ? 0 : unwritten(t, e);
}

int
seg_tiffio_finish(struct seg_tiffio *t, struct seg_err *e)
{
    return TIFFFlush(t->tiff) && !t->failed ? 0 : unwritten(t, e);
}

void
seg_tiffio_close(struct seg_tiffio *t)
{
    if (t->tiff)
        TIFFClose(t->tiff);
    t->tiff = NULL;
}
