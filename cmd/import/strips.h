/* Scenes of a manifest that are read by rows: TIFF files larger than memory. */
#ifndef SEG_CMD_IMPORT_STRIPS_H
#define SEG_CMD_IMPORT_STRIPS_H

#include "cmd/import/page.h"
#include "cmd/import/sources.h"

/* Strips of `rows` rows, or of more, in whole rows of the files' chunks.  Exits
   where a file cannot be read. */
void cli_read_strips(const struct seg_manifest *m,
    const struct cli_source_opts *how, int rows,
    const struct cli_page_opts *page, cli_put_page put, void *put_context);

#endif
