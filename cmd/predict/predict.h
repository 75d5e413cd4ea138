/* What seg-predict does with a record. */
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
    struct seg_windows windows; /* size 0: images are taken whole */
    struct seg_tta views;
    const char *model_name; /* for messages */
    int emit;               /* bits of cmd/predict/pending.h */
    int classes;            /* that the network has */
    const char *node;       /* of the embedding */
    const char *keep;       /* tensors of the input to pass on */
    struct seg_writer *out;
    /* its own */
    const char *file; /* of the record in hand, for messages */
    struct seg_strips strips;
    struct cli_pending_queue answers;
    struct seg_nodata_count gaps; /* not finite, and not declared as nodata */
};

enum { CLI_TOGETHER = 16 };

/* A record, and the name of its file for messages. */
struct cli_request {
    struct seg_record rec;
    const char *file;
};

/* How many records of a size with this one go through the network at once, at
   most CLI_TOGETHER; whether other is one of these. */
int cli_predict_together(
    const struct cli_predict *k, const struct seg_record *rec);
int cli_predict_alike(
    const struct seg_record *rec, const struct seg_record *other);

/* The answers to n records that go together, or, of strips, those that can be
   given now.  Exits where there is none. */
void cli_predict_records(
    struct cli_predict *k, const struct cli_request *in, int n);

/* At the end of input. */
void cli_predict_end(struct cli_predict *k);

#endif
