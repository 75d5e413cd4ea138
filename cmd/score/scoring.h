/*
 * What seg-score finds out about predictions, record by record.
 *
 * Records are gathered into cases, an image or the slices of a volume that
 * follow one another.  Held are sums over what is over and the case in hand:
 * without surfaces nothing of it but counts.
 */
#ifndef SEG_CMD_SCORE_SCORING_H
#define SEG_CMD_SCORE_SCORING_H

#include <stdio.h>

#include "formats/nifti/nifti.h"
#include "lib/score/bootstrap.h"
#include "lib/score/boundary.h"
#include "lib/score/calibration.h"
#include "lib/score/scorer.h"

/* Of a class, over the cases. */
struct cli_scoring_surface {
    struct seg_mean hd95, assd, nsd;
    uint64_t missing; /* cases where it is in one of the two only */
};

struct cli_scoring {
    /* what is wanted */
    struct seg_convention how;
    int classes, boundary, resamples, paired;
    uint64_t seed;
    double tolerance;           /* mm or pixels */
    FILE *per_image, *surfaces; /* tables, or NULL */

    /* what is known */
    struct seg_scorer scorer, other;
    struct seg_resamples draws, other_draws, swapped, other_swapped;
    struct seg_boundary *outline;        /* of the classes, where wanted */
    struct cli_scoring_surface *surface; /* the same */
    struct seg_calibration calibration;  /* bins 0: not wanted */

    /* the case in hand */
    const char *key; /* NULL: none */
    int volume;
    struct seg_volume at;
    struct seg_nifti_writer truth, pred; /* its voxels, for surfaces */
    struct seg_arena arena, copy, scratch, life;
};

/* label of truth against pred of rec; other is the record of the second
   predictor, or NULL.  Exits on bad data. */
void cli_scoring_add(struct cli_scoring *j, const struct seg_record *rec,
    const struct seg_record *truth, const struct seg_record *other);
/* The last case is over. */
void cli_scoring_end(struct cli_scoring *j);
void cli_scoring_free(struct cli_scoring *j);

#endif
