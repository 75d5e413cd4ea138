/*
 * TIFF and GeoTIFF, BigTIFF included, through libtiff.
 *
 * Unsigned samples of 1 to 8 bits are read as u8, of up to 16 bits as u16, of
 * up to 32 as u32; signed ones as i8, i16 and i32; floats of 24 and 32 bits as
 * f32.  Floats of 16 bits and all numbers of 64 bits become f32.  Any number of
 * bands, strips and tiles, interleaved bands and planes, and every compression
 * of libtiff are read.  A palette becomes RGB, and if 0 is white, unsigned
 * samples are inverted.  A label image has one band and keeps its stored
 * values.
 *
 * Pages are all images except overviews and masks; if there are only those, see
 * seg_libtiff_pages.  The images of an ImageDepth, and images that follow the
 * first one without a directory of their own (ImageJ), are pages as well.
 * Chunks that a sparse file leaves out are filled with GDAL_NODATA, or 0.
 *
 * Scenes larger than memory are read and written row by row.
 */
#ifndef SEG_FORMATS_TIFF_TIFF_H
#define SEG_FORMATS_TIFF_TIFF_H

#include "formats/codec/image_format.h"

/* count_pages and read_page of the format; see struct seg_image_format. */
int seg_tiff_count_pages(struct seg_images *images, struct seg_arena *a,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;
int seg_tiff_read_page(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* ---- reading row by row ---- */

struct seg_tiff_reader;

/* One page; strings are NULL if the file does not have them. */
struct seg_tiff_info {
    size_t h, w, c; /* c 0: a label image [H,W] */
    enum seg_type type;
    size_t rows;  /* of a strip or tile; reading fewer takes as long */
    size_t pages; /* of the file */
    const char *geo, *nodata, *alpha; /* seg.geo, seg.nodata, seg.alpha */
    const char *palette;              /* SEG_STORED_PALETTE of a label image */
    const char *warnings;             /* one a line */
};

/*
 * Opens one page of a regular file.  opts->max_bytes (0: 2 GiB) limits one row
 * of chunks, not the image.  *info is valid until seg_tiff_close.
 */
int seg_tiff_open(struct seg_tiff_reader **r, const struct seg_tiff_info **info,
    const char *path, size_t page, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;
/* Reads rows y0 .. y1 - 1 into to [y1 - y0, W, C].  Any order of calls is
   allowed; from top to bottom is the fastest. */
int seg_tiff_read_rows(struct seg_tiff_reader *r, void *to, size_t y0,
    size_t y1, struct seg_err *e) SEG_MUST_USE;
void seg_tiff_close(struct seg_tiff_reader *r);

/* ---- writing row by row ---- */

enum seg_tiff_compression {
    SEG_COMPRESS_DEFLATE, /* with the predictor of the type; label images */
    SEG_COMPRESS_LZW,     /* without, as neighboring ids are not similar */
    SEG_COMPRESS_NONE
};

struct seg_tiff_write_opts {
    size_t h, w, c;     /* c 0: [H,W], classes; no predictor */
    enum seg_type type; /* u8 i8 u16 i16 u32 i32 f32 */
    enum seg_tiff_compression compression;
    size_t tile; /* side of tiles, a multiple of 16; 0: strips */
    int planar;  /* one plane for each band */
    int big;     /* BigTIFF, even if the image does not need it */
    int alpha;   /* of the last band: SEG_ALPHA_NONE and so on */
    const struct seg_palette *palette; /* for one band of u8; or NULL */
    const char *geo;                   /* the text of seg.geo, or NULL */
};

struct seg_tiff_writer;

/* fd is an empty file and stays open; path is for messages.  Both must stay
   valid until seg_tiff_free. */
int seg_tiff_create(struct seg_tiff_writer **w, int fd, const char *path,
    const struct seg_tiff_write_opts *opts, struct seg_err *e) SEG_MUST_USE;
/* Writes the next n rows [n, W, C]. */
int seg_tiff_write_rows(struct seg_tiff_writer *w, const void *rows, size_t n,
    struct seg_err *e) SEG_MUST_USE;
/* After the last row. */
int seg_tiff_finish(struct seg_tiff_writer *w, struct seg_err *e) SEG_MUST_USE;
void seg_tiff_free(struct seg_tiff_writer *w);

/* Writes a whole image; size and type of opts are taken from t. */
int seg_tiff_write(int fd, const char *path, const struct seg_tensor *t,
    struct seg_tiff_write_opts opts, struct seg_err *e) SEG_MUST_USE;

#endif
