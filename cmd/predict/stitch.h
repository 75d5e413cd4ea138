/* Patches of a stream, grouped by the image that they were cut from, for
   seg-fuse --stitch. */
#ifndef SEG_CMD_PREDICT_STITCH_H
#define SEG_CMD_PREDICT_STITCH_H

#include "formats/stream/stream.h"
#include "lib/dataset/sample.h"

struct cli_patch {
    struct seg_window window;
    const char *key;  /* of the image */
    int all_h, all_w; /* size of the image, from seg.scene; 0: unknown */
};

struct cli_patches {
    struct seg_arena arena;
    struct seg_reader *reader; /* not owned */
    struct cli_patch *patch;
    size_t n;
};

/* Reads the windows of all patches.  Exits if a record is not a patch.
   resized: their windows may have more pixels than they have. */
void cli_patches_open(struct cli_patches *p, struct seg_reader *r, int resized);

/* Returns the number of patches, from the i-th on, of one image, and its size:
   that of the scene, or the smallest that contains all patches.  Exits if they
   cannot cover it. */
size_t cli_patches_image(const struct cli_patches *p, size_t i, int *h, int *w);

/* Reads patch i. */
void cli_patches_read(struct cli_patches *p, size_t i, struct seg_record *rec);

/* Copies the label of patch i (record rec), if it has one, to its position in
   the label [h,w] of record `to`, which is created if needed. */
void cli_patches_label(const struct cli_patches *p, size_t i,
    const struct seg_record *rec, struct seg_record *to, int h, int w);

/* Replaces key and georeference of patch i by those of the image. */
void cli_patches_describe(
    const struct cli_patches *p, size_t i, struct seg_record *rec);

void cli_patches_close(struct cli_patches *p);

#endif
