/*
 * The formats of Netpbm: PBM, PGM and PPM, in digits and in bytes, and PAM, the
 * only one that is written.
 *
 * Samples are u8 if MAXVAL is at most 255, else u16; they are not scaled by it.
 * 1 is black in a PBM, so bits are inverted in an image, but not in a label
 * image.  A file holds one image.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "formats/codec/image_format.h"
#include "formats/stream/stream.h"

/* The position in the file, and its header. */
struct pnm {
    const struct seg_file *file;
    size_t at;
    int kind; /* the digit after P */
    size_t w, h, c, max;
};

/* P1 .. P7 and a blank. */
static int
probe(const struct seg_file *file)
{
    return file->bytes > 2 && file->data[0] == 'P' && file->data[1] >= '1' &&
           file->data[1] <= '7' && isspace((unsigned char)file->data[2]);
}

static int
damaged(const struct pnm *p, const char *reason, struct seg_err *e)
{
    return seg_fail(e, SEG_EDATA, "%s: damaged PNM: %s", p->file->path, reason);
}

/* ---- the header ---- */

static void
skip_blanks(struct pnm *p)
{
    const char *d = p->file->data;

    while (p->at < p->file->bytes &&
           (isspace((unsigned char)d[p->at]) || d[p->at] == '#'))
        if (d[p->at++] == '#')
            while (p->at < p->file->bytes && d[p->at] != '\n')
                p->at++;
}

static int
number(struct pnm *p, size_t most, size_t *v, struct seg_err *e)
{
    size_t start;

    skip_blanks(p);
    start = p->at;
    for (*v = 0;
         p->at < p->file->bytes && isdigit((unsigned char)p->file->data[p->at]);
         p->at++) {
        *v = *v * 10 + (size_t)(p->file->data[p->at] - '0');
        if (*v > most)
            return damaged(p, "a number is too large", e);
    }
    return p->at > start ? 0 : damaged(p, "a number is missing", e);
}

enum { SIDE = 1 << 30, DEPTH = 65535, MAX = 65535 };

/* Parses one line of a PAM header; 1 at its end. */
static int
pam_line(struct pnm *p, struct seg_err *e)
{
    const struct {
        const char *name;
        size_t most, *v;
    } lines[] = {{"WIDTH ", SIDE, &p->w}, {"HEIGHT ", SIDE, &p->h},
        {"DEPTH ", DEPTH, &p->c}, {"MAXVAL ", MAX, &p->max}};
    const char *line, *end;

    skip_blanks(p);
    line = p->file->data + p->at;
    end = memchr(line, '\n', p->file->bytes - p->at);
    if (!end)
        return damaged(p, "the header does not end", e);
    size_t n = (size_t)(end - line);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t k = strlen(lines[i].name);

        if (n > k && !memcmp(line, lines[i].name, k)) {
            p->at += k;
            return number(p, lines[i].most, lines[i].v, e);
        }
    }
    p->at += n + 1;
    if (n >= 6 && !memcmp(line, "ENDHDR", 6))
        return 1;
    return n >= 8 && !memcmp(line, "TUPLTYPE", 8)
               ? 0
               : damaged(p, "a line of the header is strange", e);
}

static int
read_header(struct pnm *p, struct seg_err *e)
{
    int status = 0;

    p->kind = p->file->data[1] - '0';
    p->at = 2;
    p->c = p->kind == 3 || p->kind == 6 ? 3 : 1;
    p->max = 1;
    if (p->kind == 7) {
        p->c = p->max = 0;
        while (!status)
            status = pam_line(p, e);
        if (status < 0)
            return -1;
    } else {
        int bits = p->kind == 1 || p->kind == 4;

        if (number(p, SIDE, &p->w, e) || number(p, SIDE, &p->h, e) ||
            (!bits && number(p, MAX, &p->max, e)))
            return -1;
        p->at++; /* one blank */
    }
    return p->w && p->h && p->c && p->max ? 0 : damaged(p, "an empty image", e);
}

/* ---- samples ---- */

/* Fails if there are too few bytes for the samples, or another image after
   them. *more: bytes after the samples, without blanks. */
static int
check_bytes(const struct pnm *p, size_t pitch, size_t *more, struct seg_err *e)
{
    size_t left = p->at < p->file->bytes ? p->file->bytes - p->at : 0, want;
    int digits = p->kind < 4;

    if (seg_mul(&want, pitch, p->h) || want > left)
        return seg_fail(e, SEG_EDATA,
            "%s: damaged PNM: %zux%zux%zu samples are more than %zu bytes can "
            "hold",
            p->file->path, p->w, p->h, p->c, left);
    const struct seg_file rest = {.data = p->file->data + p->at + want,
        .bytes = digits ? 0 : left - want};
    if (probe(&rest))
        return seg_fail(e, SEG_EDATA,
            "%s: not supported: several images in one PNM; one expected",
            p->file->path);
    *more = 0;
    for (size_t i = 0; i < rest.bytes; i++)
        *more += !isspace((unsigned char)rest.data[i]);
    return 0;
}

