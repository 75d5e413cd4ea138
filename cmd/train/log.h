/*
 * The log of a training: a table with a row for each step.
 *
 * A checkpoint keeps a mark of the log: its length and the hash.
 * A training that goes on cuts the log at the mark, and refuses a log that is
 * missing, shorter, or of another training.  A log that is no regular file (a
 * pipe, /dev/stderr) is begun anew and has no mark.
 */
#ifndef SEG_CMD_TRAIN_LOG_H
#define SEG_CMD_TRAIN_LOG_H

#include <stdint.h>
#include <stdio.h>

enum { LOG_MARK = 48 }; /* longest mark, with its 0 */

struct training_log {
    FILE *file;  /* NULL: no log is kept */
    int regular; /* a file that can be cut */
};

/* Begins the log that --log names with the heading; columns may be NULL. */
void log_start(struct training_log *l, const char *columns);

/* Goes on behind mark, which checkpoint, a file's name, has kept; the same as
   log_start where mark is NULL or of no log. */
void log_go_on(struct training_log *l, const char *columns, const char *mark,
    const char *checkpoint);

/* Exits if a line could not be written. */
void log_check(const struct training_log *l);

/* Everything logged so far is on the disk; its mark goes into text. */
void log_settle(struct training_log *l, char text[LOG_MARK]);

void log_close(struct training_log *l);

#endif
