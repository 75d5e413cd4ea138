/*
 * A training as seg-pretrain and seg-finetune run it: model and input, the loop
 * with log, progress, signals and checkpoints, the finished model.
 *
 * A program calls, in this order: cli_training_open; cli_training_classes
 * (cmd/train/classes.h); cli_training_head with its network text;
 * cli_training_plan; plans its loss; cli_training_run; cli_training_write.
 * All of them exit on failure.
 */
#ifndef SEG_CMD_TRAIN_TRAINING_H
#define SEG_CMD_TRAIN_TRAINING_H

#include "cmd/train/log.h"
#include "formats/stream/model.h"
#include "lib/train/best.h"
#include "lib/train/loop.h"

struct cli_training {
    struct seg_arena arena;
    struct seg_model model;
    struct seg_record initial; /* the model as read */
    struct seg_reader *models, *reader;
    struct seg_reader *second; /* of the second feed, NULL: there is none */
    size_t indexed, at; /* records of an input file, index of the next one */
    int h, w;           /* size of the images */
    struct seg_loop loop;
    struct seg_best best;
    int keeps_best;

    /* set by the program before cli_training_run */
    const char *columns; /* further columns of the log: "\tmiou"; NULL */
    void (*report)(void *with, FILE *log); /* prints their values */
    /* with keeps_best: ends the training when the best model is this many steps
       old; 0: never */
    uint64_t patience;
    /* called after every step; may offer the model to best */
    void (*after)(void *with, struct cli_training *t, int last);
    void *with;

    /* set by the program before cli_training_plan */
    const char *written; /* text of the model to write, NULL: that of the
                            training */
    const char *wanted;  /* a node whose gradient the task writes; NULL */

    size_t others;      /* bytes of further networks, for --mem-limit */
    char origin[300];   /* of the weights: "random weights" */
    char settings[200]; /* "sgd, lr 0.03, clip 0, warm-up 0" */
    struct cli_log log;
    uint64_t total; /* steps; 0: until the input ends */
    double clock;   /* seconds: end of the last step */
};

/* Opens the model and the input (path NULL: stdin), reads the first record. */
void cli_training_open(struct cli_training *t, const char *path);

/* Opens the second feed, of which each step takes as many records as of the
   first, and reads its first record: path is the value of the option.  The
   caller sets views and unlabeled of its batch before cli_training_plan; the
   network gets one image of each record. */
void cli_training_open_second(
    struct cli_training *t, const char *path, const char *option);

/*
 * Replaces the network by that of text.  Parameters of the backbone keep the
 * weights of the model; the head is drawn anew by the seed (Xavier).  If the
 * text is the same and anew is 0, everything is kept.
 */
void cli_training_head(struct cli_training *t, const char *text, int anew);

/* The text of the model without its head; *backbone is the last node of it. */
const char *cli_training_backbone(
    struct cli_training *t, const char **backbone);

/* Replaces the network by that of text.  Parameters that both have keep their
   weights, others are drawn by the seed (Xavier). */
void cli_training_rewrite(struct cli_training *t, const char *text);

/* Plans network, batch and optimizer; last: the node whose value the loss
   takes, NULL: the last one. */
void cli_training_plan(struct cli_training *t, int views, int classes,
    int ignore, const char *last);

/* Used by it: plans the batches.  Exits if their images differ in size. */
void cli_training_plan_feeds(struct cli_training *t, int classes, int ignore);

/* Bytes that a planned training holds, for --mem-limit. */
size_t cli_training_bytes(const struct cli_training *t);

/* For a second network: another one of the text of the training, and the bytes
   that --mem-limit leaves, 0: no limit. */
struct seg_net *cli_training_copy(const struct cli_training *t);
size_t cli_training_left(const struct cli_training *t);

/* Runs all steps (cmd/train/run.c).  The rest of the input is read in any case,
   so that the programs that write it end normally. */
void cli_training_run(struct cli_training *t);

/* 1 if patience has ended the training.  This depends only on what a checkpoint
   contains. */
int cli_training_ended_early(const struct cli_training *t);

/* Writes the model to -o or stdout, removes the checkpoint and frees t. */
void cli_training_write(struct cli_training *t);

#endif
