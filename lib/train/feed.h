/*
 * A stream of records that fills batches, and what of it has been used.  A
 * training has one or two.
 */
#ifndef SEG_TRAIN_FEED_H
#define SEG_TRAIN_FEED_H

#include "lib/train/batch.h"

/* A source of records: 1, 0 at the end, -1 with e. */
struct seg_source {
    int (*next)(void *with, struct seg_record *rec, struct seg_err *e);
    void *with;
};

struct seg_feed {
    /* set by the caller */
    struct seg_source source; /* next NULL: there is no such feed */
    struct seg_batch batch;

    /* state */
    uint64_t records; /* used by the completed steps */
    uint64_t hash;    /* of the keys and hashes of these records */

    struct seg_record rec;
    int pending;   /* rec was read but not used yet */
    uint64_t next; /* hash after the batch that was filled */
};

/* Reads the first record into rec, for planning; the first batch will use it.
   1, 0 if there is none, -1. */
int seg_feed_peek(struct seg_feed *f, struct seg_err *e) SEG_MUST_USE;

/* Reads all records of a step: 1, 0 if the input ends before, -1. */
int seg_feed_fill(struct seg_feed *f, struct seg_err *e) SEG_MUST_USE;

/* The step that used the batch is complete. */
void seg_feed_used(struct seg_feed *f);

/* Skips the records that a restored state has used, and checks that they are
   the same ones. */
int seg_feed_skip(struct seg_feed *f, struct seg_err *e) SEG_MUST_USE;

#endif
