/*
 * mIoU of a network in training on a stream of whole images, which is read
 * again for every measurement.  A second network of the same text, planned for
 * prediction, gets a copy of the weights; the training plan is not changed.
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
    struct seg_arena arena; /* of the current image */
    struct seg_record rec;
    struct seg_nodata_count gaps; /* counted by the first measurement */
    int counted;
};

/* Call after cli_training_plan.  Checks all records: exits if one has other
   classes than the training, or if no pixel is labeled. */
void cli_validation_open(
    struct cli_validation *v, struct cli_training *t, const char *path);
double cli_validation_score(
    struct cli_validation *v, const struct cli_training *t);
void cli_validation_close(struct cli_validation *v);

#endif
