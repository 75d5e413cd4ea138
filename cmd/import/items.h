/* The items that seg-import reads: a manifest, or files that are paired. */
#ifndef SEG_CMD_IMPORT_ITEMS_H
#define SEG_CMD_IMPORT_ITEMS_H

#include "lib/dataset/manifest.h"

struct cli_item_opts {
    const char *images, *labels; /* patterns or directories, or NULL */
    const char *keys;            /* a file, or NULL */
    int labeled;                 /* only images that have a label */
    int labels_alone;            /* labels without images are wanted */
};

/* path is the manifest, NULL for stdin.  Exits on failure. */
void cli_read_items(struct seg_manifest *m, struct seg_arena *a,
    const struct cli_item_opts *opts, const char *path);

#endif
