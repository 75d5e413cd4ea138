/* Resizing of a tensor of a record. */
#ifndef SEG_CMD_IMPORT_RESIZE_H
#define SEG_CMD_IMPORT_RESIZE_H

#include "lib/image/nodata.h"
#include "lib/tensor/record.h"

/* Replaces tensor `name`, [H,W] or [H,W,C], by its form of h x w pixels.  With
   the image (mode SEG_RESIZE_BILINEAR) georeference and volume follow. */
int cli_resize(struct seg_record *rec, const char *name,
    enum seg_resize_mode mode, size_t h, size_t w,
    struct seg_err *e) SEG_MUST_USE;

#endif
