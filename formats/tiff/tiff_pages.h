/*
 * The list of pages of a TIFF.
 *
 * A directory describes one image, or as many as its ImageDepth says, or the
 * first of several that follow without directories (seg_tiff_declared).
 * Directories form groups: a group starts with a directory that declares a
 * number of images and ends before the next one that does.
 */
#ifndef SEG_FORMATS_TIFF_TIFF_PAGES_H
#define SEG_FORMATS_TIFF_TIFF_PAGES_H

#include "formats/tiff/tiff_directory.h"
#include "lib/base/err.h"

/* Values of SampleFormat, PhotometricInterpretation and Compression. */
enum { SEG_TIFF_UINT = 1, SEG_TIFF_INT = 2, SEG_TIFF_FLOAT = 3 };
enum {
    SEG_TIFF_WHITE_IS_0,
    SEG_TIFF_GRAY,
    SEG_TIFF_RGB,
    SEG_TIFF_PALETTE,
    SEG_TIFF_MASK,
    SEG_TIFF_SEPARATED
};
enum { SEG_TIFF_RAW = 1, SEG_TIFF_LZW = 5, SEG_TIFF_DEFLATE = 8 };

/* The tags of a page; numbers as in the TIFF specification. */
struct seg_tiff_page {
    size_t h, w, c;
    int kind; /* NewSubfileType: 1 reduced, 4 mask, 0 neither */
    int big_endian;
    int bits, format, colors; /* BitsPerSample, SampleFormat, Photometric */
    int compression, predictor, planar, tiled, orientation;
    int alpha;               /* of the last band: ExtraSamples 1 or 2, or 0 */
    size_t chunk_h, chunk_w; /* pixels; the last chunks may exceed the image */
    int by_line;             /* strips too large for memory: read by lines */
    const uint16_t *rgb[3];  /* the palette, 1 << bits entries each */
    size_t depth, chunk_d;   /* ImageDepth, TileDepth */
    size_t slice;            /* 0 .. depth - 1 */
    uint64_t shift;          /* bytes from the first image to this one */
    uint64_t offsets;        /* number of chunks that have an entry */
};

/* Bytes of an image that is stored uncompressed in strips, else 0. */
uint64_t seg_tiff_uncompressed_bytes(const struct seg_tiff_page *p);

/* Distance in bytes from the chunks of slice 0 to those of p->slice. */
uint64_t seg_tiff_slice_offset(const struct seg_tiff_page *p);

/* Position of a page: the offset of its directory, and the number of the image
   within the directory. */
struct seg_tiff_page_ref {
    uint64_t at;
    size_t slice;
};

struct seg_tiff_page_list {
    const char *path; /* for messages */
    size_t n;
    struct seg_tiff_page_ref *ref; /* NULL: pages are only counted */
    int all_reduced; /* pages are the directories with the flags of `like` */
    struct seg_tiff_page like;
    /* the group of the last directory: */
    struct seg_tiff_declared declared;
    size_t first, directories; /* its first page; number of directories */
    uint64_t contiguous;       /* images that follow its first strip */
};

/* 1 if a directory holds pages, not an overview or a mask. */
int seg_tiff_is_page(
    const struct seg_tiff_page_list *p, const struct seg_tiff_page *page);

/* Adds the images of the directory at offset `at`; `contiguous` of them follow
   its first strip without a gap. */
int seg_tiff_add_directory(struct seg_tiff_page_list *p,
    const struct seg_tiff_page *page, const struct seg_tiff_declared *declared,
    uint64_t at, uint64_t contiguous, struct seg_err *e) SEG_MUST_USE;

/* Ends a group: adds the images that have no directory.  Fails if the group has
   fewer images than it declares. */
int seg_tiff_end_pages(
    struct seg_tiff_page_list *p, struct seg_err *e) SEG_MUST_USE;

#endif
