/*
 * The part of libtiff that reader and writer need; only libtiff.c includes it.
 *
 * A file is in memory or in a file descriptor that allows random access.  A
 * page is a grid of chunks (strips or tiles).  Chunks are returned
 * uncompressed, in native byte order, with samples packed as they are stored.
 * One struct must not be used by two threads at the same time.
 *
 * If libtiff fails, its first message becomes our error: "not supported" if it
 * says so, else "damaged".  If it succeeds with a message, and the message
 * names no tag that decides the pixels, `text` keeps it for a warning.  A
 * failed allocation inside libtiff is SEG_EMEM.
 */
#ifndef SEG_FORMATS_TIFF_LIBTIFF_H
#define SEG_FORMATS_TIFF_LIBTIFF_H

#include <stdint.h>

#include "formats/stream/file.h"
#include "formats/tiff/tiff_pages.h"

struct seg_libtiff {
    const char *path;
    const char *data;             /* NULL: the bytes are in fd */
    size_t bytes, at;             /* size of the file, current position */
    uint64_t shift;               /* added to the position of each read */
    int pixels;                   /* chunks are being read, not directories */
    uint64_t entries, entries_at; /* of a directory that may be read next */
    int fd, failed;               /* failed: errno of a read or write */
    void *tiff;
    int about_pixels;  /* the message is about pixels */
    int about_a_value; /* it is about the value of another tag */
    char text[300];    /* the first message, or the first about pixels */
};

/* Opens the bytes of file, or with file->data NULL those of fd. */
int seg_libtiff_open(struct seg_libtiff *t, const struct seg_file *file, int fd,
    struct seg_err *e) SEG_MUST_USE;

/*
 * Counts the pages; ref (or NULL) has place for all and gets their positions.
 * Images flagged as reduced or as masks are no pages.  If all are flagged, the
 * first one is a page, and so is every other with the same flags and size.
 */
int seg_libtiff_pages(struct seg_libtiff *t, size_t *pages,
    struct seg_tiff_page_ref *ref, struct seg_err *e) SEG_MUST_USE;

/* Makes a page the current one.  p is valid until the next call. */
int seg_libtiff_select(struct seg_libtiff *t,
    const struct seg_tiff_page_ref *ref, struct seg_tiff_page *p,
    struct seg_err *e) SEG_MUST_USE;

/* Counts the chunks that are stored; a sparse file leaves out some. */
int seg_libtiff_count_stored(struct seg_libtiff *t,
    const struct seg_tiff_page *p, uint64_t *n, struct seg_err *e) SEG_MUST_USE;

/* Reads the chunk of plane s (0 if interleaved) that contains pixel (x, y).  1
   if the file leaves it out (offset and size 0), 0 if it is read. */
int seg_libtiff_read_chunk(struct seg_libtiff *t, const struct seg_tiff_page *p,
    size_t y, size_t x, size_t s, void *to, size_t bytes,
    struct seg_err *e) SEG_MUST_USE;

struct seg_tiff_tag; /* formats/geometry/geo.h */

/* 1 and the value, valid until the next page is selected; 0 if the page does
   not have the tag. */
int seg_libtiff_get_tag(struct seg_libtiff *t, struct seg_tiff_tag *tag);

/* Starts a file of one page in fd, which is empty.  big: BigTIFF. */
int seg_libtiff_create(struct seg_libtiff *t, int fd, const char *path, int big,
    const struct seg_tiff_page *p, struct seg_err *e) SEG_MUST_USE;
int seg_libtiff_set_tag(struct seg_libtiff *t, const struct seg_tiff_tag *tag,
    struct seg_err *e) SEG_MUST_USE;
/* The bytes of from may be overwritten. */
int seg_libtiff_write_chunk(struct seg_libtiff *t,
    const struct seg_tiff_page *p, size_t y, size_t x, size_t s, void *from,
    size_t bytes, struct seg_err *e) SEG_MUST_USE;
int seg_libtiff_finish(struct seg_libtiff *t, struct seg_err *e) SEG_MUST_USE;

void seg_libtiff_close(struct seg_libtiff *t);

#endif
