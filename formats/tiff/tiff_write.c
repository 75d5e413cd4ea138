#include <string.h>

#include "formats/geometry/geo.h"
#include "formats/tiff/libtiff.h"
#include "formats/tiff/tiff.h"

struct seg_tiff_writer {
    struct seg_libtiff io;
    struct seg_tiff_page page;
    struct seg_arena arena; /* holds this struct and the buffers */
    size_t size;            /* bytes of a sample */
    size_t y, held;         /* rows written; rows in band */
    char *band, *chunk;     /* one row of chunks; one chunk */
    uint16_t rgb[3][256];
};

static int
check(const struct seg_tiff_write_opts *f, const char *path, struct seg_err *e)
{
    size_t bytes, bands = f->c ? f->c : 1;
    size_t shape[3] = {f->h, f->w, bands};

    if (f->type == SEG_BOOL || f->type == SEG_F16 || f->type == SEG_BF16 ||
        f->type > SEG_F32)
        return seg_fail(e, SEG_EDATA,
            "%s: %s does not go into TIFF; u8, i8, u16, i16, u32, i32 or f32 "
            "expected",
            path, seg_type_name(f->type));
    if (!f->h || !f->w || f->h > INT32_MAX || f->w > INT32_MAX ||
        bands > UINT16_MAX || seg_tensor_size(&bytes, f->type, 3, shape))
        return seg_fail(e, SEG_EDATA,
            "%s: %zux%zu pixels of %zu bands do not go into TIFF", path, f->w,
            f->h, bands);
    if (f->palette && (bands != 1 || f->type != SEG_U8))
        return seg_fail(e, SEG_EDATA,
            "%s: %zu bands of %s cannot have a palette: one of u8 expected",
            path, bands, seg_type_name(f->type));
    return 0;
}

/* Differences between neighbors are small in images, not in class ids. */
static int
choose_predictor(const struct seg_tiff_write_opts *f)
{
    enum { PLAIN = 1, HORIZONTAL = 2, FLOAT = 3 };

    if (f->compression == SEG_COMPRESS_NONE || !f->c)
        return PLAIN;
    return f->type == SEG_F32 ? FLOAT : HORIZONTAL;
}

static struct seg_tiff_page
describe(struct seg_tiff_writer *w, const struct seg_tiff_write_opts *f)
{
    enum { STRIP = 256 << 10 };
    static const int compression[] = {[SEG_COMPRESS_DEFLATE] = SEG_TIFF_DEFLATE,
        [SEG_COMPRESS_LZW] = SEG_TIFF_LZW,
        [SEG_COMPRESS_NONE] = SEG_TIFF_RAW};
    size_t c = f->c ? f->c : 1, line = f->w * w->size * (f->planar ? 1 : c);
    size_t rows = line < STRIP ? STRIP / line : 1;
    int is_rgb = c >= 3 && c <= 4 && (f->type == SEG_U8 || f->type == SEG_U16);

    for (int i = 0; f->palette && i < f->palette->n; i++)
        for (int k = 0; k < 3; k++)
            w->rgb[k][i] = (uint16_t)(f->palette->rgb[i][k] * 257);
    return (struct seg_tiff_page){.h = f->h,
        .w = f->w,
        .c = c,
        .bits = (int)w->size * 8,
        .format =
            f->type == SEG_F32 ? SEG_TIFF_FLOAT
            : f->type == SEG_I8 || f->type == SEG_I16 || f->type == SEG_I32
                ? SEG_TIFF_INT
                : SEG_TIFF_UINT,
        .colors = f->palette ? SEG_TIFF_PALETTE
                  : is_rgb   ? SEG_TIFF_RGB
                             : SEG_TIFF_GRAY,
        .compression = compression[f->compression],
        .predictor = choose_predictor(f),
        .planar = f->planar && c > 1,
        .tiled = f->tile > 0,
        .alpha = f->alpha,
        .chunk_h = f->tile       ? f->tile
                   : rows < f->h ? rows
                                 : f->h,
        .chunk_w = f->tile ? f->tile : f->w,
        .rgb = {w->rgb[0], w->rgb[1], w->rgb[2]}};
}

/* A classic TIFF ends at 4 GiB; compression may not help. */
static int
needs_big(const struct seg_tiff_write_opts *f, const struct seg_tiff_page *p)
{
    static const size_t classic = (size_t)4000 << 20;

    return f->big || p->h * p->w * p->c * (size_t)p->bits / 8 > classic;
}

static int
set_geo(struct seg_tiff_writer *w, const char *text, struct seg_err *e)
{
    struct seg_geo g;

    if (seg_geo_parse(&g, &w->arena, text, w->io.path, e))
        return -1;
    for (int i = 0; i < g.n; i++)
        if (seg_libtiff_set_tag(&w->io, &g.tag[i], e))
            return -1;
    return 0;
}

