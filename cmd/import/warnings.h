/*
 * The warnings of readers, once for a file: its pages and slices often have the
 * same ones, and counts of values are those of all its pages together.
 */
#ifndef SEG_CMD_IMPORT_WARNINGS_H
#define SEG_CMD_IMPORT_WARNINGS_H

#include "lib/dataset/manifest.h"
#include "lib/tensor/record.h"

enum { CLI_WARNINGS = 16 }; /* so many different ones of a file */

struct cli_warnings {
    struct seg_arena arena;
    const struct seg_item *item;    /* of the last record; NULL: none yet */
    const char *line[CLI_WARNINGS]; /* that were printed for it */
    int lines;                      /* that it has had */
    struct seg_rounding image, label;
};

/* Prints the warnings of a record that no other record of item has had. */
void cli_warnings_add(struct cli_warnings *w, const struct seg_record *rec,
    const struct seg_item *item);
/* After the last record: prints the counts of the last item. */
void cli_warnings_end(struct cli_warnings *w);

#endif
