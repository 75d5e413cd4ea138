#include <ctype.h>
#include <string.h>

#include "formats/codec/gzip.h"
#include "formats/image/png_chunks.h"

const char seg_png_keyword[] = "segpipe", seg_png_ids[] = "class ids";

enum { SIGNATURE = 8, HEAD = 8, SUM = 4, COLOR_AT = 25, INDEXED = 3 };

/* A chunk: length, type, data, check sum. */
struct chunk {
    const uint8_t *type, *data;
    size_t n;
};

static uint32_t
number(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
           p[3];
}

void
seg_png_chunks_start(struct seg_png_chunks *c, const struct seg_file *file)
{
    *c = (struct seg_png_chunks){.file = file, .left = SIGNATURE};
    c->indexed = file->bytes > COLOR_AT && file->data[COLOR_AT] == INDEXED;
}

/* 1 and the chunk that begins here; 0 if the file ends within it. */
static int
peek(const struct seg_png_chunks *c, struct chunk *k)
{
    const uint8_t *p = (const uint8_t *)c->file->data + c->at;
    size_t left = c->file->bytes - c->at;

    if (left < HEAD + SUM)
        return 0;
    *k = (struct chunk){p + 4, p + HEAD, number(p)};
    return k->n <= left - HEAD - SUM;
}

static int
is(const struct chunk *k, const char *type)
{
    return !memcmp(k->type, type, 4);
}

/* The names of optional chunks begin with a small letter.  A palette is only a
   suggestion if pixels are not palette indices. */
static int
is_metadata(const struct seg_png_chunks *c, const struct chunk *k)
{
    return (k->type[0] & 0x20) || (is(k, "PLTE") && !c->indexed);
}

static int
has_name(const struct chunk *k)
{
    return isalpha(k->type[0]) && isalpha(k->type[1]) && isalpha(k->type[2]) &&
           isalpha(k->type[3]);
}

static void
note(struct seg_png_chunks *c, const struct chunk *k)
{
    size_t key = strlen(seg_png_keyword) + 1, value = strlen(seg_png_ids);

    if (seg_gzip_sum(k->type, 4 + k->n) != number(k->data + k->n)) {
        if (!c->damaged++)
            memcpy(c->first, k->type, 4);
    } else if (is(k, "eXIf") && !c->exif) {
        c->exif = k->data;
        c->exif_bytes = k->n;
    } else if (is(k, "tEXt") && k->n == key + value &&
               !memcmp(k->data, seg_png_keyword, key) &&
               !memcmp(k->data + key, seg_png_ids, value)) {
        c->class_ids = 1;
    }
}

static void
skip_metadata(struct seg_png_chunks *c)
{
    struct chunk k;

    while (peek(c, &k) && has_name(&k) && is_metadata(c, &k)) {
        note(c, &k);
        c->at += HEAD + k.n + SUM;
    }
}

/* Goes to the next chunk of pixels; libpng checks its contents. */
static int
next_chunk(struct seg_png_chunks *c, struct seg_err *e)
{
    struct chunk k;

    skip_metadata(c);
    if (!peek(c, &k)) {
        if (c->file->bytes - c->at >= HEAD + SUM && has_name(&k) &&
            is_metadata(c, &k))
            return seg_fail(e, SEG_EDATA,
                "%s: damaged PNG: the file ends within chunk %.4s at byte %zu",
                c->file->path, (const char *)k.type, c->at);
        c->left = c->file->bytes - c->at;
        return 0;
    }
    if (!has_name(&k))
        return seg_fail(e, SEG_EDATA, "%s: damaged PNG: no chunk at byte %zu",
            c->file->path, c->at);
    int known =
        is(&k, "IHDR") || is(&k, "PLTE") || is(&k, "IDAT") || is(&k, "IEND");
    if (!known && seg_gzip_sum(k.type, 4 + k.n) != number(k.data + k.n))
        return seg_fail(e, SEG_EDATA,
            "%s: damaged PNG: chunk %.4s at byte %zu has a wrong checksum",
            c->file->path, (const char *)k.type, c->at);
    if (!known)
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: a PNG with a critical chunk %.4s%s",
            c->file->path, (const char *)k.type,
            is(&k, "CgBI") ? " (made for iOS; pngcrush -revert-iphone-"
                             "optimizations makes it a PNG)"
                           : "");
    c->left = HEAD + k.n + SUM;
    return 0;
}

int
seg_png_chunks_read(
    struct seg_png_chunks *c, void *to, size_t n, struct seg_err *e)
{
    char *out = to;

    while (n) {
        if (!c->left && next_chunk(c, e))
            return -1;
        size_t piece = n < c->left ? n : c->left;

        if (!piece || piece > c->file->bytes - c->at)
            return seg_fail(e, SEG_EDATA,
                "%s: damaged PNG: the file ends too early", c->file->path);
        memcpy(out, c->file->data + c->at, piece);
        c->at += piece;
        c->left -= piece;
        out += piece;
        n -= piece;
    }
    return 0;
}

void
seg_png_chunks_finish(struct seg_png_chunks *c, size_t *extra)
{
    struct chunk k;

    c->at += c->left;
    c->left = 0;
    for (*extra = 0; !c->ended && peek(c, &k) && has_name(&k);
         c->at += HEAD + k.n + SUM) {
        c->ended = is(&k, "IEND");
        if (is(&k, "IDAT"))
            *extra += k.n;
        else
            note(c, &k);
    }
}
