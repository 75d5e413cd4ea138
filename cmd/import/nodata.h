/* The option --nodata of seg-import, and the count of undeclared pixels without
   data. */
#ifndef SEG_CMD_IMPORT_NODATA_H
#define SEG_CMD_IMPORT_NODATA_H

#include "cmd/import/page.h"

/* Parses the value of --nodata into opts: a number, "nan", "none", or NULL if
   the option is not given. */
void cli_nodata_option(struct cli_page_opts *opts, const char *text);

/* Counts the pixels of the image that are not finite although nodata is not
   declared; path is for the warning. */
void cli_nodata_add(struct seg_nodata_count *count,
    const struct seg_record *rec, const char *path);

#endif
