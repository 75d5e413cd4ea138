/*
 * The patch-wise contrast of two domains (lib/loss/patch.h), beside the loss of
 * labels in seg-finetune --target and alone in seg-pretrain --loss patch.
 */
#ifndef SEG_CMD_TRAIN_DOMAINS_H
#define SEG_CMD_TRAIN_DOMAINS_H

#include "cmd/train/training.h"
#include "lib/loss/patch.h"

/* Values of the options; -1, 0 or NULL: not given. */
struct cli_domains_opts {
    const char *file; /* --target */
    int patches[2], levels;
    double near, far;
};
extern struct cli_domains_opts cli_domains_opts;

#define CLI_DOMAINS_OPTIONS                                                    \
    {0, "target", CLI_TEXT, &cli_domains_opts.file, 0, 0, 0, 0, "FILE",        \
        "learn from this stream of another domain too"},                       \
        {0, "patches", CLI_WXH, cli_domains_opts.patches, 1, 1024, 0, 0,       \
            "WxH", "patches of an image (sides of about 24 pixels)"},          \
        {0, "levels", CLI_INT, &cli_domains_opts.levels, 1, 6, 0, 0, "N",      \
            "levels at which labels are compared (2)"},                        \
        {0, "near", CLI_FLOAT, &cli_domains_opts.near, 0, 1, 0, 0, "D",        \
            "patches with a smaller disparity are alike (0.2)"},               \
    {                                                                          \
        0, "far", CLI_FLOAT, &cli_domains_opts.far, 0, 1, 0, 0, "D",           \
            "patches with a larger one are not (0.5)"                          \
    }

/* True if an option but --target was given. */
int cli_domains_given(void);

/* Sets the defaults. */
void cli_domains_check(void);

/* Opens the stream, before cli_training_plan. */
void cli_domains_open(struct cli_training *t);

/* Plans the loss of a planned training; exits on failure. */
void cli_domains_plan(struct seg_patch_loss *l, struct cli_training *t,
    const struct seg_value *features, double tau);

/* Copies the images of a pass, of the source and then of the target, to x, and
   their labels to label. */
void cli_domains_fill(
    const struct cli_training *t, float *x, uint8_t *label, uint64_t pass);

#endif
