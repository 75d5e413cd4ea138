/*
 * From a page of a book to a record: labels mapped, then window, channels and
 * size; and what all pages of a book are like.
 */
#ifndef SEG_CMD_IMPORT_PAGE_H
#define SEG_CMD_IMPORT_PAGE_H

#include "cmd/import/source.h"
#include "lib/dataset/labelmap.h"

enum { CHANNELS_STORED, CHANNELS_1, CHANNELS_3 };

struct cli_page_opts {
    const struct seg_labelmap *map; /* NULL: values stay */
    double near;                    /* of colors */
    double level, width;            /* window; width 0: values stay */
    int channels;
    int size[2];   /* width, height; 0: as they are */
    int intensity; /* set seg.intensity */
    int nodata;    /* enum, see below */
    double nodata_value;
};

enum { NODATA_OF_FILE, NODATA_NONE, NODATA_GIVEN };

/* Measures all pages into book->intensity; context is a struct
   cli_page_opts. */
int cli_pages_measure(
    struct cli_source *book, void *context, struct seg_err *e) SEG_MUST_USE;

/* Does all this to the tensors image and, if the item has one, label; `label`
   is for messages: the label's file, and the place in it. */
int cli_page_convert(struct seg_record *rec, const struct seg_item *item,
    const char *label, const struct cli_page_opts *how,
    struct seg_err *e) SEG_MUST_USE;

/* Clears rec and fills it; context is a struct cli_page_opts.  Runs in any
   thread. */
int cli_page_read(struct seg_record *rec, const struct cli_source *book,
    size_t page, void *context, struct seg_err *e) SEG_MUST_USE;

#endif
