/*
 * Scores over a stream: the confusion matrix with the names of its classes,
 * which the first record decides and every further one must share.
 */
#ifndef SEG_EVAL_SCORER_H
#define SEG_EVAL_SCORER_H

#include "lib/eval/metrics.h"
#include "lib/tensor/record.h"

struct seg_scorer {
    struct seg_confusion all, one; /* of everything, of the last record */
    const char *const *names;      /* of the classes; NULL before the first */
    const char *described;         /* seg.classes of the records */
    struct seg_arena arena;
};

/*
 * Tensor label of truth against tensor pred of rec; they may be one record.
 * classes overrides what the first truth says of itself (seg.classes), 0: does
 * not.  Errors name the key of rec.
 */
int seg_scorer_add(struct seg_scorer *s, const struct seg_record *rec,
    const struct seg_record *truth, int classes,
    struct seg_err *e) SEG_MUST_USE;

/* Adds a matrix whose names were read with it; path is for messages. */
int seg_scorer_merge(struct seg_scorer *s, const struct seg_confusion *part,
    const char *const *names, const char *path, struct seg_err *e) SEG_MUST_USE;

void seg_scorer_free(struct seg_scorer *s);

#endif
