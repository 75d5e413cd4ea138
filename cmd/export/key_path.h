/* One file an item: DIR/KEY.SUFFIX, for programs that write many. */
#ifndef SEG_CMD_EXPORT_KEY_PATH_H
#define SEG_CMD_EXPORT_KEY_PATH_H

#include "lib/dataset/key_counter.h"
#include "lib/tensor/record.h"

struct cli_key_files {
    const char *dir; /* made if it is not there, as are those in keys */
    struct seg_key_counter keys;
};

/*
 * The file of a record, in the record's arena.  Exits where a key cannot name a
 * file (empty, absolute, with a part "." or ".."), where it came before, or
 * where its directory cannot be made.
 */
const char *cli_key_path(
    struct cli_key_files *items, struct seg_record *rec, const char *suffix);

/* The same for a key that is not a record's own, in a. */
const char *cli_key_file(struct cli_key_files *items, struct seg_arena *a,
    const char *key, const char *suffix);

void cli_key_files_free(struct cli_key_files *items);

#endif
