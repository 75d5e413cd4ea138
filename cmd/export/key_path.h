/* The file DIR/KEY.SUFFIX of each record, for programs that write many files.
   */
#ifndef SEG_CMD_EXPORT_KEY_PATH_H
#define SEG_CMD_EXPORT_KEY_PATH_H

#include "lib/dataset/key_counter.h"
#include "lib/tensor/record.h"

struct cli_key_files {
    const char *dir; /* created if missing, as are directories in keys */
    struct seg_key_counter keys;
};

/*
 * The path of the file of a record, in its arena.  Exits if the key cannot name
 * a file (empty, absolute, a part "." or ".."), if an earlier record has the
 * same key, or if a directory cannot be created.
 */
const char *cli_key_path(
    struct cli_key_files *items, struct seg_record *rec, const char *suffix);

/* The same for any key; memory from a. */
const char *cli_key_file(struct cli_key_files *items, struct seg_arena *a,
    const char *key, const char *suffix);

void cli_key_files_free(struct cli_key_files *items);

#endif
