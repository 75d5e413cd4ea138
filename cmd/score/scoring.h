/*
 * What seg-score finds out about predictions, record by record.
 *
 * Records are gathered into cases, a picture or the slices of a volume that
 * follow one another.  Held are sums over what is over and the case in hand:
 * without surfaces nothing of it but counts.
 */
#ifndef SEG_CMD_SCORING_H
#define SEG_CMD_SCORING_H

#include <stdio.h>

#include "formats/nifti.h"
#include "lib/eval/bootstrap.h"
#include "lib/eval/boundary.h"
#include "lib/eval/calibration.h"
#include "lib/eval/scorer.h"

/* Of a class, over the cases. */
struct scoring_surface {
    struct seg_mean hd95, assd, nsd;
    uint64_t missing; /* cases where it is in one of the two only */
};

struct scoring {
    /* what is wanted */
    struct seg_convention how;
    int classes, boundary, resamples, paired;
    uint64_t seed;
    double tolerance;           /* mm or pixels */
    FILE *per_image, *surfaces; /* tables, or NULL */

    /* what is known */
    struct seg_scorer scorer, other;
    struct seg_resamples draws, other_draws, swapped, other_swapped;
    struct seg_boundary *outline;       /* of the classes, where wanted */
    struct scoring_surface *surface;    /* the same */
    struct seg_calibration calibration; /* bins 0: not wanted */

    /* the case in hand */
    const char *key; /* NULL: none */
    int volume;
    struct seg_volume at;
    struct seg_stack truth, pred; /* its voxels, for surfaces */
    struct seg_arena arena, copy, scratch, life;
};

/* label of truth against pred of rec; other is the record of the second
   predictor, or NULL.  Exits on bad data. */
void scoring_add(struct scoring *j, const struct seg_record *rec,
    const struct seg_record *truth, const struct seg_record *other);
/* The last case is over. */
void scoring_end(struct scoring *j);
void scoring_free(struct scoring *j);

#endif
