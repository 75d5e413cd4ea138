/*
 * libtiff, narrowed to what the readers and writers of TIFF need.
 *
 * A file is in memory or behind a descriptor that can be read at any place.
 * Its pages are the pictures in it, overviews and masks passed over.  A page is
 * a grid of chunks (strips or tiles), which come decompressed, in native byte
 * order, samples packed as they are stored.  What libtiff says becomes our error;
 * what it would only warn about is passed over.  One thread for one struct.
 */
#ifndef SEG_FORMATS_TIFFIO_H
#define SEG_FORMATS_TIFFIO_H

#include <stdint.h>

#include "formats/file.h"

struct seg_tiffio {
    const char *path;
    const char *data; /* NULL: the bytes are behind fd */
    size_t bytes, at; /* of the file; of the next byte */
    int fd, failed;   /* failed: errno of a read or write */
    void *tiff;
    char text[300]; /* libtiff's first complaint */
};

enum { SEG_TIFF_UINT = 1, SEG_TIFF_INT = 2, SEG_TIFF_FLOAT = 3 };
enum { SEG_TIFF_WHITE_IS_0, SEG_TIFF_GREY, SEG_TIFF_RGB, SEG_TIFF_PALETTE };
enum { SEG_TIFF_RAW = 1, SEG_TIFF_LZW = 5, SEG_TIFF_DEFLATE = 8 };

/* What the tags of a page say; numbers as in the TIFF specification. */
struct seg_tiff_page {
    size_t h, w, c;
    int bits, format, colours; /* of a sample; how it shows (photometric) */
    int compression, predictor, planar, tiled, orientation;
    size_t chunk_h, chunk_w; /* pixels; the last ones may stick out */
    int by_line;             /* strips too large to hold: a line is a chunk */
    const uint16_t *rgb[3];  /* of a palette, 1 << bits entries each */
};

/* Opens file's bytes, or with data NULL those behind fd. */
int seg_tiffio_open(struct seg_tiffio *t, const struct seg_file *file, int fd,
    struct seg_err *e) SEG_MUST_USE;
/* How many pages, and where; place has room for so many, or is NULL. */
int seg_tiffio_pages(struct seg_tiffio *t, size_t *pages, uint64_t *place,
    struct seg_err *e) SEG_MUST_USE;
/* Turns to page n, which is at *place, or is looked for where that is NULL; p is
   valid until the next turn. */
int seg_tiffio_turn(struct seg_tiffio *t, size_t n, const uint64_t *place,
    struct seg_tiff_page *p, struct seg_err *e) SEG_MUST_USE;
/* Chunk of plane s (0 where samples are interleaved) in which pixel (x, y) is. */
int seg_tiffio_chunk(struct seg_tiffio *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *to, size_t bytes,
    struct seg_err *e) SEG_MUST_USE;

/* A tag that libtiff has no opinion of; kind: d double, s u16, a text. */
struct seg_tiff_tag {
    int tag;
    char kind;
    size_t n; /* values; of a text without the 0 */
    const void *value;
};
/* 1 and value (libtiff's, until the next turn), or 0 if it is not there. */
int seg_tiffio_tag(struct seg_tiffio *t, struct seg_tiff_tag *tag);

/* A new file of one page behind fd, which is empty; big: BigTIFF. */
int seg_tiffio_create(struct seg_tiffio *t, int fd, const char *path, int big,
    const struct seg_tiff_page *p, struct seg_err *e) SEG_MUST_USE;
int seg_tiffio_set(struct seg_tiffio *t, const struct seg_tiff_tag *tag,
    struct seg_err *e) SEG_MUST_USE;
/* May write over the bytes. */
int seg_tiffio_put(struct seg_tiffio *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *from, size_t bytes,
    struct seg_err *e) SEG_MUST_USE;
int seg_tiffio_finish(struct seg_tiffio *t, struct seg_err *e) SEG_MUST_USE;

void seg_tiffio_close(struct seg_tiffio *t);

#endif
