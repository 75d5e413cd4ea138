/*
 * The records of all input streams, read once or several times.
 *
 * A single pass reads each stream as it comes.  For several passes all streams
 * are opened at once; a file is read again, and a pipe is first copied to a
 * temporary file.
 */
#ifndef SEG_CMD_PSEUDO_PASSES_H
#define SEG_CMD_PSEUDO_PASSES_H

#include "cmd/cli/cli.h"

struct cli_passes {
    struct cli_inputs in; /* of a single pass */
    /* of several passes */
    struct seg_reader **reader; /* NULL: a single pass */
    size_t *records;            /* of each reader */
    int n, at;                  /* readers; the current one */
    size_t next;                /* number of its next record */
    const char *file;           /* of the last record, for messages */
};

/* All operands from argv[first], or stdin.  Exits on failure. */
void cli_passes_open(
    struct cli_passes *p, int argc, char **argv, int first, int several);

/* Reads the next record: 1; 0 at the end of a pass, and the next call reads the
   first record again if there are several passes.  Exits on failure. */
int cli_passes_next(struct cli_passes *p, struct seg_record *rec);

/* Closes the streams; their history goes to that of the output. */
void cli_passes_close(struct cli_passes *p);

#endif
