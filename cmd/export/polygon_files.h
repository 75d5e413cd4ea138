/* The files of polygons that seg-export writes. */
#ifndef SEG_CMD_EXPORT_POLYGON_FILES_H
#define SEG_CMD_EXPORT_POLYGON_FILES_H

#include "cmd/cli/side_output.h"
#include "cmd/export/key_path.h"
#include "formats/polygon/coco_write.h"

enum cli_polygon_format { CLI_NO_POLYGONS, CLI_LABELME, CLI_COCO };

/* The format of a choice of --format. */
enum cli_polygon_format cli_polygon_format(const char *choice);

struct cli_polygon_files {
    enum cli_polygon_format format;
    struct cli_key_files *items;
    struct cli_side_output all; /* of COCO: DIR/annotations.json */
    struct seg_coco_writer coco;
};

/*
 * Writes the polygons of t, class ids [H,W] u8, to the file of its key, or to
 * that of all records.  A class of name background or _background_ has none, as
 * seg-import takes it for all pixels without polygon; ignored pixels are of
 * name "ignore".  Exits on failure.
 */
void cli_put_polygons(struct cli_polygon_files *p, struct seg_record *rec,
    const struct seg_tensor *t);

/* After the last record.  Exits on failure. */
void cli_end_polygons(struct cli_polygon_files *p);

#endif
