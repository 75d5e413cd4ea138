/* Every page of every item of a manifest, read by several threads, in order. */
#ifndef SEG_CMD_BOOKS_H
#define SEG_CMD_BOOKS_H

#include "cmd/picture/book.h"

/* Looks at a book before its pages are read; runs in any thread. */
typedef int (*cli_look_at_book)(
    struct cli_book *book, void *context, struct seg_err *e);
/* Fills rec with a page; runs in any thread. */
typedef int (*cli_read_page)(struct seg_record *rec,
    const struct cli_book *book, size_t page, void *context, struct seg_err *e);
/* Is handed them in order, in the thread of the caller. */
typedef void (*cli_put_page)(
    const struct seg_record *rec, const struct seg_item *item, void *context);

/* Exits where a book or a page cannot be read, those before it being put; with
   how->go_on after all the others were tried.  look may be NULL. */
void cli_read_books(const struct seg_manifest *m,
    const struct cli_book_how *how, cli_look_at_book look, cli_read_page read,
    void *read_context, cli_put_page put, void *put_context);

#endif
