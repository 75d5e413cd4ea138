/* Reads a text file into memory: a table, a manifest, a network text. */
#ifndef SEG_CMD_CLI_READ_TEXT_H
#define SEG_CMD_CLI_READ_TEXT_H

#include "lib/base/arena.h"

/*
 * Returns the text of a file, or of stdin for NULL and "-", without byte order
 * mark (seg_text_open).  Exits if it cannot be read, is not text or is larger
 * than 64 MiB; with 71 if it needs more memory than cli_table_limit.
 */
char *cli_read_text(struct seg_arena *a, const char *path);

/* The same for a table: control characters become "?". */
char *cli_read_text_table(struct seg_arena *a, const char *path);

/* The name for messages: the path, or "stdin". */
const char *cli_text_name(const char *path);

#endif
