/*
 * An image format: the functions that recognize, read and write its files.
 *
 * To add a format, write formats/image/NAME.c, which ends in a struct
 * seg_image_format, and add that to the table formats/image/table.c.
 *
 * A reader adds one tensor to a record, [H,W,C] or for a label image [H,W].
 * Samples are the stored ones: 1, 2 and 4 bits become one byte without
 * scaling, 16 bits are in the byte order of the machine.  Sizes are checked
 * from the header before memory is allocated.
 *
 * If the camera rotated the image (EXIF orientation other than 1), it is read
 * as stored and the record gets seg.exif "orientation=N".  A georeference
 * becomes seg.geo, the position of a slice in a volume seg.volume.  A label
 * image that says that its values are class ids sets seg.ids; one with a
 * palette sets SEG_STORED_PALETTE.
 */
#ifndef SEG_FORMATS_CODEC_IMAGE_FORMAT_H
#define SEG_FORMATS_CODEC_IMAGE_FORMAT_H

#include <stdint.h>

#include "formats/stream/file.h"
#include "lib/tensor/record.h"

/* ---- reading ---- */

enum seg_image_mode {
    SEG_IMAGE_PIXELS, /* a palette becomes RGB, alpha stays a channel */
    SEG_IMAGE_LABEL,  /* palette indices and gray levels: [H,W] u8, u16 or i16,
                         the first that holds all of them, or i32 if some
                         pixels have no data; RGB and RGBA: [H,W,C] u8 */
    SEG_IMAGE_COLORS  /* a label image whose colors are the classes: read like
                         an image, u8 */
};

struct seg_image_opts {
    enum seg_image_mode mode;
    size_t max_bytes;  /* of the decoded image; 0: 2 GiB */
    int axis;          /* along which volumes are sliced: 0 x, 1 y, 2 z */
    int nan_is_nodata; /* in label images that declare no nodata value */
};

struct seg_image_format;

/* A file in memory and its pages. */
struct seg_images {
    struct seg_file file;
    const struct seg_image_format *format;
    size_t n;     /* pages; 1 unless the format counts them */
    int numbered; /* the pages are slices: even a single one has a number */
    double step;  /* of the scale of the values, see common_type.h; 0: none */
    const void *page_data; /* of count_pages for read_page, or NULL */
};

/* ---- writing ---- */

struct seg_palette {
    int n;
    uint8_t rgb[256][3];
    int ids; /* the indices are class ids; a PNG says so in a text */
};

/* Settings of a writer; it ignores those that the format cannot store. */
struct seg_image_write_opts {
    const struct seg_palette *palette; /* of a tensor [H,W] u8, or NULL */
    const char *geo;                   /* the text of seg.geo, or NULL */
    int alpha; /* of the last channel: SEG_ALPHA_NONE and so on */
    int tile;  /* side of tiles, a multiple of 16; 0: strips */
};

/* The values of ExtraSamples in a TIFF. */
enum { SEG_ALPHA_NONE, SEG_ALPHA_ASSOCIATED, SEG_ALPHA_UNASSOCIATED };

/* Records that can share a file.  Their writers are called record by record:
   seg_tiff_create and seg_nifti_writer_start are the first calls. */
enum seg_image_sharing {
    SEG_ONE_RECORD,
    SEG_STRIPS_OF_SCENE, /* written as they come */
    SEG_SLICES_OF_VOLUME /* collected, written when all of them have come */
};

/* ---- the format ---- */

struct seg_image_format {
    const char *name;      /* for the option --format: "png" */
    const char *title;     /* for messages: "PNG" */
    const char *suffix[8]; /* ".tif", ".tiff"; the first one is written */

    /* 1 if the file begins like one of this format. */
    int (*probe)(const struct seg_file *file);

    /* Reads the only image of a file as tensor `name`. */
    int (*read)(struct seg_record *rec, const char *name,
        const struct seg_file *file, const struct seg_image_opts *opts,
        struct seg_err *e);

    /* Instead of read, for files of several pages.  count_pages sets n of
       images, whose file is there, and may replace the file by its unpacked
       bytes; memory comes from a.  read_page reads page 0 .. n - 1; threads
       may call it at the same time, each for a record of its own. */
    int (*count_pages)(struct seg_images *images, struct seg_arena *a,
        const struct seg_image_opts *opts, struct seg_err *e);
    int (*read_page)(struct seg_record *rec, const char *name,
        const struct seg_images *images, size_t page,
        const struct seg_image_opts *opts, struct seg_err *e);

    /* 1 if a file keeps everything: values, georeference, position in a
       volume.  --format auto takes the first format of the table that does;
       NULL: never. */
    int (*keeps)(const struct seg_record *rec, const struct seg_tensor *t);

    /* Writes tensor t to the empty file fd; path is for messages.  NULL: the
       format is only read, or written by slices. */
    int (*write)(int fd, const char *path, const struct seg_tensor *t,
        const struct seg_image_write_opts *opts, struct seg_err *e);
    int stores_geo; /* write uses geo and alpha */
    enum seg_image_sharing sharing;
};

/* ---- for readers ---- */

/* Length of the axis of c channels: 0, no axis, for a label image of one. */
size_t seg_image_channels(const struct seg_image_opts *opts, size_t c);

/* Adds a tensor [h,w,c], or [h,w] if c is 0.  NULL and e set if a side is 0 or
   opts->max_bytes is exceeded. */
struct seg_tensor *seg_image_add(struct seg_record *rec, const char *name,
    enum seg_type type, size_t h, size_t w, size_t c, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* The palette of a label image: "#rrggbb," for each index.  It is compared with
   the label map and never written to a stream. */
#define SEG_STORED_PALETTE "seg.stored-palette"
int seg_image_note_palette(struct seg_record *rec, const uint8_t (*rgb)[3],
    int n, struct seg_err *e) SEG_MUST_USE;

/* ---- for writers ---- */

/* 1 if t is [H,W] or [H,W,C] of u8, i8, u16, i16, u32, i32 or f32; tensors of
   other types and shapes are arrays. */
int seg_image_is(const struct seg_tensor *t);

#endif
