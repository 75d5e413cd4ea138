/* Reads a model file. */
#ifndef SEG_CMD_CLI_OPEN_MODEL_H
#define SEG_CMD_CLI_OPEN_MODEL_H

#include "cmd/cli/cli.h"
#include "formats/stream/model.h"

/*
 * Reads the model into m and its record into rec, which points into the file
 * until the reader is closed.  The file is read to its end, so that a cut file
 * is an error.  Exits on failure.
 */
struct seg_reader *cli_model(
    struct seg_model *m, struct seg_record *rec, const char *path);

#endif
