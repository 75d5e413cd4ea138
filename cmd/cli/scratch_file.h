/*
 * A file without a name, for text that is needed as a whole before it is
 * written.  A stream in memory (open_memstream) would not do: if memory runs
 * out, it loses text without an error.
 */
#ifndef SEG_CMD_CLI_SCRATCH_FILE_H
#define SEG_CMD_CLI_SCRATCH_FILE_H

#include <stdio.h>

#include "lib/base/arena.h"

/* Opens one in TMPDIR or /tmp, to be written and read.  Exits if it cannot. */
FILE *cli_scratch_file(void);

/* Returns the *n bytes of the file and a 0, in memory from a, and closes it.
   Exits if it cannot be written or read, or if memory runs out. */
char *cli_scratch_read(FILE *f, size_t *n, struct seg_arena *a);

#endif
