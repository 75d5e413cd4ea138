/* Scenes that are read row by row: TIFF files larger than memory. */
#ifndef SEG_CMD_IMPORT_STRIPS_H
#define SEG_CMD_IMPORT_STRIPS_H

#include "cmd/import/page.h"
#include "cmd/import/sources.h"

/* Writes each scene as strips of at least `rows` rows, a multiple of the chunk
   height of the file.  Exits if a file cannot be read. */
void cli_read_strips(const struct seg_manifest *m,
    const struct cli_source_opts *opts, int rows,
    const struct cli_page_opts *page, cli_put_page put, void *put_context);

#endif
