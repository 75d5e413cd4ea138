/*
 * The second stream of seg-finetune: --unlabeled or --target, at most one.
 */
#ifndef SEG_CMD_TRAIN_SECOND_H
#define SEG_CMD_TRAIN_SECOND_H

#include "cmd/train/target.h"
#include "cmd/train/unlabeled.h"

#define CLI_SECOND_OPTIONS                                                     \
    {0, "unlabeled", CLI_TEXT, &cli_unlabeled_opts.file, 0, 0, 0, 0, "FILE",   \
        "learn from this stream too: weak and strong view, no labels"},        \
        {0, "unlabeled-loss", CLI_TEXT, &cli_unlabeled_opts.loss, 0, 0, 0, 0,  \
            "LOSS", "loss of their pseudo labels (ce)"},                       \
        {0, "unlabeled-weight", CLI_FLOAT, &cli_unlabeled_opts.weight, 0, 1e6, \
            0, 0, "X", "factor of that loss (1)"},                             \
        {0, "ramp", CLI_INT, &cli_unlabeled_opts.ramp, 0, INT32_MAX, 0, 0,     \
            "N", "raise that factor over the first N steps (a third of all)"}, \
        {0, "above", CLI_FLOAT, &cli_unlabeled_opts.above, 0, 1, 0, 0, "X",    \
            "smallest probability of a pseudo label (0.9)"},                   \
        {0, "mix", CLI_CHOICE, &cli_unlabeled_opts.mix, 0, 0,                  \
            cli_unlabeled_mixes, 0, NULL,                                      \
            "what of two images is put together (cutmix)"},                    \
        CLI_DOMAINS_OPTIONS,                                                   \
        {0, "target-labels", CLI_CHOICE, &cli_target_opts.labels, 0, 0,        \
            cli_target_labels, 0, NULL,                                        \
            "what its labels tell: classes of pixels or shares in a cell "     \
            "(pixels)"},                                                       \
        {0, "patch-weight", CLI_FLOAT, &cli_target_opts.weight, 0, 1e6, 0, 0,  \
            "X", "factor of the contrast of patches (0.1)"},                   \
        {0, "tau", CLI_FLOAT, &cli_target_opts.tau, 0.01, 1000, 0, 0, "X",     \
            "temperature of the contrast (0.1)"},                              \
    {                                                                          \
        0, "embedding", CLI_INT, &cli_target_opts.embedding, 1, 65536, 0, 0,   \
            "N", "channels of its features (128)"                              \
    }

struct cli_second {
    struct cli_unlabeled unlabeled;
    struct cli_target target;
};

/* True if there is a second stream. */
int cli_second_given(void);

/* In this order: after cli_parse; before cli_training_plan, when the network
   has its classifier; after cli_training_plan, when `loss` is planned. */
void cli_second_check(struct cli_second *s);
void cli_second_open(struct cli_training *t);
void cli_second_start(
    struct cli_second *s, struct cli_training *t, struct cli_loss *loss);

/* Names of its columns in the log: "\tlabeled ...", or "". */
const char *cli_second_columns(void);
void cli_second_report(const struct cli_second *s, FILE *log);

/* The members of a struct seg_task. */
void cli_second_prepare(struct cli_second *s, float *x, uint64_t pass);
double cli_second_pass(
    struct cli_second *s, struct seg_value *out, uint64_t pass);

void cli_second_end(struct cli_second *s);

#endif
