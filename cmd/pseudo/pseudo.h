/*
 * The passes of seg-pseudo: prototypes, limits of the shares, labels.
 *
 * The first two are needed only if asked for; each reads all records.  Memory
 * holds sums and one record.  All functions exit on failure.
 */
#ifndef SEG_CMD_PSEUDO_PSEUDO_H
#define SEG_CMD_PSEUDO_PSEUDO_H

#include "cmd/cli/keyed_join.h"
#include "cmd/pseudo/passes.h"
#include "cmd/pseudo/prediction.h"
#include "cmd/pseudo/report.h"
#include "lib/label/labelmap.h"
#include "lib/pseudo/confidence.h"

struct cli_pseudo {
    /* set by the caller */
    double above, share, image_share; /* shares: -1, not asked for */
    double temperature;
    struct cli_prediction_needs needs;
    struct cli_keyed_join *agree; /* further predictions, opened */
    int nagree;
    struct cli_passes in;

    struct seg_known_classes known;
    struct seg_prototypes prototypes;
    struct seg_confidence_counts all, one; /* of the input; of an image */
    int limit[SEG_CLASSES];                /* level by class, for share */
    struct seg_pseudo_counts counts[SEG_CLASSES];
    struct cli_pseudo_report report; /* images and pixels are counted */
    struct seg_arena arena, scratch; /* kept; for one record */
};

/* Prepares a struct whose settings are made. */
void cli_pseudo_start(struct cli_pseudo *k);

/* Computes the prototypes of needs.features. */
void cli_pseudo_prototypes(struct cli_pseudo *k);

/* Computes the limits of share. */
void cli_pseudo_limits(struct cli_pseudo *k);

/* Writes the records with their labels, and counts. */
void cli_pseudo_write(struct cli_pseudo *k, struct seg_writer *w);

void cli_pseudo_free(struct cli_pseudo *k);

#endif
