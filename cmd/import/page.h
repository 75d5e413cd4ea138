/*
 * From a page of a source to a record: the label is mapped, then window,
 * channels and size are applied.
 */
#ifndef SEG_CMD_IMPORT_PAGE_H
#define SEG_CMD_IMPORT_PAGE_H

#include "cmd/import/source.h"
#include "lib/label/labelmap.h"

enum { CHANNELS_STORED, CHANNELS_1, CHANNELS_3 };
enum { NODATA_OF_FILE, NODATA_NONE, NODATA_GIVEN };

struct cli_page_opts {
    const struct seg_labelmap *map; /* NULL: label values are kept */
    double near;                    /* largest distance to a color of the map */
    double level, width;            /* window; width 0: values are kept */
    int channels;                   /* CHANNELS_STORED and so on */
    int size[2];                    /* width, height; 0: not given */
    int longest;                    /* the longer side; 0: not given */
    double factor;                  /* factor of both sides; 0: not given */
    int painted;                    /* the label holds class ids already */
    int intensity;                  /* set seg.intensity */
    int nodata;                     /* NODATA_OF_FILE and so on */
    double nodata_value;            /* if NODATA_GIVEN */
};

/* 1 if images are resized.  Exits if two of size, longest and factor are given.
   */
int cli_page_resizes(const struct cli_page_opts *opts);

/* Computes source->intensity from all pages; context is a struct
   cli_page_opts. */
int cli_pages_measure(
    struct cli_source *source, void *context, struct seg_err *e) SEG_MUST_USE;

/* Converts the tensors image and, if the item has one, label.  `label` names
   the label file, and the position in it, for messages. */
int cli_page_convert(struct seg_record *rec, const struct seg_item *item,
    const char *label, const struct cli_page_opts *opts,
    struct seg_err *e) SEG_MUST_USE;

/* Clears rec, reads a page and converts it; context is a struct cli_page_opts.
   Called in any thread. */
int cli_page_read(struct seg_record *rec, const struct cli_source *source,
    size_t page, void *context, struct seg_err *e) SEG_MUST_USE;

#endif
