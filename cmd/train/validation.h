/*
 * mIoU of a network in training, on a stream of whole images that is read
 * again every time.  A second network of the same text does it, planned for
 * prediction, so that the training plan stays as it is.
 */
#ifndef SEG_CMD_TRAIN_VALIDATION_H
#define SEG_CMD_TRAIN_VALIDATION_H

#include "cmd/train/training.h"
#include "lib/predict/predictor.h"
#include "lib/score/confusion.h"

struct cli_validation {
    struct seg_reader *reader;
    size_t records;
    struct seg_predictor predictor;
    struct seg_confusion confusion;
    struct seg_arena arena; /* of the prediction in hand */
    struct seg_record rec;
    struct seg_nodata_count gaps; /* counted the first time round */
    int counted;
};

/* After cli_training_plan, before the run.  Exits where a record has other
   classes than the training, or where no pixel counts. */
void cli_validation_open(
    struct cli_validation *v, struct cli_training *t, const char *path);
double cli_validation_score(
    struct cli_validation *v, const struct cli_training *t);
void cli_validation_close(struct cli_validation *v);

#endif
