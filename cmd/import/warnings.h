/*
 * The warnings of readers, each once for a file, as its pages often have the
 * same ones.  Counts of rounded values are summed over all pages.
 */
#ifndef SEG_CMD_IMPORT_WARNINGS_H
#define SEG_CMD_IMPORT_WARNINGS_H

#include "lib/dataset/manifest.h"
#include "lib/tensor/record.h"

enum { CLI_WARNINGS = 16 }; /* the most that are printed for one file */

struct cli_warnings {
    struct seg_arena arena;
    const struct seg_item *item;    /* of the last record; NULL: none yet */
    const char *line[CLI_WARNINGS]; /* printed for this item */
    int lines; /* number of different warnings, also beyond CLI_WARNINGS */
    struct seg_rounding image, label;
};

/* Prints the warnings of rec that were not printed for item yet. */
void cli_warnings_add(struct cli_warnings *w, const struct seg_record *rec,
    const struct seg_item *item);
/* After the last record: prints the counts of its item. */
void cli_warnings_end(struct cli_warnings *w);

#endif
