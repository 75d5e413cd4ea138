/*
 * seg-finetune --target: training on labeled images of two domains, with the
 * patch-wise contrast of their features (lib/loss/patch.h):
 *
 *   L = L_labels + weight L_patches
 *
 * The network gets a node projection beside the classifier; the model that is
 * written has none.
 */
#ifndef SEG_CMD_TRAIN_TARGET_H
#define SEG_CMD_TRAIN_TARGET_H

#include "cmd/train/domains.h"
#include "cmd/train/loss.h"

enum cli_target_labels { CLI_TARGET_PIXELS, CLI_TARGET_CELLS };

/* Values of further options; -1 or 0: not given. */
struct cli_target_opts {
    int labels; /* enum cli_target_labels */
    int embedding;
    double weight, tau;
};
extern struct cli_target_opts cli_target_opts;
extern const char *const cli_target_labels[];

struct cli_target {
    struct cli_loss *labels;
    struct seg_patch_loss patches;
    struct seg_contrast_report report;
    const struct cli_training *t;
    const struct seg_batch *source;
    struct seg_value *features; /* of the node projection */
    uint8_t *label;             /* of both domains, for patches: 2n,h,w */
    uint8_t *learned;           /* the same for the classifier */
    double value[2];            /* of the last step */
};

/* Checks the options and sets their defaults; exits if they are wrong. */
void cli_target_check(void);

/* Before cli_training_plan: puts the node projection into the network, which
   has its classifier. */
void cli_target_head(struct cli_training *t);

/* After cli_training_plan and cli_loss_plan. */
void cli_target_start(
    struct cli_target *k, struct cli_training *t, struct cli_loss *labels);

/* The members of a struct seg_task. */
void cli_target_prepare(struct cli_target *k, float *x, uint64_t pass);
double cli_target_pass(
    struct cli_target *k, struct seg_value *out, uint64_t pass);

/* Prints labels, patches, anchors and positives of the last step, a column
   each. */
void cli_target_report(const struct cli_target *k, FILE *log);

#endif
