/*
 * Scores of a stream: confusion matrices and score sums, with the names of the
 * classes.  The first record decides the classes; all others, truth and
 * prediction alike, must have the same.
 *
 * Records are added to the current case, which is an image or all slices of a
 * volume; the caller ends it with seg_scorer_end_case.
 */
#ifndef SEG_SCORE_SCORER_H
#define SEG_SCORE_SCORER_H

#include "lib/label/same_classes.h"
#include "lib/score/score_sums.h"
#include "lib/tensor/record.h"

struct seg_scorer {
    /* of all finished cases, of the current case */
    struct seg_confusion all, one;
    double *sums, *case_sums; /* of all finished cases, of the last one */
    struct seg_convention convention;
    /* of the classes; NULL before the first record */
    const char *const *names;
    struct seg_known_classes known; /* of truth and predictions */
    struct seg_arena arena;
};

/*
 * Compares tensor `label` of truth with tensor `pred` of rec; both can be the
 * same record.  The argument classes, if not 0, overrides the number of classes
 * given by seg.classes of the first truth or prediction.  Fails if the classes
 * differ from earlier records, or between rec and truth; messages name the key
 * of rec.
 */
int seg_scorer_add(struct seg_scorer *s, const struct seg_record *rec,
    const struct seg_record *truth, int classes,
    struct seg_err *e) SEG_MUST_USE;

/* Ends the current case: adds its counts to all and its sums to sums. */
void seg_scorer_end_case(struct seg_scorer *s);

/* Adds a confusion matrix read from a file, with its names, as one case;
   messages begin with path. */
int seg_scorer_merge(struct seg_scorer *s, const struct seg_confusion *part,
    const char *const *names, const char *path, struct seg_err *e) SEG_MUST_USE;

void seg_scorer_free(struct seg_scorer *s);

#endif
