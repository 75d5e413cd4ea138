/*
 * The images of a TIFF, in order.
 *
 * A directory stands for one image, for as many as its ImageDepth says, or for
 * the first of several that follow each other without directories of their
 * own.  Directories come in groups: those from one that promises a number of
 * images up to the next that promises another.
 */
#ifndef SEG_FORMATS_TIFF_TIFFPAGES_H
#define SEG_FORMATS_TIFF_TIFFPAGES_H

#include "formats/tiff/tiffdir.h"
#include "lib/base/err.h"

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

/* What the tags of a page say; numbers as in the TIFF specification. */
struct seg_tiff_page {
    size_t h, w, c;
    int kind;       /* NewSubfileType: 1 reduced, 4 a mask, 0 neither */
    int big_endian; /* the file */
    int bits, format, colors; /* of a sample; how it shows (photometric) */
    int compression, predictor, planar, tiled, orientation;
    int alpha;               /* of the last band: ExtraSamples 1 or 2, or 0 */
    size_t chunk_h, chunk_w; /* pixels; the last ones may stick out */
    int by_line;             /* strips too large to hold: a line is a chunk */
    const uint16_t *rgb[3];  /* of a palette, 1 << bits entries each */
    size_t depth, chunk_d;   /* images of a directory, and of a chunk */
    size_t slice;            /* of depth */
    uint64_t shift;          /* bytes from the first image to this one */
    uint64_t offsets;        /* chunks that have an entry */
};

/* Bytes of an image that is stored plainly in strips, else 0. */
uint64_t seg_tiff_plain_bytes(const struct seg_tiff_page *p);

/* Bytes from where the chunks of slice 0 are stored to those of p->slice. */
uint64_t seg_tiff_shift(const struct seg_tiff_page *p);

/* An image: its directory, and its number among those of the directory. */
struct seg_tiff_place {
    uint64_t at;
    size_t slice;
};

struct seg_tiff_pages {
    const char *path; /* for messages */
    size_t n;
    struct seg_tiff_place *place; /* room for all; NULL: they are counted */
    int all_reduced; /* the pages are the directories flagged like this */
    struct seg_tiff_page like;
    /* the group that the last directory belongs to */
    struct seg_tiff_promise promise;
    size_t first, directories;
    uint64_t held;
};

/* 1 if a directory holds pages, not an overview or a mask. */
int seg_tiff_pages_want(
    const struct seg_tiff_pages *p, const struct seg_tiff_page *page);

/* Its images; `held` of them follow its first strip without a gap. */
int seg_tiff_pages_add(struct seg_tiff_pages *p,
    const struct seg_tiff_page *page, const struct seg_tiff_promise *promise,
    uint64_t at, uint64_t held, struct seg_err *e) SEG_MUST_USE;

/* After the last directory: adds images that have none; the group must then
   have as many as it promises. */
int seg_tiff_pages_end(
    struct seg_tiff_pages *p, struct seg_err *e) SEG_MUST_USE;

#endif
