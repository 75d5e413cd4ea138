/* The model of a file, for programs that start from one. */
#ifndef SEG_CMD_CLI_OPEN_MODEL_H
#define SEG_CMD_CLI_OPEN_MODEL_H

#include "cmd/cli/cli.h"
#include "formats/stream/model.h"

/*
 * Reads it into m and, as it was read, into rec, and the stream to its end: a
 * cut file is no model.  rec points into the file until the reader is closed.
 * Exits on failure.
 */
struct seg_reader *cli_model(
    struct seg_model *m, struct seg_record *rec, const char *path);

#endif
