/*
 * Scenes larger than memory as records: strips.
 *
 * A strip holds all columns of some rows of a scene; the strips of a scene
 * follow each other from top to bottom without a gap.  The key is the scene's
 * with "@y,0" behind, seg.window is "y,0,h,w" as of any patch, and seg.scene is
 * "h,w", the size of the whole.  So every program that takes records takes
 * scenes in bounded memory.
 */
#ifndef SEG_DATASET_STRIP_H
#define SEG_DATASET_STRIP_H

#include "lib/tensor/record.h"

struct seg_strip {
    int y, h;         /* its rows */
    int all_h, all_w; /* the scene */
};

/* Sets seg.key, seg.window and seg.scene of strip s of the scene named key. */
int seg_strip_set(struct seg_record *rec, const char *key,
    const struct seg_strip *s, struct seg_err *e) SEG_MUST_USE;

/* Where a stream stands in a scene; zeroed to begin with. */
struct seg_strips {
    struct seg_arena arena;
    const char *key; /* of the scene at work, NULL: none */
    struct seg_strip last;
};

/*
 * Takes the next record: 1 if it is a strip, which is then q->last of the scene
 * q->key, 0 if it is none.  Fails where strips are missing or out of order.
 */
int seg_strips_next(struct seg_strips *q, const struct seg_record *rec,
    struct seg_err *e) SEG_MUST_USE;

/* Is the last strip the last one of its scene? */
int seg_strips_complete(const struct seg_strips *q);

/* At the end of input: fails if a scene lacks its last rows. */
int seg_strips_end(struct seg_strips *q, struct seg_err *e) SEG_MUST_USE;

void seg_strips_free(struct seg_strips *q);

#endif
