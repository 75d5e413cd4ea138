/*
 * Scores predictions record by record, for seg-score.
 *
 * A case is an image, consecutive slices of a volume, or consecutive records of
 * a group.  Memory holds sums
 * over the finished cases plus the current case: only counts, or with --surface
 * its voxels.
 */
#ifndef SEG_CMD_SCORE_SCORING_H
#define SEG_CMD_SCORE_SCORING_H

#include <stdio.h>

#include "formats/nifti/nifti.h"
#include "lib/score/bootstrap.h"
#include "lib/score/boundary.h"
#include "lib/score/calibration.h"
#include "lib/score/scorer.h"

/* Surface scores of one class over the cases. */
struct cli_scoring_surface {
    struct seg_mean hd95, assd, nsd;
    uint64_t missing; /* cases with the class only in truth or only in pred */
};

struct cli_scoring {
    /* set by the caller */
    struct seg_convention convention;
    int classes, boundary, resamples, paired;
    const char *group; /* pattern of lib/dataset/key_group.h, or NULL */
    uint64_t seed;
    double tolerance;           /* mm or pixels */
    FILE *per_image, *surfaces; /* tables, or NULL */

    /* sums over the finished cases */
    struct seg_scorer scorer, other;
    struct seg_resamples draws, other_draws, swapped, other_swapped;
    struct seg_boundary *outline;        /* by class; NULL: not requested */
    struct cli_scoring_surface *surface; /* by class; NULL: not requested */
    struct seg_calibration calibration;  /* bins 0: not requested */

    /* the current case */
    const char *key; /* NULL: no current case */
    int volume;
    struct seg_volume at;
    struct seg_nifti_writer truth, pred; /* voxels, for surfaces */
    struct seg_arena arena, copy, scratch, totals;
};

/* Adds a record: pred of rec is compared with label of truth.  other: the
   record of the second model for the paired test, or NULL.  Exits on bad
   data. */
void cli_scoring_add(struct cli_scoring *j, const struct seg_record *rec,
    const struct seg_record *truth, const struct seg_record *other);
/* Finishes the current case. */
void cli_scoring_end(struct cli_scoring *j);
void cli_scoring_free(struct cli_scoring *j);

#endif
