/*
 * Stopping and continuing a training: checkpoint, log and signals.
 *
 * With --checkpoint, SIGTERM, SIGUSR1 and the first SIGINT let the step in
 * progress end, write the checkpoint and exit with 75; a step that waits for
 * its records is abandoned.  The same command then finds the file, skips the
 * records already used, cuts the log to the steps of the checkpoint, and gives
 * the bytes of an uninterrupted run.
 */
#ifndef SEG_CMD_TRAIN_RESUME_H
#define SEG_CMD_TRAIN_RESUME_H

#include "cmd/train/training.h"

struct cli_resume {
    uint64_t hash; /* of everything the result depends on but the input */
};

/* Opens the log; continues from the checkpoint if there is one. */
void cli_resume_start(const struct cli_resume *r, struct cli_training *t);

/* True once a signal asked the training to stop. */
int cli_resume_stopped(void);

/* Writes the checkpoint, if --checkpoint names one. */
void cli_resume_save(const struct cli_resume *r, struct cli_training *t);

/* Saves and exits with 75. */
void cli_resume_stop(const struct cli_resume *r, struct cli_training *t)
    __attribute__((noreturn));

/* Restores the usual effect of signals, after the last record. */
void cli_resume_finish(void);

#endif
