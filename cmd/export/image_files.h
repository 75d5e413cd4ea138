/*
 * The image files that seg-export writes, each named by the key of its record,
 * in the format of --format or the first one that keeps everything.
 *
 * Successive slices of one volume become one file, and so do the strips of a
 * scene, which are written as they come.
 */
#ifndef SEG_CMD_EXPORT_IMAGE_FILES_H
#define SEG_CMD_EXPORT_IMAGE_FILES_H

#include "cmd/export/key_path.h"
#include "formats/image/image.h"
#include "formats/nifti/nifti.h"
#include "formats/tiff/tiff.h"
#include "lib/dataset/strip.h"
#include "lib/label/same_classes.h"

/* The choices of --format, "auto", the formats that can be written, labelme and
   coco, and its line of --help.  cli_format_options fills them in before
   options are parsed. */
enum { CLI_FORMATS = 16 };
extern const char *cli_formats[CLI_FORMATS + 1];
extern char cli_format_help[200];
void cli_format_options(void);

struct cli_image_files {
    struct cli_key_files items;
    int format; /* index in cli_formats; 0 auto */
    int tile;   /* side of tiles in TIFF; 0: strips */
    struct seg_nifti_writer volume;
    struct seg_strips strips;
    struct cli_out *scene; /* the file of the scene that is being written */
    struct seg_tiff_writer *rows;
    enum seg_type row_type;
    size_t row_bytes;
    struct seg_arena names;         /* of known */
    struct seg_known_classes known; /* of the current volume or scene */
};

/* Writes tensor t of rec, or adds it to the current volume or scene.  palette
   may be NULL.  Exits if it cannot be written. */
void cli_put_image(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette);

/* After the last record: writes the current volume.  Exits if slices or strips
   are missing. */
void cli_end_images(struct cli_image_files *p);

#endif
