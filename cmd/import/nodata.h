/* Pixels without data, as seg-import declares and counts them. */
#ifndef SEG_CMD_IMPORT_NODATA_H
#define SEG_CMD_IMPORT_NODATA_H

#include "cmd/import/page.h"

/* Reads --nodata, a number, "nan" or "none" (NULL: not given), into how. */
void cli_nodata_option(struct cli_page_opts *how, const char *text);

/* Counts the pixels of a record's image that are not finite and not declared;
   path is for the warning. */
void cli_nodata_add(struct seg_nodata_count *count,
    const struct seg_record *rec, const char *path);

#endif
