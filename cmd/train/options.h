/*
 * The options that seg-pretrain, seg-finetune and seg-adapt share.
 */
#ifndef SEG_CMD_TRAIN_OPTIONS_H
#define SEG_CMD_TRAIN_OPTIONS_H

#include "cmd/cli/cli.h"

enum cli_training_task { CLI_FINETUNE, CLI_PRETRAIN, CLI_ADAPT };
/* What a training changes: all weights, those of normalizations, or running
   statistics only. */
enum cli_trained { CLI_TRAINED_ALL, CLI_TRAINED_NORMS, CLI_TRAINED_STATISTICS };

/* The values of the options below.  optimizer, lr, clip and warmup are -1 until
   an option or cli_training_defaults sets them. */
struct cli_training_opts {
    enum cli_training_task task; /* set by the program */
    const char *model;
    int steps, batch, accumulate;
    int optimizer, schedule, nesterov, warmup;
    double lr, lr_end, momentum, decay, clip, ema, layer_decay;
    struct cli_list freeze, lr_scale;
    /* of seg-adapt: enum cli_trained, enum seg_statistics */
    int trained, statistics;
    const char *log, *checkpoint;
    int every;
};
extern struct cli_training_opts cli_training_opts;
extern const char *const cli_training_optimizers[],
    *const cli_training_schedules[];

/* The rows of an option table.  The argument is the default that differs
   between the programs, as text for --help. */
#define CLI_TRAINING_OPTIONS(schedule_)                                        \
    {'m', "model", CLI_TEXT, &cli_training_opts.model, 0, 0, 0,                \
        CLI_REQUIRED | CLI_RENEWED, "FILE", "model to start from"},            \
        {0, "steps", CLI_INT, &cli_training_opts.steps, 1, INT32_MAX, 0, 0,    \
            "N", "steps (counted from FILE; required for a pipe)"},            \
        {'b', "batch", CLI_INT, &cli_training_opts.batch, 1, 65536, 0, 0, "N", \
            "records in a batch (8)"},                                         \
        {0, "accumulate", CLI_INT, &cli_training_opts.accumulate, 1, 65536, 0, \
            0, "N", "add up the gradients of N batches for a step (1)"},       \
        {0, "optimizer", CLI_CHOICE, &cli_training_opts.optimizer, 0, 0,       \
            cli_training_optimizers, 0, NULL, "optimizer (sgd)"},              \
        {0, "lr", CLI_FLOAT, &cli_training_opts.lr, 0, 1e6, 0, 0, "X",         \
            "learning rate (by optimizer)"},                                   \
        {0, "schedule", CLI_CHOICE, &cli_training_opts.schedule, 0, 0,         \
            cli_training_schedules, 0, NULL,                                   \
            "learning-rate schedule (" schedule_ ")"},                         \
        {0, "lr-end", CLI_FLOAT, &cli_training_opts.lr_end, 0, 1e6, 0, 0, "X", \
            "final rate of poly and cosine (0)"},                              \
        {0, "warmup", CLI_INT, &cli_training_opts.warmup, 0, INT32_MAX, 0, 0,  \
            "N", "raise the rate linearly over the first N steps (as --lr)"},  \
        {0, "momentum", CLI_FLOAT, &cli_training_opts.momentum, 0, 1, 0, 0,    \
            "X", "momentum of sgd (0.9)"},                                     \
        {0, "nesterov", CLI_FLAG, &cli_training_opts.nesterov, 0, 0, 0, 0,     \
            NULL, "Nesterov's momentum"},                                      \
        {0, "wd", CLI_FLOAT, &cli_training_opts.decay, 0, 1e6, 0, 0, "X",      \
            "weight decay; biases and norms do not decay (4e-5)"},             \
        {0, "clip", CLI_FLOAT, &cli_training_opts.clip, 0, 1e30, 0, 0, "X",    \
            "clip the gradient norm to X, 0: off (as --lr)"},                  \
        {0, "ema", CLI_FLOAT, &cli_training_opts.ema, 0, 0.999999, 0, 0, "D",  \
            "write the moving average of the weights, 0: the last (0)"},       \
        {0, "freeze", CLI_LIST, &cli_training_opts.freeze, 0, 0, 0, 0,         \
            "PATTERN", "do not train matching parameters: 'backbone.*'"},      \
        {0, "lr-scale", CLI_LIST, &cli_training_opts.lr_scale, 0, 0, 0, 0,     \
            "PATTERN=X", "multiply their rate by X: 'classifier.*=10'"},       \
        {0, "layer-decay", CLI_FLOAT, &cli_training_opts.layer_decay, 0.01, 1, \
            0, 0, "X", "multiply the rate by X for each block of depth (1)"},  \
        {0, "log", CLI_TEXT, &cli_training_opts.log, 0, 0, 0, CLI_ASIDE,       \
            "FILE", "table of the steps (TSV)"},                               \
        {0, "checkpoint", CLI_TEXT, &cli_training_opts.checkpoint, 0, 0, 0,    \
            CLI_ASIDE, "FILE", "keep the state in FILE and continue from it"}, \
    {                                                                          \
        0, "every", CLI_INT, &cli_training_opts.every, 1, INT32_MAX, 0,        \
            CLI_SILENT, "N", "steps between checkpoints (100)"                 \
    }

#endif
