/*
 * The chunks of a PNG file, of which libpng is shown only those that make
 * pixels: IHDR, PLTE, IDAT and IEND.
 *
 * Metadata can therefore never refuse a file.  Two kinds of it are noted on the
 * way, the EXIF block and the text that seg_png_write leaves.  No compressed
 * text or profile is ever unpacked.
 */
#ifndef SEG_FORMATS_IMAGE_PNG_CHUNKS_H
#define SEG_FORMATS_IMAGE_PNG_CHUNKS_H

#include <stdint.h>

#include "formats/stream/file.h"

struct seg_png_chunks {
    const struct seg_file *file;
    size_t at;           /* of the next byte */
    size_t left;         /* bytes of the chunk that is being read */
    int indexed;         /* the pixels are numbers of a palette */
    int ended;           /* IEND was seen */
    int class_ids;       /* a text says that the values are class ids */
    size_t spoiled;      /* chunks of metadata whose check sum is wrong */
    char first[5];       /* the type of the first of those */
    const uint8_t *exif; /* NULL: there is none */
    size_t exif_bytes;
};

/* The text that marks class ids. */
extern const char seg_png_keyword[], seg_png_ids[];

/* file: a PNG, its 8 bytes of signature included. */
void seg_png_chunks_start(
    struct seg_png_chunks *c, const struct seg_file *file);

/* The next n bytes of the file without its metadata; -1 and e filled where the
   file ends or the next bytes are no chunk of PNG. */
int seg_png_chunks_read(struct seg_png_chunks *c, void *to, size_t n,
    struct seg_err *e) SEG_MUST_USE;

/* Looks at all chunks after the pixels.  *extra: bytes of pixels that the image
   has no room for; ended is 0 if the file is cut. */
void seg_png_chunks_finish(struct seg_png_chunks *c, size_t *extra);

#endif
