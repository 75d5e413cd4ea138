/*
 * The files of one item of a manifest, as many records as they have pages.
 *
 * Opened and read by any thread; what goes wrong stays in the book until its
 * turn comes.
 */
#ifndef SEG_CMD_IMPORT_SOURCE_H
#define SEG_CMD_IMPORT_SOURCE_H

#include "formats/image/image.h"
#include "lib/dataset/manifest.h"

struct cli_source_opts {
    int go_on;  /* after an image that is bad: name all of them */
    int axis;   /* along which volumes are sliced: 0 x, 1 y, 2 z */
    int exif;   /* images are turned as their camera says */
    int colors; /* label images with a palette are taken by their colors */
    int nan_is_nodata; /* in labels; see struct seg_image_opts */
};

struct cli_source {
    struct seg_arena arena; /* holds the files */
    const struct cli_source_opts *how;
    const struct seg_item *item;
    struct seg_images image, label;
    const char *intensity; /* what its pages are like together, or NULL */
    int status;            /* of opening */
    struct seg_err e;
};

/* status is -1 where a file cannot be read, or image and label have not the
   same number of pages. */
void cli_source_open(struct cli_source *b, const struct seg_item *item,
    const struct cli_source_opts *how);

/* Page `page` as tensors image and, if the item has one, label, [H,W] or, where
   colors count, [H,W,C]; seg.key is the item's, with @page where there are
   several and behind slices; seg.apart says where the label lies elsewhere, and
   seg.label.nodata, until it is mapped, which value of it means no data. */
int cli_source_read(struct seg_record *rec, const struct cli_source *b,
    size_t page, struct seg_err *e) SEG_MUST_USE;

#endif
