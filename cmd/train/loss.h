/*
 * The loss of seg-finetune and seg-adapt: a sum of losses on logits (--loss),
 * and the columns of the log for its parts.
 */
#ifndef SEG_CMD_TRAIN_LOSS_H
#define SEG_CMD_TRAIN_LOSS_H

#include "cmd/train/training.h"
#include "lib/loss/sum.h"

struct cli_loss {
    struct seg_loss_sum sum;
    double mean[SEG_LOSS_TERMS]; /* each loss, over the batches of a step */
    int passes;                  /* batches of a step */
    char columns[200];           /* "\tce\tdice"; "" if it is no sum */
};

/* Parses the value of the option, for example "--loss"; exits if it is wrong,
   or if there are class weights and no loss that uses them. */
void cli_loss_parse(
    struct cli_loss *l, const char *option, const char *text, int weighted);

/* After cli_training_plan.  weight: of the classes, or NULL. */
void cli_loss_plan(
    struct cli_loss *l, struct cli_training *t, const float *weight);

/* Adds the value of a pass to a mean over the passes of a step. */
void cli_mean_pass(double *mean, double value, uint64_t pass, int passes);

/* The loss of one batch; writes the gradient of out.  valid: see
   seg_loss_value; without it label may not be NULL. */
double cli_loss_pass(struct cli_loss *l, struct seg_value *out,
    const uint8_t *label, const uint8_t *valid, uint64_t pass);

/* Prints the parts of the last step, a column each. */
void cli_loss_report(const struct cli_loss *l, FILE *log);

#endif
