/*
 * TIFF and GeoTIFF, BigTIFF included, through libtiff.
 *
 * Unsigned samples of 1 to 8 bits are read as u8, of up to 16 as u16, of up to
 * 32 as u32, signed ones as i8, i16 and i32, floats of 24 and 32 bits as f32;
 * floats of 16 and all numbers of 64 bits become f32.  Any number of bands, in
 * strips and tiles, interleaved and in planes, with every compression that
 * libtiff knows.  A palette becomes RGB; where 0 is white, unsigned samples are
 * turned over.  As a label there is one band, and it stays as stored.
 *
 * Pages are counted without overviews and masks, unless there is nothing else.
 * Images that follow the one of a directory, and those of an ImageDepth, are
 * pages as well.  Chunks that a sparse file leaves out are GDAL_NODATA, or 0.
 *
 * A scene larger than memory is read and written by rows.
 */
#ifndef SEG_FORMATS_TIFF_TIFF_H
#define SEG_FORMATS_TIFF_TIFF_H

#include "formats/codec/image_format.h"

/* Fills in n and place of images, whose file is there; memory from a. */
int seg_tiff_count_pages(struct seg_images *images, struct seg_arena *a,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;
int seg_tiff_read_page(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* ---- by rows ---- */

struct seg_tiff_reader;

struct seg_tiff_info {
    size_t h, w, c; /* c 0: a label, [H,W] */
    enum seg_type type;
    size_t rows; /* that are decoded together: reading fewer costs as much */
    const char *geo, *nodata; /* seg.geo and seg.nodata, or NULL */
    const char *palette;      /* of a label: SEG_STORED_PALETTE, or NULL */
    size_t pages;             /* of the file */
    const char *alpha;        /* seg.alpha, or NULL */
    const char *warnings;     /* lines, or NULL */
};

/*
 * One page of a file that can be read at any place.  opts->max_bytes, 0: 2 GiB,
 * holds for one row of chunks instead of the image.  scene lives as long as
 * the reader.
 */
int seg_tiff_open(struct seg_tiff_reader **r,
    const struct seg_tiff_info **scene, const char *path, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;
/* Rows y0 to y1, without y1, into to [y1 - y0, W, C]; in any order, the one
   from top to bottom being the fastest. */
int seg_tiff_rows(struct seg_tiff_reader *r, void *to, size_t y0, size_t y1,
    struct seg_err *e) SEG_MUST_USE;
void seg_tiff_close(struct seg_tiff_reader *r);

enum seg_tiff_packing {
    SEG_PACK_DEFLATE, /* with the type's predictor; palettes without */
    SEG_PACK_LZW,     /* the same */
    SEG_PACK_NONE
};

struct seg_tiff_form {
    size_t h, w, c;     /* c 0 is c 1 */
    enum seg_type type; /* u8 i8 u16 i16 u32 i32 f32 */
    enum seg_tiff_packing packing;
    size_t tile; /* side of tiles, a multiple of 16; 0: strips */
    int planar;  /* a plane for each band */
    int big;     /* BigTIFF, even where the image does not need it */
    int alpha;   /* of the last band: SEG_ALPHA_NONE and so on */
    const struct seg_palette *palette; /* c 0 or 1 and u8; or NULL */
    const char *geo;                   /* or NULL */
};

struct seg_tiff_writer;

/* fd is an empty file; path is for messages and must outlive the writer. */
int seg_tiff_create(struct seg_tiff_writer **w, int fd, const char *path,
    const struct seg_tiff_form *form, struct seg_err *e) SEG_MUST_USE;
/* The next n rows [n, W, C]. */
int seg_tiff_put(struct seg_tiff_writer *w, const void *rows, size_t n,
    struct seg_err *e) SEG_MUST_USE;
/* After the last row.  fd stays open. */
int seg_tiff_end(struct seg_tiff_writer *w, struct seg_err *e) SEG_MUST_USE;
void seg_tiff_free(struct seg_tiff_writer *w);

/* A whole image; what form says of size and type is filled in from t. */
int seg_tiff_write(int fd, const char *path, const struct seg_tensor *t,
    struct seg_tiff_form form, struct seg_err *e) SEG_MUST_USE;

#endif
