/*
 * mIoU of a network in training, on a stream of whole pictures that is read
 * again every time.  A second network of the same text does it, planned for
 * prediction, so that the training plan stays as it is.
 */
#ifndef SEG_CMD_VALID_H
#define SEG_CMD_VALID_H

#include "cmd/train/training.h"
#include "lib/eval/confusion.h"
#include "lib/eval/predictor.h"

struct valid {
    struct seg_reader *reader;
    size_t records;
    struct seg_predictor predictor;
    struct seg_confusion confusion;
    struct seg_arena arena; /* of the prediction in hand */
    struct seg_record rec;
    struct seg_nodata_count gaps; /* counted the first time round */
    int counted;
};

/* After training_plan, before the run.  Exits where a record has other classes
   than the training, or where no pixel counts. */
void valid_open(struct valid *v, struct training *t, const char *path);
double valid_score(struct valid *v, const struct training *t);
void valid_close(struct valid *v);

#endif
