/* Predicts records, whole or by windows, one or several at a time, for
   seg-predict. */
#ifndef SEG_CMD_PREDICT_PREDICT_H
#define SEG_CMD_PREDICT_PREDICT_H

#include "cmd/predict/pending.h"
#include "formats/stream/model.h"
#include "lib/dataset/strip.h"
#include "lib/predict/tta.h"
#include "lib/predict/windows.h"

struct cli_predict {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_predictor predictor;
    struct seg_windows windows; /* size 0: images are predicted whole */
    struct seg_tta tta;
    const char *model_name; /* for messages */
    int emit;               /* bits of cmd/predict/pending.h */
    struct cli_nodes nodes; /* of --emit, with the embedding */
    int classes;            /* of the network */
    const char *keep;       /* names of input tensors to copy */
    struct seg_writer *out;
    /* private */
    const char *file; /* of the current record, for messages */
    struct seg_strips strips;
    struct cli_pending_queue pending;
    struct seg_nodata_count undeclared; /* values that are not finite */
};

enum { CLI_BATCH = 16 };

/* A record to predict, and the name of its file for messages. */
struct cli_request {
    struct seg_record rec;
    const char *file;
};

/* The number of images of the size of rec to predict as one batch, 1 to
   CLI_BATCH. */
int cli_predict_batch_size(
    const struct cli_predict *k, const struct seg_record *rec);

/* 1 if other has an image of the same size, so that both fit in one batch. */
int cli_predict_same_size(
    const struct seg_record *rec, const struct seg_record *other);

/* Predicts n records of one batch and writes them; of strips, writes those that
   are complete.  Exits on bad data. */
void cli_predict_records(
    struct cli_predict *k, const struct cli_request *in, int n);

/* Writes the last records, warns of undeclared values and frees k. */
void cli_predict_end(struct cli_predict *k);

#endif
