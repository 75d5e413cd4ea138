/* Times steps of a training and a prediction, and counts their memory. */
#ifndef SEG_CMD_PLAN_TIMING_H
#define SEG_CMD_PLAN_TIMING_H

#include "cmd/plan/survey.h"

struct cli_trial {
    /* set by the caller */
    const char *path; /* stream of the images */
    const struct cli_survey *survey;
    const char *net; /* text of the network */
    int batch, crop_h, crop_w;
    int predict_h, predict_w; /* size of an image or window */
    double color;             /* of seg-augment */
    /* results */
    double step, patches; /* seconds of a step, and of making its patches */
    double predict;       /* seconds of predicting one image or window */
    double prepare;       /* and more if its size is new */
    size_t bytes;         /* of the training */
};

/*
 * Measures a few steps, after one that is not counted, and a prediction.
 * Weights are random and do not change.  The batch is halved until the training
 * keeps --mem-limit.  With run 0 only bytes and batch are found.
 */
void cli_trial(struct cli_trial *t, int run);

#endif
