/* A stream of which records are asked for by key, each once. */
#ifndef SEG_CMD_CLI_KEYED_JOIN_H
#define SEG_CMD_CLI_KEYED_JOIN_H

#include "formats/stream/keyed.h"

struct cli_keyed_join {
    struct seg_reader *reader; /* NULL: there is no such stream */
    struct seg_keyed keyed;
    struct seg_record rec;
};

/* path NULL: everything below does nothing.  Exits on failure. */
void cli_keyed_join_open(struct cli_keyed_join *l, const char *path);
/* The record with the key of rec; NULL without a stream. */
const struct seg_record *cli_keyed_join(
    struct cli_keyed_join *l, const struct seg_record *rec);
/* Exits if there are records that nobody asked for. */
void cli_keyed_join_close(struct cli_keyed_join *l);

#endif
