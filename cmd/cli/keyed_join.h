/* A second stream whose records are found by key, each once. */
#ifndef SEG_CMD_CLI_KEYED_JOIN_H
#define SEG_CMD_CLI_KEYED_JOIN_H

#include "formats/stream/keyed.h"

struct cli_keyed_join {
    struct seg_reader *reader; /* NULL: no stream */
    struct seg_keyed keyed;
    struct seg_record rec;
};

/* Exits on failure.  path NULL: no stream; the other functions do nothing. */
void cli_keyed_join_open(struct cli_keyed_join *l, const char *path);
/* The record of the stream with the key of rec; NULL without a stream. */
const struct seg_record *cli_keyed_join(
    struct cli_keyed_join *l, const struct seg_record *rec);
/* Exits if a record of the stream was not used. */
void cli_keyed_join_close(struct cli_keyed_join *l);

#endif
