/*
 * Scores over a stream: confusion matrices and tallies with the names of the
 * classes, which the first record decides and every further one must share,
 * truth and prediction alike.
 *
 * Records are added to the case in hand, an image or the slices of a volume;
 * who adds them says when it is over.
 */
#ifndef SEG_SCORE_SCORER_H
#define SEG_SCORE_SCORER_H

#include "lib/dataset/same_classes.h"
#include "lib/score/score_sums.h"
#include "lib/tensor/record.h"

struct seg_scorer {
    struct seg_confusion all, one; /* of everything, of the case in hand */
    double *sums, *case_sums; /* of all cases, of the last one that ended */
    struct seg_convention convention;
    const char *const *names;       /* of the classes; NULL before the first */
    struct seg_known_classes known; /* of truth and predictions */
    struct seg_arena arena;
};

/*
 * Tensor label of truth against tensor pred of rec; they may be one record.
 * classes overrides the number of classes that the first truth, or else the
 * first prediction, names (seg.classes); 0: does not.  Other classes than those
 * before, or in rec than in truth, are an error.  Errors name the key of rec.
 */
int seg_scorer_add(struct seg_scorer *s, const struct seg_record *rec,
    const struct seg_record *truth, int classes,
    struct seg_err *e) SEG_MUST_USE;

/* The case is over: its counts go to all, its sums is last. */
void seg_scorer_end_case(struct seg_scorer *s);

/* Adds a matrix whose names were read with it, as if it were one case; path is
   for messages. */
int seg_scorer_merge(struct seg_scorer *s, const struct seg_confusion *part,
    const char *const *names, const char *path, struct seg_err *e) SEG_MUST_USE;

void seg_scorer_free(struct seg_scorer *s);

#endif
