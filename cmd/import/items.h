/* The items that seg-import reads: a manifest, or files that are paired. */
#ifndef SEG_CMD_IMPORT_ITEMS_H
#define SEG_CMD_IMPORT_ITEMS_H

#include "cmd/import/source.h"

struct cli_item_opts {
    const char *images, *labels; /* patterns or directories, or NULL */
    const char *keys;            /* a file, or NULL */
    int labeled;                 /* only images that have a label */
    int labels_alone;            /* labels without images are wanted */
};

/* path is the manifest, NULL for stdin.  Sets source->annotations if --labels
   is a file of annotations.  Exits on failure. */
void cli_read_items(struct seg_manifest *m, struct seg_arena *a,
    const struct cli_item_opts *opts, struct cli_source_opts *source,
    const char *path);

#endif
