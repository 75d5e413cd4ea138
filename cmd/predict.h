/* What seg-predict does with a record. */
#ifndef SEG_CMD_PREDICT_H
#define SEG_CMD_PREDICT_H

#include "cmd/answer.h"
#include "formats/model.h"
#include "lib/data/strip.h"
#include "lib/eval/views.h"
#include "lib/eval/windows.h"

struct cli_predict {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_predictor predictor;
    struct seg_windows windows; /* size 0: pictures are taken whole */
    struct seg_views views;
    int emit;         /* bits of cmd/answer.h */
    int classes;      /* that the network has */
    const char *node; /* of the embedding */
    const char *keep; /* tensors of the input to pass on */
    struct seg_writer *out;
    /* its own */
    struct seg_strips strips;
    struct cli_answers answers;
};

/* The answer to one record, or to the strips before that can be given now; file
   is for messages.  Exits where there is none. */
void cli_predict_record(
    struct cli_predict *k, const struct seg_record *in, const char *file);

/* At the end of input. */
void cli_predict_end(struct cli_predict *k);

#endif
