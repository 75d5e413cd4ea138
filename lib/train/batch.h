/*
 * The records of one step, checked and normalized.
 *
 * A step reads all its records before it computes anything, so whatever is
 * wrong with the input leaves the state of the training as it was.  A batch is
 * `passes` runs through the network (gradient accumulation) of `records`
 * records each; with two views the network sees the `image` of all records of a
 * pass and then their `image.1`.  The first record decides the size; all have
 * the same classes.  A label is ignored where the image has no data.
 */
#ifndef SEG_TRAIN_BATCH_H
#define SEG_TRAIN_BATCH_H

#include "lib/dataset/normalize.h"
#include "lib/dataset/same_classes.h"
#include "lib/tensor/record.h"

struct seg_batch {
    /* set by the caller */
    const char *source; /* name of the input, for messages */
    int records, passes, views;
    int classes, ignore;
    struct seg_normalize normalize;
    /* by seg_batch_start */
    int h, w;
    float *x;                   /* passes,views,records,h,w,c */
    uint8_t *label;             /* passes,records,h,w */
    const char *pattern;        /* key of the record that decided the size */
    unsigned char allowed[256]; /* label values that may occur */
    struct seg_known_classes known; /* of the records put */
    uint64_t labels, pixels[256];   /* labels counted, their pixels by value */
    uint8_t *gap;                   /* h,w: of the image at hand */
    struct seg_nodata_count gaps;   /* of all that were put */
};

/* Takes all memory from a; rec is the first record and is not put yet. */
int seg_batch_start(struct seg_batch *b, const struct seg_record *rec,
    struct seg_arena *a, struct seg_err *e) SEG_MUST_USE;

/* rec becomes number at of the records * passes.  Errors name key, pixel and
   value. */
int seg_batch_put(struct seg_batch *b, int at, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Adds the label of a record that is used to seen and pixels. */
void seg_batch_count(struct seg_batch *b, const struct seg_record *rec);

/* What pass number i shows the network. */
size_t seg_batch_floats(const struct seg_batch *b);
const float *seg_batch_x(const struct seg_batch *b, int pass);
const uint8_t *seg_batch_label(const struct seg_batch *b, int pass);

#endif
