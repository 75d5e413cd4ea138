/* The prediction in a record, checked. */
#ifndef SEG_CMD_PSEUDO_PREDICTION_H
#define SEG_CMD_PSEUDO_PREDICTION_H

#include "cmd/cli/cli.h"
#include "lib/label/same_classes.h"
#include "lib/pseudo/prototypes.h"

/* What the options ask for. */
struct cli_prediction_needs {
    int confidence;
    const char *features; /* name of the tensor; NULL: no prototypes */
};

/* Memory belongs to the record or to the arena of cli_prediction_read. */
struct cli_prediction {
    const char *where; /* "FILE: KEY", for messages */
    int h, w, ignore;
    const uint8_t *class;    /* h,w; 255: no data */
    const float *confidence; /* h,w; NULL: not needed */
    const uint8_t *truth;    /* h,w; NULL: the record has no label */
    /* if there are prototypes: number of classes and of features */
    int k, d;
    struct seg_pseudo_features features;
};

/*
 * Reads the prediction of a record.  Exits if a tensor is missing or has
 * another form, on values that are out of range, and if the record has other
 * class names or another ignore value than those before (known).
 */
void cli_prediction_read(struct cli_prediction *p, const struct seg_record *rec,
    const char *file, const struct cli_prediction_needs *needs,
    struct seg_known_classes *known, struct seg_arena *a);

/* The tensor pred [h,w] u8 of a further prediction, of the size of p; exits if
   it is missing or has another form. */
const uint8_t *cli_prediction_other(const struct cli_prediction *p,
    const struct seg_record *rec, const char *file,
    struct seg_known_classes *known);

/* Replaces class and confidence by those that the prototypes give. */
void cli_prediction_correct(struct cli_prediction *p,
    const struct seg_prototypes *prototypes, double temperature,
    struct seg_arena *a);

#endif