static int
read_digits(struct pnm *p, struct seg_tensor *t, struct seg_err *e)
{
    size_t n = seg_tensor_count(t), v;

    for (size_t i = 0; i < n; i++) {
        if (p->kind == 1) {
            skip_blanks(p);
            if (p->at == p->file->bytes || (p->file->data[p->at] | 1) != '1')
                return damaged(p, "a bit is missing", e);
            v = (size_t)(p->file->data[p->at++] - '0');
        } else if (number(p, p->max, &v, e)) {
            return -1;
        }
        if (t->type == SEG_U8)
            ((uint8_t *)t->data)[i] = (uint8_t)v;
        else
            ((uint16_t *)t->data)[i] = (uint16_t)v;
    }
    return 0;
}

static int
read_bytes(struct pnm *p, struct seg_tensor *t, struct seg_err *e)
{
    const uint8_t *from = (const uint8_t *)p->file->data + p->at;
    size_t n = seg_tensor_count(t), over = 0, pitch = (p->w + 7) / 8;

    if (p->kind == 4)
        for (size_t i = 0; i < n; i++)
            ((uint8_t *)t->data)[i] =
                from[i / p->w * pitch + i % p->w / 8] >> (7 - i % p->w % 8) & 1;
    else if (t->type == SEG_U8)
        memcpy(t->data, from, n);
    else
        for (size_t i = 0; i < n; i++)
            ((uint16_t *)t->data)[i] =
                (uint16_t)(from[2 * i] << 8 | from[2 * i + 1]);
    for (size_t i = 0; i < n; i++)
        over += (size_t)(t->type == SEG_U8 ? ((uint8_t *)t->data)[i]
                                           : ((uint16_t *)t->data)[i]) > p->max;
    return over ? damaged(p, "a sample is above the maximum", e) : 0;
}

static int
read_image(struct seg_record *rec, const char *name,
    const struct seg_file *file, const struct seg_image_opts *opts,
    struct seg_err *e)
{
    struct pnm p = {.file = file};
    int label = opts->mode == SEG_IMAGE_LABEL;
    size_t samples, pitch, more;

    if (read_header(&p, e))
        return -1;
    enum seg_type type = p.max > 255 ? SEG_U16 : SEG_U8;
    if (seg_mul(&samples, p.w, p.c) ||
        seg_mul(&pitch, samples, p.kind > 4 ? seg_type_size(type) : 1))
        return damaged(&p, "too large", e);
    if (check_bytes(&p, p.kind == 4 ? (p.w + 7) / 8 : pitch, &more, e))
        return -1;
    struct seg_tensor *t = seg_image_add(rec, name, type, p.h, p.w,
        seg_image_channels(opts, p.c), file->path, opts, e);
    if (!t)
        return -1;
    if (p.kind < 4 ? read_digits(&p, t, e) : read_bytes(&p, t, e)) {
        seg_record_drop(rec, name);
        return -1;
    }
    if (!label && (p.kind == 1 || p.kind == 4))
        for (size_t i = 0; i < t->bytes; i++)
            ((uint8_t *)t->data)[i] ^= 1;
    return more ? seg_record_warn(rec, e,
                      "%s: %zu bytes follow the image: not used", file->path,
                      more)
                : 0;
}

/* ---- writing ---- */

/* t is [H,W] or [H,W,C], u8 or u16. */
static int
write_pam(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_image_write_opts *opts, struct seg_err *e)
{
    static const char *const kinds[] = {
        "GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"};
    size_t c = seg_tensor_bands(t), n = seg_tensor_count(t);
    char text[200];
    uint8_t line[4096];

    (void)opts;
    if ((t->type != SEG_U8 && t->type != SEG_U16) || t->rank < 2 ||
        t->rank > 3 || !t->bytes || c > DEPTH)
        return seg_fail(e, SEG_EDATA,
            "%s: tensor %s %s does not fit in a PAM: [H,W] or [H,W,C], u8 or "
            "u16 expected",
            path, t->name, seg_tensor_describe(text, sizeof text, t));
    int k = snprintf(text, sizeof text,
        "P7\nWIDTH %zu\nHEIGHT %zu\nDEPTH %zu\nMAXVAL %d\nTUPLTYPE "
        "%s\nENDHDR\n",
        t->shape[1], t->shape[0], c, t->type == SEG_U8 ? 255 : 65535,
        c <= 4 ? kinds[c - 1] : "BANDS");
    if (seg_write_all(fd, path, text, (size_t)k, e))
        return -1;
    if (t->type == SEG_U8)
        return seg_write_all(fd, path, t->data, n, e);
    for (size_t i = 0, at = 0; i < n; i++) {
        uint16_t v = ((const uint16_t *)t->data)[i];

        line[at++] = (uint8_t)(v >> 8);
        line[at++] = (uint8_t)v;
        if (at == sizeof line || i + 1 == n) {
            if (seg_write_all(fd, path, line, at, e))
                return -1;
            at = 0;
        }
    }
    return 0;
}

const struct seg_image_format seg_pnm_format = {
    .name = "pam",
    .title = "PNM",
    .suffix = {".pam", ".pbm", ".pgm", ".ppm", ".pnm"},
    .probe = probe,
    .read = read_image,
    .write = write_pam,
};
