/* Reads every page of every item of a manifest, in several threads, and writes
   them in order. */
#ifndef SEG_CMD_IMPORT_SOURCES_H
#define SEG_CMD_IMPORT_SOURCES_H

#include "cmd/import/source.h"

/* Measures a source before its pages are read; called in any thread. */
typedef int (*cli_measure_source)(
    struct cli_source *source, void *context, struct seg_err *e);
/* Reads a page into rec; called in any thread. */
typedef int (*cli_read_page)(struct seg_record *rec,
    const struct cli_source *source, size_t page, void *context,
    struct seg_err *e);
/* Writes the pages in order; called in the thread of the caller. */
typedef void (*cli_put_page)(
    const struct seg_record *rec, const struct seg_item *item, void *context);

/* Exits if a source or a page cannot be read: after the pages before it are
   written, or with opts->go_on after all errors are reported.  measure may be
   NULL. */
void cli_read_sources(const struct seg_manifest *m,
    const struct cli_source_opts *opts, cli_measure_source measure,
    cli_read_page read, void *read_context, cli_put_page put,
    void *put_context);

#endif
