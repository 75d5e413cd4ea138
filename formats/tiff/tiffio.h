/*
 * libtiff, narrowed to what the readers and writers of TIFF need.
 *
 * A file is in memory or behind a descriptor that can be read at any place.
 * Its pages are the images in it, overviews and masks passed over.  A page is
 * a grid of chunks (strips or tiles), which come decompressed, in native byte
 * order, samples packed as they are stored.  One thread for one struct.
 *
 * If libtiff fails, its first complaint becomes our error: "not supported"
 * where it says so, else "damaged".  If it goes on, and the complaint is not
 * about a tag that decides what the pixels are, the complaint is left in text
 * for a warning.  A failed allocation inside libtiff is SEG_EMEM.
 */
#ifndef SEG_FORMATS_TIFF_TIFFIO_H
#define SEG_FORMATS_TIFF_TIFFIO_H

#include <stdint.h>

#include "formats/stream/file.h"
#include "formats/tiff/tiffpages.h"

struct seg_tiffio {
    const char *path;
    const char *data;             /* NULL: the bytes are behind fd */
    size_t bytes, at;             /* of the file; of the next byte */
    uint64_t shift;               /* added to the place of what is read */
    int pixels;                   /* they are being read, no tags */
    uint64_t entries, entries_at; /* of a directory that may come next */
    int fd, failed;               /* failed: errno of a read or write */
    void *tiff;
    int lost;       /* the complaint is about pixels */
    int minor;      /* it is about the value of another tag */
    char text[300]; /* libtiff's first complaint, or the first about pixels */
};

/* Opens file's bytes, or with data NULL those behind fd. */
int seg_tiffio_open(struct seg_tiffio *t, const struct seg_file *file, int fd,
    struct seg_err *e) SEG_MUST_USE;
/*
 * How many pages, and where; place has room for so many, or is NULL.  Images
 * that are flagged as reduced or as masks are no pages; if all are, the first
 * one is a page, and so is every other of the same flags and size.
 */
int seg_tiffio_pages(struct seg_tiffio *t, size_t *pages,
    struct seg_tiff_place *place, struct seg_err *e) SEG_MUST_USE;
/* Turns to a page; p is valid until the next turn. */
int seg_tiffio_turn(struct seg_tiffio *t, const struct seg_tiff_place *place,
    struct seg_tiff_page *p, struct seg_err *e) SEG_MUST_USE;
/* Chunks that are stored; a sparse file leaves out others. */
int seg_tiffio_stored(struct seg_tiffio *t, const struct seg_tiff_page *p,
    uint64_t *n, struct seg_err *e) SEG_MUST_USE;
/* Chunk of plane s (0 where samples are interleaved) in which pixel (x, y) is;
   1 if it is left out (offset and size 0), else 0. */
int seg_tiffio_chunk(struct seg_tiffio *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *to, size_t bytes,
    struct seg_err *e) SEG_MUST_USE;

struct seg_tiff_tag; /* formats/place/geo.h */

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
