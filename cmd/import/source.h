/*
 * The source of one item of a manifest: its image file, its label file, and the
 * records that their pages become.
 *
 * Sources are opened and read in any thread.  An error is kept in the source
 * and reported when all items before it are written.
 */
#ifndef SEG_CMD_IMPORT_SOURCE_H
#define SEG_CMD_IMPORT_SOURCE_H

#include "cmd/import/bands.h"
#include "formats/polygon/annotations.h"
#include "lib/dataset/manifest.h"

struct cli_source_opts {
    int go_on;         /* after a bad image continue and report all of them */
    int axis;          /* along which volumes are sliced: 0 x, 1 y, 2 z */
    int exif;          /* rotate images as their camera recorded */
    int colors;        /* read label images with a palette by color */
    int resample;      /* bands of other sizes to the size of the first */
    int nan_is_nodata; /* in label images; see struct seg_image_opts */
    const struct seg_annotations *annotations; /* labels of items, or NULL */
};

struct cli_source {
    struct seg_arena arena; /* holds the files */
    const struct cli_source_opts *opts;
    const struct seg_item *item;
    struct cli_bands bands;  /* the files of the image */
    struct seg_images image; /* the first of them */
    struct seg_images label;
    const struct seg_polygons *polygons; /* instead of label, or NULL */
    const char *intensity; /* seg.intensity of all pages together, or NULL */
    int status;            /* -1: e is the error of opening */
    struct seg_err e;
};

/* Sets status to -1 if a file cannot be read, or if image and label file have
   different numbers of pages. */
void cli_source_open(struct cli_source *s, const struct seg_item *item,
    const struct cli_source_opts *opts);

/*
 * Reads a page as tensor image and, if the item has a label image, label:
 * [H,W], or by color [H,W,C].  seg.key is the key of the item, followed by
 * @page if there are several pages or slices.  seg.apart is set if the
 * georeference of the label differs.  seg.label.nodata is the nodata value of
 * the label file, until the label is mapped.
 */
int cli_source_read(struct seg_record *rec, const struct cli_source *s,
    size_t page, struct seg_err *e) SEG_MUST_USE;

#endif
