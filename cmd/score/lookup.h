/* A stream of which records are asked for by key, each once. */
#ifndef SEG_CMD_LOOKUP_H
#define SEG_CMD_LOOKUP_H

#include "formats/keyed.h"

struct cli_lookup {
    struct seg_reader *reader; /* NULL: there is no such stream */
    struct seg_keyed keyed;
    struct seg_record rec;
};

/* path NULL: everything below does nothing.  Exits on failure. */
void cli_lookup_open(struct cli_lookup *l, const char *path);
/* The record with the key of rec; NULL without a stream. */
const struct seg_record *cli_lookup(
    struct cli_lookup *l, const struct seg_record *rec);
/* Exits if there are records that nobody asked for. */
void cli_lookup_close(struct cli_lookup *l);

#endif
