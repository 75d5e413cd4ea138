/*
 * What seg-pretrain and seg-finetune share: options, model and input, the run
 * with its log, progress, signals and checkpoints, the finished model.
 *
 * A program calls, in this order: cli_training_open; cli_training_classes
 * (cmd/train/classes.h); cli_training_head with its network text;
 * cli_training_plan; makes its loss; cli_training_run; cli_training_write.
 */
#ifndef SEG_CMD_TRAIN_TRAINING_H
#define SEG_CMD_TRAIN_TRAINING_H

#include "cmd/cli/cli.h"
#include "cmd/train/log.h"
#include "formats/stream/model.h"
#include "lib/train/best.h"
#include "lib/train/loop.h"

/* What the rows below fill. */
struct cli_training_opts {
    const char *model;
    int steps, batch, accumulate;
    int optimizer, schedule, nesterov, warmup;
    double lr, lr_end, momentum, decay, clip;
    struct cli_list freeze, lr_scale;
    const char *log, *checkpoint;
    int every;
};
extern struct cli_training_opts cli_training_opts;
extern const char *const cli_training_optimizers[],
    *const cli_training_schedules[];

/* The defaults that differ, as text for the help. */
#define CLI_TRAINING_OPTIONS(lr_, schedule_, clip_)                            \
    {'m', "model", CLI_TEXT, &cli_training_opts.model, 0, 0, 0,                \
        CLI_REQUIRED | CLI_RENEWED, "FILE", "model to start from"},            \
        {0, "steps", CLI_INT, &cli_training_opts.steps, 1, INT32_MAX, 0, 0,    \
            "N", "steps (as many as a FILE holds; needed on a pipe)"},         \
        {'b', "batch", CLI_INT, &cli_training_opts.batch, 1, 65536, 0, 0, "N", \
            "records in a batch (8)"},                                         \
        {0, "accumulate", CLI_INT, &cli_training_opts.accumulate, 1, 65536, 0, \
            0, "N", "batches whose gradients make one step (1)"},              \
        {0, "optimizer", CLI_CHOICE, &cli_training_opts.optimizer, 0, 0,       \
            cli_training_optimizers, 0, NULL, "optimizer (sgd)"},              \
        {0, "lr", CLI_FLOAT, &cli_training_opts.lr, 0, 1e6, 0, 0, "X",         \
            "learning rate (" lr_ ")"},                                        \
        {0, "schedule", CLI_CHOICE, &cli_training_opts.schedule, 0, 0,         \
            cli_training_schedules, 0, NULL, "of the rate (" schedule_ ")"},   \
        {0, "lr-end", CLI_FLOAT, &cli_training_opts.lr_end, 0, 1e6, 0, 0, "X", \
            "rate that poly and cosine fall to (0)"},                          \
        {0, "warmup", CLI_INT, &cli_training_opts.warmup, 0, INT32_MAX, 0, 0,  \
            "N", "steps over which the rate rises first (0)"},                 \
        {0, "momentum", CLI_FLOAT, &cli_training_opts.momentum, 0, 1, 0, 0,    \
            "X", "momentum of sgd (0.9)"},                                     \
        {0, "nesterov", CLI_FLAG, &cli_training_opts.nesterov, 0, 0, 0, 0,     \
            NULL, "Nesterov's momentum"},                                      \
        {0, "wd", CLI_FLOAT, &cli_training_opts.decay, 0, 1e6, 0, 0, "X",      \
            "weight decay, of weights alone (4e-5)"},                          \
        {0, "clip", CLI_FLOAT, &cli_training_opts.clip, 0, 1e30, 0, 0, "X",    \
            "longest gradient; longer ones are shortened (" clip_ ")"},        \
        {0, "freeze", CLI_LIST, &cli_training_opts.freeze, 0, 0, 0, 0,         \
            "PATTERN", "leave these parameters as they are: 'backbone.*'"},    \
        {0, "lr-scale", CLI_LIST, &cli_training_opts.lr_scale, 0, 0, 0, 0,     \
            "PATTERN=X", "multiply the rate of these: 'classifier.*=10'"},     \
        {0, "log", CLI_TEXT, &cli_training_opts.log, 0, 0, 0, CLI_ASIDE,       \
            "FILE", "table of the steps (TSV)"},                               \
        {0, "checkpoint", CLI_TEXT, &cli_training_opts.checkpoint, 0, 0, 0,    \
            CLI_ASIDE, "FILE", "keep the state in FILE, go on from it"},       \
    {                                                                          \
        0, "every", CLI_INT, &cli_training_opts.every, 1, INT32_MAX, 0,        \
            CLI_SILENT, "N", "steps between checkpoints (100)"                 \
    }

struct cli_training {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_record initial; /* the model as read */
    struct seg_reader *models, *reader;
    size_t indexed, at; /* of an input that is a file: records, next one */
    int h, w;           /* of its images */
    struct seg_loop loop;
    struct seg_best best;
    int keeps_best;

    /* set by the program before cli_training_run */
    const char *columns; /* of its own, for the log: "\tanchors" */
    void (*report)(void *with, FILE *log);
    /* after every step; may fill best */
    void (*after)(void *with, struct cli_training *t, int last);
    void *with;

    struct training_log log;
    uint64_t total; /* steps; 0: until the input ends */
    double clock;   /* s, when the last step ended */
};

/* Model, input and its first record; path NULL: stdin. */
void cli_training_open(struct cli_training *t, const char *path);

/*
 * The network becomes that of text, with the weights of the model as far as
 * their backbones agree, and its head too if the texts are the same and anew is
 * 0; what is new is drawn by the seed (Xavier).
 */
void cli_training_head(struct cli_training *t, const char *text, int anew);

/* The model's text without head, and the backbone's node. */
const char *cli_training_backbone(
    struct cli_training *t, const char **backbone);

/* Plans the network, batch and optimizer; last: node of the loss. */
void cli_training_plan(struct cli_training *t, int views, int classes,
    int ignore, const char *last);

/* All that a planned training holds, for --mem-limit. */
size_t training_bytes(const struct cli_training *t);

void cli_training_run(struct cli_training *t);

/* The model to -o or stdout; removes the checkpoint. */
void cli_training_write(struct cli_training *t);

#endif
