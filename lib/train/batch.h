/*
 * The records of one training step, validated and normalized.
 *
 * All records of a step are read before anything is computed, so that a problem
 * in the input leaves the training state unchanged.  A batch consists of
 * `passes` passes through the network (gradient accumulation) of `records`
 * records each; with two views, a pass contains the `image` of all its records
 * and then their `image.1`.  The first record decides the size of all; all have
 * the same classes.  The label is ignored at pixels without data.
 */
#ifndef SEG_TRAIN_BATCH_H
#define SEG_TRAIN_BATCH_H

#include "lib/dataset/normalize.h"
#include "lib/label/same_classes.h"
#include "lib/tensor/record.h"

struct seg_batch {
    /* set by the caller */
    const char *source; /* name of the input, for messages */
    int records, passes, views;
    int classes, ignore;
    int unlabeled;   /* records need no label, and none is read */
    int wants_valid; /* make the map of valid pixels */
    struct seg_normalize normalize;
    /* Called for each record that was put, at its position; NULL: nothing.
       Messages begin with `where`. */
    int (*also)(void *with, int at, const struct seg_record *rec,
        const char *where, struct seg_err *e);
    void *with;
    /* set by seg_batch_start */
    int h, w;
    float *x;       /* passes,views,records,h,w,c */
    uint8_t *label; /* passes,records,h,w; NULL: unlabeled */
    /* the same: ignore where an image has no data, elsewhere a class that is
       not ignored; NULL: not wanted */
    uint8_t *valid;
    const char *first_key;      /* key of the record that decided the size */
    unsigned char allowed[256]; /* by value: 1 if a label may have it */
    struct seg_known_classes known; /* of the records put */
    /* number of labels counted, and their pixels by value */
    uint64_t labels, pixels[256];
    uint8_t *gap;                 /* h,w: of the current image */
    struct seg_nodata_count gaps; /* in all images put */
};

/* Takes all memory from a.  The first record rec decides the size; it is not
   put yet. */
int seg_batch_start(struct seg_batch *b, const struct seg_record *rec,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* Puts rec at position `at` of the records * passes.  Messages name key, pixel
   and value. */
int seg_batch_put(struct seg_batch *b, int at, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Counts the label of a record that is used: labels and pixels. */
void seg_batch_count(struct seg_batch *b, const struct seg_record *rec);

/* The input and the labels (NULL: unlabeled) of a pass, and the number of
   floats of the input. */
size_t seg_batch_floats(const struct seg_batch *b);
const float *seg_batch_x(const struct seg_batch *b, int pass);
const uint8_t *seg_batch_label(const struct seg_batch *b, int pass);
const uint8_t *seg_batch_valid(const struct seg_batch *b, int pass);

/* The normalized image, or its augmented view 1, of the record at a position:
   h,w,c. */
const float *seg_batch_image(const struct seg_batch *b, int at, int view);

#endif
