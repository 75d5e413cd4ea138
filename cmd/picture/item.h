/* One file an item: DIR/KEY.SUFFIX, for programs that write many. */
#ifndef SEG_CMD_ITEM_H
#define SEG_CMD_ITEM_H

#include "lib/data/seen.h"
#include "lib/tensor/record.h"

struct cli_items {
    const char *dir; /* made if it is not there, as are those in keys */
    struct seg_seen keys;
};

/*
 * The file of a record, in the record's arena.  Exits where a key cannot name a
 * file (empty, absolute, with a part "." or ".."), where it came before, or
 * where its directory cannot be made.
 */
const char *cli_item_path(
    struct cli_items *items, struct seg_record *rec, const char *suffix);

/* The same for a key that is not a record's own, in a. */
const char *cli_item_file(struct cli_items *items, struct seg_arena *a,
    const char *key, const char *suffix);

void cli_items_free(struct cli_items *items);

#endif
