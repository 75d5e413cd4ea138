/* What seg-fuse does with the records of one image. */
#ifndef SEG_CMD_PREDICT_FUSER_H
#define SEG_CMD_PREDICT_FUSER_H

#include "cmd/predict/pending.h"
#include "lib/dataset/same_classes.h"
#include "lib/predict/fuse.h"

enum cli_fuse_mode { CLI_FUSE_MEAN, CLI_FUSE_MAJORITY, CLI_FUSE_OBJECTS };

struct cli_fuser {
    /* set by the caller */
    enum cli_fuse_mode how;
    int objects;     /* how many classes of them */
    int classes;     /* for votes; 0: as the data say */
    int keeps_label; /* that of the first record is the image's */
    int emit;
    struct seg_writer *out;
    /* its own */
    struct seg_fuse fuse;
    struct seg_arena arena;
    struct seg_known_classes known; /* of all records but those of objects */
    struct cli_pending_queue answers;
};

/* The tensor of a record that is fused; where is filled, for messages.  Exits
   if the record has other classes than those before. */
const struct seg_tensor *cli_fuser_tensor(struct cli_fuser *k,
    const struct seg_record *rec, const char *file, char where[600]);

/* Begins an image of h x w, whose first record is rec with that tensor. */
struct cli_pending *cli_fuser_begin(struct cli_fuser *k, struct seg_record *rec,
    const struct seg_tensor *t, int h, int w, const char *where);

/* Adds tensor t of a window of the image; the class is for objects. */
void cli_fuser_add(struct cli_fuser *k, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *share,
    int class, const char *where);

/* Writes the image. */
void cli_fuser_end(
    struct cli_fuser *k, struct cli_pending *a, const char *where);

void cli_fuser_free(struct cli_fuser *k);

#endif
