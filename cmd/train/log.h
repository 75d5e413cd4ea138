/*
 * The log of a training: a table with a row for each step.
 *
 * A checkpoint keeps a mark of the log: its length and its hash.  A training
 * that continues cuts the log at the mark, and refuses a log that is missing,
 * shorter, or of another training.  A log that is not a regular file (a pipe,
 * /dev/stderr) starts anew and has no mark.
 */
#ifndef SEG_CMD_TRAIN_LOG_H
#define SEG_CMD_TRAIN_LOG_H

#include <stdint.h>
#include <stdio.h>

enum { CLI_LOG_MARK = 48 }; /* bytes of the longest mark, with its 0 */

struct cli_log {
    const char *heading; /* set by the caller: comments and titles */
    FILE *file;          /* NULL: no log is kept */
    int regular;         /* a regular file: it can be cut */
};

/* Creates the file of --log and writes the heading. */
void cli_log_start(struct cli_log *l);

/* Continues the log after mark, read from the file checkpoint.  The same as
   cli_log_start if mark is NULL or that training had no log. */
void cli_log_continue(
    struct cli_log *l, const char *mark, const char *checkpoint);

/* Exits if a line could not be written. */
void cli_log_check(const struct cli_log *l);

/* Writes the log to disk and its mark into text. */
void cli_log_settle(struct cli_log *l, char text[CLI_LOG_MARK]);

void cli_log_close(struct cli_log *l);

#endif
