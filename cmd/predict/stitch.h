/* The patches of a stream, by the images that they were cut from. */
#ifndef SEG_CMD_PREDICT_STITCH_H
#define SEG_CMD_PREDICT_STITCH_H

#include "formats/stream/stream.h"
#include "lib/dataset/sample.h"

struct cli_patch {
    struct seg_window window;
    const char *key;  /* of the image */
    int all_h, all_w; /* the image's size, if it says so, or 0 */
};

struct cli_patches {
    struct seg_arena arena;
    struct seg_reader *reader; /* not owned */
    struct cli_patch *patch;
    size_t n;
};

/* Reads the stream once.  Exits where a record is no patch. */
void cli_patches_open(struct cli_patches *p, struct seg_reader *r);

/* How many patches from the i-th on are of one image, and its size: that of
   the scene, or as far as patches reach.  Exits where they are too few. */
size_t cli_patches_image(const struct cli_patches *p, size_t i, int *h, int *w);

void cli_patches_read(struct cli_patches *p, size_t i, struct seg_record *rec);

/* Copies the label of patch i, if it has one, to where it belongs in to's,
   which is made if it is not there. */
void cli_patches_label(const struct cli_patches *p, size_t i,
    const struct seg_record *rec, struct seg_record *to, int h, int w);

/* The image's key and place instead of those of patch i. */
void cli_patches_describe(
    const struct cli_patches *p, size_t i, struct seg_record *rec);

void cli_patches_close(struct cli_patches *p);

#endif
