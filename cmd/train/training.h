/*
 * What seg-pretrain and seg-finetune share: options, model and input, the run
 * with its log, progress, signals and checkpoints, the finished model.
 *
 * A program calls, in this order: training_open; training_classes
 * (cmd/train/classes.h); training_head with its network text; training_plan;
 * makes its loss; training_run; training_write.
 */
#ifndef SEG_CMD_TRAINING_H
#define SEG_CMD_TRAINING_H

#include "cmd/cli/cli.h"
#include "cmd/train/log.h"
#include "formats/model.h"
#include "lib/train/best.h"
#include "lib/train/loop.h"

/* What the rows below fill. */
struct training_opts {
    const char *model;
    int steps, batch, accumulate;
    int optimizer, schedule, nesterov, warmup;
    double lr, lr_end, momentum, decay, clip;
    struct cli_list freeze, lr_scale;
    const char *log, *checkpoint;
    int every;
};
extern struct training_opts training_opts;
extern const char *const training_optimizers[], *const training_schedules[];

/* The defaults that differ, as text for the help. */
#define TRAINING_OPTIONS(lr_, schedule_, clip_)                                \
    {'m', "model", CLI_TEXT, &training_opts.model, 0, 0, 0,                    \
        CLI_REQUIRED | CLI_RENEWED, "FILE", "model to start from"},            \
        {0, "steps", CLI_INT, &training_opts.steps, 1, INT32_MAX, 0, 0, "N",   \
            "steps (as many as a FILE holds; needed on a pipe)"},              \
        {'b', "batch", CLI_INT, &training_opts.batch, 1, 65536, 0, 0, "N",     \
            "records in a batch (8)"},                                         \
        {0, "accumulate", CLI_INT, &training_opts.accumulate, 1, 65536, 0, 0,  \
            "N", "batches whose gradients make one step (1)"},                 \
        {0, "optimizer", CLI_CHOICE, &training_opts.optimizer, 0, 0,           \
            training_optimizers, 0, NULL, "optimizer (sgd)"},                  \
        {0, "lr", CLI_FLOAT, &training_opts.lr, 0, 1e6, 0, 0, "X",             \
            "learning rate (" lr_ ")"},                                        \
        {0, "schedule", CLI_CHOICE, &training_opts.schedule, 0, 0,             \
            training_schedules, 0, NULL, "of the rate (" schedule_ ")"},       \
        {0, "lr-end", CLI_FLOAT, &training_opts.lr_end, 0, 1e6, 0, 0, "X",     \
            "rate that poly and cosine fall to (0)"},                          \
        {0, "warmup", CLI_INT, &training_opts.warmup, 0, INT32_MAX, 0, 0, "N", \
            "steps over which the rate rises first (0)"},                      \
        {0, "momentum", CLI_FLOAT, &training_opts.momentum, 0, 1, 0, 0, "X",   \
            "momentum of sgd (0.9)"},                                          \
        {0, "nesterov", CLI_FLAG, &training_opts.nesterov, 0, 0, 0, 0, NULL,   \
            "Nesterov's momentum"},                                            \
        {0, "wd", CLI_FLOAT, &training_opts.decay, 0, 1e6, 0, 0, "X",          \
            "weight decay, of weights alone (4e-5)"},                          \
        {0, "clip", CLI_FLOAT, &training_opts.clip, 0, 1e30, 0, 0, "X",        \
            "longest gradient; longer ones are shortened (" clip_ ")"},        \
        {0, "freeze", CLI_LIST, &training_opts.freeze, 0, 0, 0, 0, "PATTERN",  \
            "leave these parameters as they are: 'backbone.*'"},               \
        {0, "lr-scale", CLI_LIST, &training_opts.lr_scale, 0, 0, 0, 0,         \
            "PATTERN=X", "multiply the rate of these: 'classifier.*=10'"},     \
        {0, "log", CLI_TEXT, &training_opts.log, 0, 0, 0, CLI_ASIDE, "FILE",   \
            "table of the steps (TSV)"},                                       \
        {0, "checkpoint", CLI_TEXT, &training_opts.checkpoint, 0, 0, 0,        \
            CLI_ASIDE, "FILE", "keep the state in FILE, go on from it"},       \
    {                                                                          \
        0, "every", CLI_INT, &training_opts.every, 1, INT32_MAX, 0,            \
            CLI_SILENT, "N", "steps between checkpoints (100)"                 \
    }

struct training {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_record initial; /* the model as read */
    struct seg_reader *models, *reader;
    size_t indexed, at; /* of an input that is a file: records, next one */
    int h, w;           /* of its pictures */
    struct seg_loop loop;
    struct seg_best best;
    int keeps_best;

    /* set by the program before training_run */
    const char *columns; /* of its own, for the log: "\tanchors" */
    void (*report)(void *with, FILE *log);
    /* after every step; may fill best */
    void (*after)(void *with, struct training *t, int last);
    void *with;

    struct training_log log;
    uint64_t total; /* steps; 0: until the input ends */
    double clock;   /* s, when the last step ended */
};

/* Model, input and its first record; path NULL: stdin. */
void training_open(struct training *t, const char *path);

/*
 * The network becomes that of text, with the weights of the model as far as
 * their trunks agree, and its head too if the texts are the same and anew is 0;
 * what is new is drawn by the seed (Xavier).
 */
void training_head(struct training *t, const char *text, int anew);

/* The model's text without head, and the trunk's node. */
const char *training_trunk(struct training *t, const char **trunk);

/* Plans the network, batch and optimiser; last: node of the loss. */
void training_plan(
    struct training *t, int views, int classes, int ignore, const char *last);

/* All that a planned training holds, for --mem-limit. */
size_t training_bytes(const struct training *t);

void training_run(struct training *t);

/* The model to -o or stdout; removes the checkpoint. */
void training_write(struct training *t);

#endif
