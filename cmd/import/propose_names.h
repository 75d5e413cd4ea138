/* --propose-map for polygons: a label map, to be edited, of their names. */
#ifndef SEG_CMD_IMPORT_PROPOSE_NAMES_H
#define SEG_CMD_IMPORT_PROPOSE_NAMES_H

#include "cmd/import/source.h"

/* Counts the names in opts->annotations, or in the labels of all items, files
   of labelme, and writes the map to --output.  Exits on failure. */
void cli_propose_names(
    const struct seg_manifest *m, const struct cli_source_opts *opts);

#endif
