/*
 * Images of records, each in a file named by its key, in the format asked for
 * or the one that loses nothing.
 *
 * Slices that follow each other and are of one volume become one file, and so
 * do the strips of a scene, which go to their TIFF file as they come.
 */
#ifndef SEG_CMD_EXPORT_IMAGE_FILES_H
#define SEG_CMD_EXPORT_IMAGE_FILES_H

#include "cmd/export/key_path.h"
#include "formats/image/nifti.h"
#include "formats/image/tiff.h"
#include "lib/dataset/same_classes.h"
#include "lib/dataset/strip.h"

enum cli_format { CLI_AUTO, CLI_PNG, CLI_TIFF, CLI_NIFTI, CLI_NPY, CLI_PAM };
extern const char *const cli_formats[]; /* their names, NULL behind */

struct cli_image_files {
    struct cli_key_files items;
    int format; /* enum cli_format */
    int tile;   /* side of tiles in TIFF; 0: strips */
    struct seg_nifti_writer stack;
    struct seg_strips strips;
    struct cli_out *scene; /* the file that takes strips, and its writer */
    struct seg_tiff_writer *rows;
    enum seg_type row_type;
    size_t row_bytes;
    struct seg_arena names;
    struct seg_known_classes known; /* of the volume or scene in the making */
};

/* Tensor t of rec, with colors or NULL.  Exits where it cannot be written. */
void cli_put_image(struct cli_image_files *p, struct seg_record *rec,
    const struct seg_tensor *t, const struct seg_palette *palette);

/* After the last: what is still in the making. */
void cli_end_images(struct cli_image_files *p);

#endif
