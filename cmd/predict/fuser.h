/* Fuses the records of one image into one prediction, for seg-fuse. */
#ifndef SEG_CMD_PREDICT_FUSER_H
#define SEG_CMD_PREDICT_FUSER_H

#include "cmd/predict/pending.h"
#include "lib/label/same_classes.h"
#include "lib/predict/fuse.h"

enum cli_fuse_method { CLI_FUSE_MEAN, CLI_FUSE_MAJORITY, CLI_FUSE_OBJECTS };

struct cli_fuser {
    /* set by the caller */
    enum cli_fuse_method method;
    int objects;      /* CLI_FUSE_OBJECTS: the number of objects */
    int classes;      /* of votes; 0: as many as seg.classes has */
    const char *copy; /* tensors of the first record to copy; NULL: none */
    /* CLI_FUSE_OBJECTS: the classes of the first record are those of the
       objects; otherwise they are removed */
    int keeps_classes;
    int emit; /* bits of cmd/predict/pending.h */
    struct seg_writer *out;
    /* private */
    struct seg_fuse fuse;
    struct seg_arena arena;
    struct seg_known_classes known; /* of all records, except for objects */
    struct cli_pending_queue pending;
};

/* Returns the tensor of rec to fuse, and fills where with "FILE: KEY" for
   messages.  Exits if rec has other classes than earlier records. */
const struct seg_tensor *cli_fuser_tensor(struct cli_fuser *k,
    const struct seg_record *rec, const char *file, char where[600]);

/* Begins an image of h x w pixels; t is the tensor of its first record rec (not
   used for CLI_FUSE_OBJECTS). */
struct cli_pending *cli_fuser_begin(struct cli_fuser *k, struct seg_record *rec,
    const struct seg_tensor *t, int h, int w, const char *where);

/* Adds t, the prediction of window win of the image.  class: that of the
   object, for CLI_FUSE_OBJECTS. */
void cli_fuser_add(struct cli_fuser *k, const struct seg_tensor *t,
    const struct seg_window *win, const struct seg_fuse_weight *weight,
    int class, const char *where);

/* Writes the fused image. */
void cli_fuser_end(
    struct cli_fuser *k, struct cli_pending *a, const char *where);

void cli_fuser_free(struct cli_fuser *k);

#endif
