/*
 * Strips: scenes larger than memory as a sequence of records.
 *
 * A strip holds all columns of consecutive rows of a scene; the strips of a
 * scene follow each other from top to bottom without gaps.  The key is the
 * scene's key followed by "@y,0"; seg.window is "y,0,h,w", as for any patch;
 * seg.scene is "h,w", the size of the scene.  Thus every program that reads
 * records can process scenes in bounded memory.
 */
#ifndef SEG_DATASET_STRIP_H
#define SEG_DATASET_STRIP_H

#include "lib/tensor/record.h"

struct seg_strip {
    int y, h;         /* first row and number of rows */
    int all_h, all_w; /* size of the scene */
};

/* Sets seg.key, seg.window and seg.scene for strip s of the scene with that
   key. */
int seg_strip_set(struct seg_record *rec, const char *key,
    const struct seg_strip *s, struct seg_err *e) SEG_MUST_USE;

/* State of a reader of strips; initialize with zeros. */
struct seg_strips {
    struct seg_arena arena;
    const char *key; /* of the current scene; NULL: none */
    struct seg_strip last;
};

/*
 * Checks the next record of a stream.  Returns 1 if it is a strip, which
 * becomes q->last, of scene q->key; 0 if it is another record.  Fails if strips
 * are missing or out of order.
 */
int seg_strips_next(struct seg_strips *q, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* 1 unless rows of the current scene are missing. */
int seg_strips_complete(const struct seg_strips *q);

/* At the end of input: fails if rows of the last scene are missing. */
int seg_strips_end(struct seg_strips *q, struct seg_err *e) SEG_MUST_USE;

void seg_strips_free(struct seg_strips *q);

#endif