static int
start(struct seg_tiff_writer *w, int fd, const char *path,
    const struct seg_tiff_write_opts *f, struct seg_err *e)
{
    const struct seg_tiff_page *p = &w->page;

    w->size = seg_type_size(f->type);
    w->page = describe(w, f);
    size_t pixel = p->c * w->size;
    w->band = seg_take_dirty(&w->arena, p->chunk_h * p->w, pixel, e);
    w->chunk = seg_take(&w->arena, p->chunk_h * p->chunk_w, pixel, e);
    return w->band && w->chunk &&
                   !seg_libtiff_create(
                       &w->io, fd, path, needs_big(f, p), p, e) &&
                   !(f->geo && set_geo(w, f->geo, e))
               ? 0
               : -1;
}

int
seg_tiff_create(struct seg_tiff_writer **w, int fd, const char *path,
    const struct seg_tiff_write_opts *opts, struct seg_err *e)
{
    struct seg_arena arena = {0};

    *w = NULL;
    if (check(opts, path, e))
        return -1;
    struct seg_tiff_writer *new = seg_take(&arena, 1, sizeof *new, e);
    if (!new)
        return -1;
    new->arena = arena;
    if (start(new, fd, path, opts, e)) {
        seg_tiff_free(new);
        return -1;
    }
    *w = new;
    return 0;
}

/* ---- rows to chunks ---- */

/* Copies the pixels of the chunk at column x, plane s, from the band.  Its part
   outside the image stays zero. */
static void
copy_chunk(struct seg_tiff_writer *w, size_t x, size_t s)
{
    const struct seg_tiff_page *p = &w->page;
    size_t c = p->planar ? 1 : p->c, pitch = p->chunk_w * c * w->size;
    size_t wide = p->w - x < p->chunk_w ? p->w - x : p->chunk_w;

    for (size_t y = 0; y < w->held; y++) {
        char *to = w->chunk + y * pitch;
        const char *from = w->band + ((y * p->w + x) * p->c + s) * w->size;

        if (!p->planar)
            memcpy(to, from, wide * c * w->size);
        else
            for (size_t i = 0; i < wide; i++)
                memcpy(to + i * w->size, from + i * p->c * w->size, w->size);
    }
}

static int
flush(struct seg_tiff_writer *w, struct seg_err *e)
{
    const struct seg_tiff_page *p = &w->page;
    size_t planes = p->planar ? p->c : 1, c = p->planar ? 1 : p->c;
    size_t rows = p->tiled ? p->chunk_h : w->held;
    size_t bytes = rows * p->chunk_w * c * w->size;

    for (size_t s = 0; s < planes; s++)
        for (size_t x = 0; x < p->w; x += p->chunk_w) {
            memset(w->chunk, 0, bytes);
            copy_chunk(w, x, s);
            if (seg_libtiff_write_chunk(
                    &w->io, p, w->y, x, s, w->chunk, bytes, e))
                return -1;
        }
    w->y += w->held;
    w->held = 0;
    return 0;
}

int
seg_tiff_write_rows(
    struct seg_tiff_writer *w, const void *rows, size_t n, struct seg_err *e)
{
    const struct seg_tiff_page *p = &w->page;
    size_t pitch = p->w * p->c * w->size;
    const char *from = rows;

    if (n > p->h - w->y - w->held)
        return seg_fail(
            e, SEG_ESOFT, "%s: more than %zu rows", w->io.path, p->h);
    while (n) {
        size_t free = p->chunk_h - w->held, part = n < free ? n : free;

        memcpy(w->band + w->held * pitch, from, part * pitch);
        w->held += part;
        from += part * pitch;
        n -= part;
        if ((w->held == p->chunk_h || w->y + w->held == p->h) && flush(w, e))
            return -1;
    }
    return 0;
}

int
seg_tiff_finish(struct seg_tiff_writer *w, struct seg_err *e)
{
    if (w->y != w->page.h)
        return seg_fail(
            e, SEG_ESOFT, "%s: %zu rows of %zu", w->io.path, w->y, w->page.h);
    return seg_libtiff_finish(&w->io, e);
}

void
seg_tiff_free(struct seg_tiff_writer *w)
{
    if (!w)
        return;
    seg_libtiff_close(&w->io);
    struct seg_arena arena = w->arena; /* it holds w itself */
    seg_arena_free(&arena);
}

int
seg_tiff_write(int fd, const char *path, const struct seg_tensor *t,
    struct seg_tiff_write_opts opts, struct seg_err *e)
{
    struct seg_tiff_writer *w;
    char text[120];

    if (t->rank < 2 || t->rank > 3 || !t->bytes)
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s does not go into TIFF: [H,W] or [H,W,C] expected",
            path, t->name, seg_tensor_describe(text, sizeof text, t));
    opts.h = t->shape[0];
    opts.w = t->shape[1];
    opts.c = t->rank == 3 ? t->shape[2] : 0;
    opts.type = t->type;
    if (seg_tiff_create(&w, fd, path, &opts, e))
        return -1;
    int status =
        seg_tiff_write_rows(w, t->data, opts.h, e) || seg_tiff_finish(w, e) ? -1
                                                                            : 0;
    seg_tiff_free(w);
    return status;
}
