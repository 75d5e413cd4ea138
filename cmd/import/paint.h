/* Label images of polygons. */
#ifndef SEG_CMD_IMPORT_PAINT_H
#define SEG_CMD_IMPORT_PAINT_H

#include "cmd/import/page.h"

/*
 * Adds tensor label [H,W], of class ids, to a record with tensor image: the
 * polygons of the source, later ones over earlier ones.  Their names are those
 * of the label map, or "ignore"; pixels in no polygon are of class background
 * or _background_.
 */
int cli_paint(struct seg_record *rec, const struct cli_source *source,
    const struct seg_labelmap *map, struct seg_err *e) SEG_MUST_USE;

#endif
