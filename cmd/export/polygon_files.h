/* The files of polygons that seg-export writes. */
#ifndef SEG_CMD_EXPORT_POLYGON_FILES_H
#define SEG_CMD_EXPORT_POLYGON_FILES_H

#include "cmd/export/key_path.h"

/* 1 if a choice of --format is one of polygons. */
int cli_is_polygon_format(const char *format);

/*
 * Writes the polygons of t, class ids [H,W] u8, to the file of its key.  A
 * class of name background or _background_ has none, as seg-import takes it
 * for all pixels without polygon; ignored pixels are of name "ignore".  Exits
 * on failure.
 */
void cli_put_polygons(struct cli_key_files *items, struct seg_record *rec,
    const struct seg_tensor *t);

#endif
