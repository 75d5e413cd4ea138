/* --propose-map: a label map, to be edited, of what label images hold. */
#ifndef SEG_CMD_IMPORT_PROPOSE_H
#define SEG_CMD_IMPORT_PROPOSE_H

#include "cmd/import/source.h"

/* Reads the labels of all items and writes the map to --output.  Items
   without label are left out of m.  Exits on failure. */
void cli_propose_map(
    struct seg_manifest *m, const struct cli_source_opts *opts);

#endif
