/*
 * seg-finetune --unlabeled: a mean teacher gives unlabeled images pseudo labels
 * (lib/train/semi.h), and
 *
 *   L = L_labeled + weight ramp(t) share L_unlabeled
 *
 * with the share of the pixels of unlabeled images that have a pseudo label.
 */
#ifndef SEG_CMD_TRAIN_UNLABELED_H
#define SEG_CMD_TRAIN_UNLABELED_H

#include "cmd/train/loss.h"
#include "lib/train/semi.h"

/* Values of the options; the defaults that depend on others are -1. */
struct cli_unlabeled_opts {
    const char *file, *loss;
    int mix, ramp;
    double above, weight;
};
extern struct cli_unlabeled_opts cli_unlabeled_opts;
extern const char *const cli_unlabeled_mixes[];

struct cli_unlabeled {
    struct cli_loss *labeled; /* the loss of labeled pixels */
    struct cli_loss loss;
    struct seg_semi semi;
    const struct seg_loop *loop;
    float *part;           /* gradient of the second loss */
    double value[2], sure; /* of the last step */
};

/* Checks the options and parses the loss; exits if they are wrong. */
void cli_unlabeled_check(struct cli_unlabeled *u);

/* Before cli_training_plan: opens the stream. */
void cli_unlabeled_open(struct cli_training *t);

/* After cli_training_plan and cli_loss_plan. */
void cli_unlabeled_start(
    struct cli_unlabeled *u, struct cli_training *t, struct cli_loss *labeled);

/* The members of a struct seg_task. */
void cli_unlabeled_prepare(struct cli_unlabeled *u, float *x, uint64_t pass);
double cli_unlabeled_pass(
    struct cli_unlabeled *u, struct seg_value *out, uint64_t pass);

/* Prints labeled, unlabeled and sure of the last step, a column each. */
void cli_unlabeled_report(const struct cli_unlabeled *u, FILE *log);

void cli_unlabeled_end(struct cli_unlabeled *u);

#endif
