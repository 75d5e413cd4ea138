/* Every page of every item of a manifest, read by several threads, in order. */
#ifndef SEG_CMD_IMPORT_SOURCES_H
#define SEG_CMD_IMPORT_SOURCES_H

#include "cmd/import/source.h"

/* Looks at a book before its pages are read; runs in any thread. */
typedef int (*cli_measure_source)(
    struct cli_source *book, void *context, struct seg_err *e);
/* Fills rec with a page; runs in any thread. */
typedef int (*cli_read_page)(struct seg_record *rec,
    const struct cli_source *book, size_t page, void *context,
    struct seg_err *e);
/* Is handed them in order, in the thread of the caller. */
typedef void (*cli_put_page)(
    const struct seg_record *rec, const struct seg_item *item, void *context);

/* Exits where a book or a page cannot be read, those before it being put; with
   how->go_on after all the others were tried.  look may be NULL. */
void cli_read_sources(const struct seg_manifest *m,
    const struct cli_source_opts *how, cli_measure_source look,
    cli_read_page read, void *read_context, cli_put_page put,
    void *put_context);

#endif
