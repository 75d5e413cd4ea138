/*
 * An image whose bands lie in several files: "img/7_{B02,B03}.tif".
 *
 * The files are read like images of their own and their channels follow each
 * other in the order of the list.  The first file decides: the others must have
 * its size, unless they are resampled, and its nodata value, and must cover the
 * same area if they have a georeference.  Samples of different types become
 * f32.
 */
#ifndef SEG_CMD_IMPORT_BANDS_H
#define SEG_CMD_IMPORT_BANDS_H

#include "formats/image/image.h"

struct cli_bands {
    size_t n; /* number of files */
    const char **path;
    struct seg_images *file;
};

/* 1 if path has a list {a,b} and is not the name of a file itself. */
int cli_is_list(const char *path);

/* Opens the file or the files of path; all have the same number of pages.
   Memory from a. */
int cli_bands_open(struct cli_bands *b, struct seg_arena *a, const char *path,
    const struct seg_image_opts *opts, struct seg_err *e) SEG_MUST_USE;

/* Reads a page of all files as tensor image.  Bands of another size than the
   first are resampled to it (bilinear) if `resample` is set.  Called in any
   thread. */
int cli_bands_read(struct seg_record *rec, const struct cli_bands *b,
    size_t page, int resample, const struct seg_image_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

#endif
