/*
 * Stopping and going on: the checkpoint file, the log that agrees with it, and
 * the signals that ask for both.
 *
 * With --checkpoint, SIGTERM, SIGUSR1 and the first SIGINT let the step in
 * progress end, write the checkpoint and exit with 75; a step that waits for
 * its records is given up.  The same command finds the file, reads over the
 * input that was used, cuts the log to the steps that count, and ends in the
 * bytes of an undisturbed run.
 */
#ifndef SEG_CMD_TRAIN_RESUME_H
#define SEG_CMD_TRAIN_RESUME_H

#include "cmd/train/training.h"

struct cli_resume {
    uint64_t hash; /* of all that the result depends on besides the input */
};

/* Opens the log; goes on from the checkpoint if there is one. */
void cli_resume_start(const struct cli_resume *r, struct cli_training *t);

int cli_resume_stopped(void);

void cli_resume_save(const struct cli_resume *r, struct cli_training *t);

/* Saves and exits with 75. */
void cli_resume_stop(const struct cli_resume *r, struct cli_training *t)
    __attribute__((noreturn));

/* Signals have their usual effect again: the input is through. */
void resume_finish(void);

#endif
