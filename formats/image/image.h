/*
 * Images in files <-> tensors [H,W,C].  The reader is picked by magic bytes.
 *
 * Values are the stored ones: 1, 2 and 4 bit samples are unpacked, not scaled;
 * 16 bit are in native order; seg_image_settle says which types there are.  A
 * file of another kind is refused by its name (formats/stream/kind.h).  Sizes
 * are checked from headers before anything is allocated.  Each format lives in
 * its own pair of files.
 *
 * An image that its camera marked as turned (EXIF orientation other than 1) is
 * read as it is stored, and the record gets seg.exif "orientation=N".  Whatever
 * the mode, seg.geo and seg.volume say where the image lies.  A label image
 * that says that its values are class ids sets seg.ids, and one with a palette
 * SEG_STORED_PALETTE.
 */
#ifndef SEG_FORMATS_IMAGE_IMAGE_H
#define SEG_FORMATS_IMAGE_IMAGE_H

#include <stdint.h>
#include <stdio.h>

#include "formats/stream/file.h"
#include "lib/tensor/record.h"

enum seg_image_mode {
    SEG_IMAGE_PIXELS, /* palette becomes RGB; alpha stays a channel */
    SEG_IMAGE_LABEL,  /* palette indices and gray levels as they are: [H,W], in
                          the first of u8, u16 and i16 that holds all of them,
                          or i32 where some have no data; RGB, with
                          alpha or without, as [H,W,C] u8 */
    SEG_IMAGE_COLORS  /* a label told by its colors: as an image, of u8 */
};

struct seg_image_opts {
    enum seg_image_mode mode;
    size_t max_bytes;  /* of the decoded image; 0: 2 GiB */
    int axis;          /* along which a volume is sliced: 0 x, 1 y, 2 z */
    int nan_is_nodata; /* in labels, whether it is declared or not */
};

struct seg_tiff_place;

/* A file in memory, and how many images there are in it. */
struct seg_images {
    struct seg_file file;
    size_t n;
    const struct seg_tiff_place *place; /* of each page; NULL: not needed */
    int numbered; /* they are slices, of which even a single one has a number */
    double step;  /* of the values, where the file scales whole numbers; or 0 */
    int format;   /* image.c's */
};

/* Memory from a; path must outlive images. */
int seg_images_open(struct seg_images *images, struct seg_arena *a,
    const char *path, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;
/* Adds image `page`, from 0, as tensor `name`; threads may do so at once, each
   to a record of its own. */
int seg_images_read(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* The first image of a file. */
int seg_image_read(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* For the readers: the palette of a label image, "#rrggbb" by index with commas
   between.  It belongs to the file and is never written to a stream. */
#define SEG_STORED_PALETTE "seg.stored-palette"
int seg_image_note_palette(struct seg_record *rec, const uint8_t (*rgb)[3],
    int n, struct seg_err *e) SEG_MUST_USE;

/*
 * Tensor `name`, as it was stored, becomes one of those that all programs
 * take.  An image is then u8, u16, i16 or f32: whole numbers of 8 signed or of
 * 32 and 64 bits and floats of 16 and 64 bits become f32.  A label has the
 * first of u8, u16 and i16 that holds it, and floats must be whole: but for the
 * rounding of the file's own scale, half a step of it (step, 0: none) or
 * 0.001.  Values that change are counted in rec->image_rounding or
 * label_rounding.  A label whose value no class can have, declared as nodata by
 * rec's seg.nodata, becomes SEG_LABEL_NODATA.
 */
int seg_image_settle(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, double step,
    struct seg_err *e) SEG_MUST_USE;

/* For the readers: the axis of c channels, 0 where a label has none. */
size_t seg_image_channels(const struct seg_image_opts *opts, size_t c);

/*
 * For the readers: a tensor [h,w,c], or [h,w] for c = 0, once the header is
 * known.  NULL if a side is 0 or the limit is passed.
 */
struct seg_tensor *seg_image_add(struct seg_record *rec, const char *name,
    enum seg_type type, size_t h, size_t w, size_t c, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

struct seg_palette {
    int n;
    uint8_t rgb[256][3];
    int ids; /* they are class ids, and a PNG says so */
};

/* t is [H,W] or [H,W,C] with C 1..4, u8 or u16; palette only for [H,W] u8. */
int seg_png_write(int fd, const char *path, const struct seg_tensor *t,
    const struct seg_palette *palette, struct seg_err *e) SEG_MUST_USE;

#endif
