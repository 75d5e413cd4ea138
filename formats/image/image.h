/*
 * Image files to tensors [H,W,C], in any format of the table.
 *
 * The first bytes of a file decide its format.  A file that no format
 * recognizes is refused by the name of its kind (formats/stream/kind.h).
 */
#ifndef SEG_FORMATS_IMAGE_IMAGE_H
#define SEG_FORMATS_IMAGE_IMAGE_H

#include "formats/codec/image_format.h"

/* NULL after the last. */
extern const struct seg_image_format *const seg_image_formats[];

/* Reads the file at path and counts its pages.  Memory from a; path must stay
   valid as long as images. */
int seg_images_open(struct seg_images *images, struct seg_arena *a,
    const char *path, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

/* Adds page 0 .. images->n - 1 as tensor `name`, in one of the types of
   common_type.h.  Threads may read pages at the same time, each into a record
   of its own. */
int seg_images_read(struct seg_record *rec, const char *name,
    const struct seg_images *images, size_t page,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* Both, for the first page. */
int seg_image_read(struct seg_record *rec, const char *name, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* ---- the table ---- */

/* 1 if files of some format have this suffix, ".png"; case does not matter. */
int seg_image_has_suffix(const char *suffix);

/* The first format that keeps all of tensor t of rec; npy takes the tensors
   that no format before it keeps. */
const struct seg_image_format *seg_image_format_for(
    const struct seg_record *rec, const struct seg_tensor *t);

/* The format whose files hold several records in this way. */
const struct seg_image_format *seg_image_format_sharing(
    enum seg_image_sharing sharing);

/* Lists for messages: "PNG, JPEG nor PNM" and ".png, .jpg or .pam", with `last`
   before the last. */
enum { SEG_IMAGE_LIST = 200 };
void seg_image_titles(char text[SEG_IMAGE_LIST], const char *last);
void seg_image_suffixes(char text[SEG_IMAGE_LIST], const char *last);

#endif
