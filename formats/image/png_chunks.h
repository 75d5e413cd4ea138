/*
 * A filter that passes only the chunks of a PNG that decide its pixels to
 * libpng: IHDR, PLTE, IDAT and IEND.
 *
 * So metadata never refuses a file, and no compressed text or profile is ever
 * unpacked.  Two kinds of metadata are kept: the EXIF block, and the text by
 * which seg_png_write marks class ids.
 */
#ifndef SEG_FORMATS_IMAGE_PNG_CHUNKS_H
#define SEG_FORMATS_IMAGE_PNG_CHUNKS_H

#include <stdint.h>

#include "formats/stream/file.h"

struct seg_png_chunks {
    const struct seg_file *file;
    size_t at;           /* offset of the next byte */
    size_t left;         /* bytes of the current chunk */
    int indexed;         /* pixels are palette indices */
    int ended;           /* IEND was found */
    int class_ids;       /* a text says that the values are class ids */
    size_t damaged;      /* metadata chunks with a wrong checksum */
    char first[5];       /* the type of the first one */
    const uint8_t *exif; /* NULL: there is none */
    size_t exif_bytes;
};

/* The text that marks class ids. */
extern const char seg_png_keyword[], seg_png_ids[];

/* file: a PNG with its signature of 8 bytes. */
void seg_png_chunks_start(
    struct seg_png_chunks *c, const struct seg_file *file);

/* Reads the next n bytes of the file without its metadata.  Fails if the file
   ends or the next bytes are no chunk. */
int seg_png_chunks_read(struct seg_png_chunks *c, void *to, size_t n,
    struct seg_err *e) SEG_MUST_USE;

/* Reads the metadata after the pixels.  *extra: bytes of IDAT after the last
   pixel.  c->ended is 0 if the file is cut off. */
void seg_png_chunks_finish(struct seg_png_chunks *c, size_t *extra);

#endif
